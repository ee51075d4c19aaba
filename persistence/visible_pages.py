"""Pages of what a scope lets through: the predicate of a scope is SQL, so these pages are too."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tortoise.models import Model

from persistence.database import rows
from persistence.pages import Key, Page, PageRequest, page_of

Row = TypeVar("Row", bound=Model)


async def visible_page(
    model: type[Row],
    source: str,
    values: Sequence[object],
    *,
    alias: str,
    request: PageRequest,
    column: str = "id",
    newest_first: bool = False,
) -> Page[Row]:
    """One page of the rows named *alias* in *source*, SQL from FROM to the end of its WHERE, by a unique *column*.

    One query, whatever the page.
    """

    async def fetch(request: PageRequest, limit: int) -> Sequence[Row]:
        onwards, back = ("<", ">") if newest_first else (">", "<")
        conditions, bounds = "", list[object]()
        for operator, bound in ((onwards, request.after), (back, request.before)):
            if bound is not None:
                conditions += f" AND {alias}.{column} {operator} ?"
                bounds.append(bound)
        direction = "DESC" if newest_first is not request.backwards else "ASC"
        found = await rows(
            f"SELECT {alias}.* {source}{conditions} ORDER BY {alias}.{column} {direction} LIMIT ?",
            [*values, *bounds, limit],
        )
        return [model(**row) for row in found]

    def key(row: Row) -> Key:
        value: Any = getattr(row, column)
        return value

    return await page_of(fetch, key, request)


async def count_of(source: str, values: Sequence[object]) -> int:
    """How many rows *source* has."""
    found = await rows(f"SELECT COUNT(*) AS total {source}", values)
    return int(found[0]["total"])
