"""The same page of many lists at once: of the lines of many files, of the files of many conventions, in one query.

Each list gets its own keyset subquery, so that the index answers each and a list of fifty things costs one round trip.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar

from persistence.database import Record, records
from persistence.pages import Key, Page, PageRequest, page_from

Parent = TypeVar("Parent", str, int, tuple[int, int])
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """What to list: *columns*, and a *source* from FROM to a WHERE that ends in the parent's `?`, one for each value.

    *values* fill the source before the parent. *key* is the column that orders each list, unique in it; *key_name* is
    what a row calls it. *make* turns rows into items: each has *columns* first and perhaps more after them.
    """

    columns: str
    source: str
    values: Sequence[object]
    key: str
    key_name: str
    make: Callable[[Sequence[Record]], Sequence[Item]]
    newest_first: bool = False


async def pages_of_each(
    listing: Listing[Item], parents: Sequence[Parent], request: PageRequest
) -> Mapping[Parent, Page[Item]]:
    """The page of each of *parents*, empty for one without any items; one query."""
    if not parents:
        return {}
    key = itemgetter(listing.key_name)
    found = await _rows_of_each(listing, parents, request, key)
    return {parent: _page(listing, rows, request, key) for parent, rows in zip(parents, found, strict=True)}


async def _rows_of_each(
    listing: Listing[Item], parents: Sequence[Parent], request: PageRequest, key: Callable[[Record], Key]
) -> Sequence[Sequence[Record]]:
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
    values: list[object] = []
    for parent in parents:
        own = parent if isinstance(parent, tuple) else (parent,)
        values += [*listing.values, *own, *bounds, request.size + 1]
    if len(parents) == 1:
        return [await records(one, values)]
    sql = " UNION ALL ".join(
        f"SELECT *, {place} AS place FROM ({one}) AS page_{place}" for place in range(len(parents))
    )
    found = [list[Record]() for _ in parents]
    for row in await records(sql, values):
        found[row["place"]].append(row)
    for page in found:
        # UNION ALL promises no order.
        page.sort(key=key, reverse=descending)
    return found


def _page(
    listing: Listing[Item], found: Sequence[Record], request: PageRequest, key: Callable[[Record], Key]
) -> Page[Item]:
    page = page_from(found, key, request)
    items = tuple(listing.make(page.items))
    return Page(items, page.cursors, has_next=page.has_next, has_previous=page.has_previous)
