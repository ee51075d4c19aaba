"""The same page of many lists at once: of the lines of many files, of the files of many conventions, in one query.

Each list gets its own keyset subquery, so that the index answers each and a list of fifty things costs one round trip.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from persistence.database import rows
from persistence.pages import Page, PageRequest, page_of

Parent = TypeVar("Parent", str, int, tuple[int, int])
Item = TypeVar("Item")
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """What to list: *columns*, and a *source* from FROM to a WHERE that ends in the parent's `?`, one for each value.

    *values* fill the source before the parent. *key* is the column that orders each list, unique in it; *key_name* is
    what a row calls it, and *make* turns a row into an item.
    """

    columns: str
    source: str
    values: Sequence[object]
    key: str
    key_name: str
    make: Callable[[_Row], Item]
    newest_first: bool = False


async def pages_of_each(
    listing: Listing[Item], parents: Sequence[Parent], request: PageRequest
) -> Mapping[Parent, Page[Item]]:
    """The page of each of *parents*, empty for one without any items; one query."""
    if not parents:
        return {}
    found = await _rows_of_each(listing, parents, request)
    return {parent: await _page(listing, found[place], request) for place, parent in enumerate(parents)}


async def _rows_of_each(listing: Listing[Item], parents: Sequence[Parent], request: PageRequest) -> list[list[_Row]]:
    """For each parent one row more than its page holds, nearest first."""
    onwards, back = ("<", ">") if listing.newest_first else (">", "<")
    conditions, bounds = "", list[object]()
    for operator, bound in ((onwards, request.after), (back, request.before)):
        if bound is not None:
            conditions += f" AND {listing.key} {operator} ?"
            bounds.append(bound)
    descending = listing.newest_first is not request.backwards
    order = f"ORDER BY {listing.key} {'DESC' if descending else 'ASC'} LIMIT ?"
    one = f"SELECT {listing.columns} {listing.source}{conditions} {order}"
    sql = " UNION ALL ".join(
        f"SELECT {place} AS place, * FROM ({one}) AS page_{place}" for place in range(len(parents))
    )
    values: list[object] = []
    for parent in parents:
        own = parent if isinstance(parent, tuple) else (parent,)
        values += [*listing.values, *own, *bounds, request.size + 1]
    found = [list[_Row]() for _ in parents]
    for row in await rows(sql, values):
        place: int = row.pop("place")
        found[place].append(row)
    for page in found:
        # UNION ALL promises no order.
        page.sort(key=lambda row: row[listing.key_name], reverse=descending)
    return found


async def _page(listing: Listing[Item], found: list[_Row], request: PageRequest) -> Page[Item]:
    async def fetch(_: PageRequest, limit: int) -> Sequence[_Row]:
        return found[:limit]

    page = await page_of(fetch, lambda row: row[listing.key_name], request)
    items = tuple(listing.make(row) for row in page.items)
    return Page(items, page.cursors, has_next=page.has_next, has_previous=page.has_previous)
