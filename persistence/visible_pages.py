"""Pages of what a scope lets through: keyset pages over plain SQL, since the predicate of a scope is SQL.

A cursor is the key of a row, opaque to clients; a page never uses OFFSET, so the last page costs what the first does.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tortoise.models import Model

from domain.errors import InvalidValue
from persistence.database import rows

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

PAGE_LIMIT = 200
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: *first* after a cursor, or *last* before one; keys already taken out of their cursors."""

    count: int
    backwards: bool
    after: str | None
    before: str | None

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> "PageRequest":
        """Read the four arguments of a connection; `first: 50` when neither is given.

        Raises `InvalidValue` for both first and last, a number out of bounds, or a forged cursor.
        """
        if first is not None and last is not None:
            raise InvalidValue("last", found=str(last), expected="first or last, not both")
        count, field = (last, "last") if last is not None else (first, "first")
        if count is None:
            count = DEFAULT_PAGE
        if not 0 <= count <= PAGE_LIMIT:
            raise InvalidValue(field, found=str(count), expected=f"0 to {PAGE_LIMIT}")
        return cls(count, last is not None, _key_in(after, "after"), _key_in(before, "before"))


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """The rows of one page with their keys, in the order of the list."""

    items: tuple[Item, ...]
    keys: tuple[str, ...]
    has_next: bool
    has_previous: bool


def cursor_of(key: str) -> str:
    """The opaque cursor of a row with *key*."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).decode().rstrip("=")


async def page_of(
    model: type[Row],
    source: str,
    values: Sequence[object],
    *,
    alias: str,
    request: PageRequest,
    key: str = "id",
    newest_first: bool = False,
) -> Page[Row]:
    """One page of rows named *alias* in *source*, SQL from FROM to the end of its WHERE; *key* is a unique column.

    One query, whatever the page.
    """
    column = f"{alias}.{key}"
    after, before = ("<", ">") if newest_first else (">", "<")
    conditions = ""
    bounds: list[object] = []
    for operator, bound in ((after, request.after), (before, request.before)):
        if bound is not None:
            conditions += f" AND {column} {operator} ?"
            bounds.append(bound)
    descending = newest_first is not request.backwards
    found = await rows(
        f"SELECT {alias}.* {source}{conditions} ORDER BY {column} {'DESC' if descending else 'ASC'} LIMIT ?",
        [*values, *bounds, request.count + 1],
    )
    more = len(found) > request.count
    page = found[: request.count]
    if request.backwards:
        page.reverse()
    return Page(
        items=tuple(model(**row) for row in page),
        keys=tuple(str(row[key]) for row in page),
        has_next=request.before is not None if request.backwards else more,
        has_previous=more if request.backwards else request.after is not None,
    )


async def count_of(source: str, values: Sequence[object]) -> int:
    """How many rows *source* has."""
    found = await rows(f"SELECT COUNT(*) AS total {source}", values)
    return int(found[0]["total"])


def _key_in(cursor: str | None, field: str) -> str | None:
    if cursor is None:
        return None
    try:
        kind, _, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        kind, key = "", ""
    if kind != "after" or not key or len(key) > 100:
        raise InvalidValue(field, found=cursor[:40], expected="a cursor from an earlier answer")
    return key
