"""Pages of a long list by keyset: from one unique column onwards or backwards, never by counting rows off.

A cursor is the value of that column, opaque to clients. It stays good when rows come or go.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, Self, TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

from domain.errors import InvalidValue

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
Key = str | int

DEFAULT_PAGE_SIZE: Final = 50
LARGEST_PAGE: Final = 200
_LARGEST_NUMBER: Final = 2**63
_MOST_REMEMBERED: Final = 8192
"""Cursors: those of lines and findings are their numbers, and the same in every list."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: at most *size* items *after* and *before* these keys, taken from the end when *backwards*."""

    size: int = DEFAULT_PAGE_SIZE
    after: Key | None = None
    before: Key | None = None
    backwards: bool = False

    @classmethod
    def read(
        cls,
        key_type: type[str] | type[int] = str,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Self:
        """Read Relay's arguments, for a list whose column holds *key_type*.

        Raises `InvalidValue` on a size outside 0 to 200, on first together with last, and on a cursor that this list
        never handed out.
        """
        if first is not None and last is not None:
            raise InvalidValue("last", found=str(last), expected="first or last, not both")
        field, size = ("last", last) if last is not None else ("first", first)
        if size is not None and not 0 <= size <= LARGEST_PAGE:
            raise InvalidValue(field, found=str(size), expected=f"0 to {LARGEST_PAGE}")
        return cls(
            size=DEFAULT_PAGE_SIZE if size is None else size,
            after=None if after is None else key_of(after, key_type, field="after"),
            before=None if before is None else key_of(before, key_type, field="before"),
            backwards=last is not None,
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items in the order of the list, their cursors, and whether there is more on either side."""

    items: tuple[Item, ...]
    cursors: tuple[str, ...]
    has_next: bool
    has_previous: bool


Fetch = Callable[[PageRequest, int], Awaitable[Sequence[Item]]]
"""Answers at most so many items between the keys of the request, from its end when it goes backwards: nearest first."""


async def page_of(fetch: Fetch[Item], key: Callable[[Item], Key], request: PageRequest) -> Page[Item]:
    """Fetch one item more than the page holds, to know whether there are more."""
    return page_from(await fetch(request, request.size + 1), key, request)


def page_from(found: Sequence[Item], key: Callable[[Item], Key], request: PageRequest) -> Page[Item]:
    """The page of what was *found* between the keys of the request: one item more than it holds, nearest first."""
    more = len(found) > request.size
    items = tuple(found[: request.size])
    if request.backwards:
        items = items[::-1]
    return Page(
        items=items,
        cursors=tuple(map(cursor_of, map(key, items))),
        has_next=request.before is not None if request.backwards else more,
        has_previous=more if request.backwards else request.after is not None,
    )


async def page_of_rows(
    queryset: QuerySet[Row], request: PageRequest, *, column: str = "id", descending: bool = True
) -> Page[Row]:
    """A page of *queryset* by a unique column; *descending* is newest first where that is a uuid7."""

    async def fetch(request: PageRequest, limit: int) -> Sequence[Row]:
        onwards, back = ("lt", "gt") if descending else ("gt", "lt")
        between = queryset
        if request.after is not None:
            between = between.filter(**{f"{column}__{onwards}": request.after})
        if request.before is not None:
            between = between.filter(**{f"{column}__{back}": request.before})
        order = "-" if descending is not request.backwards else ""
        return await between.order_by(f"{order}{column}").limit(limit)

    def key(row: Row) -> Key:
        value: Any = getattr(row, column)
        return value

    return await page_of(fetch, key, request)


@lru_cache(_MOST_REMEMBERED)
def cursor_of(key: Key) -> str:
    form = "n" if isinstance(key, int) else "t"
    return base64.urlsafe_b64encode(f"{form}{key}".encode()).decode().rstrip("=")


def key_of(cursor: str, key_type: type[str] | type[int], *, field: str) -> Key:
    """Read a cursor; raises `InvalidValue` on one that was never handed out for such a list."""
    forged = InvalidValue(field, found=cursor[:40], expected="a cursor from an earlier page of this list")
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise forged from error
    key = _number(text[1:]) if key_type is int else text[1:]
    # Spelled another way it may read the same; only our own spelling counts.
    if not text or key is None or cursor_of(key) != cursor or "\x00" in text:
        raise forged
    return key


def _number(text: str) -> int | None:
    if not text.isascii() or not text.isdecimal() or len(text) > 19:
        return None
    number = int(text)
    return number if number < _LARGEST_NUMBER else None
