"""Relay connections: pages with stable cursors over what the caller sees."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar, cast

import strawberry
from typing_extensions import override

from graph.projections import Projection
from graph.rights import public_type
from persistence.pages import Page

Row = TypeVar("Row")
Item = TypeVar("Item")
ITS_NODES = "holds only nodes that came through their own door"

First = Annotated[int | None, strawberry.argument(description="How many from the start, at most the page limit.")]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, at most the page limit.")]
Before = Annotated[str | None, strawberry.argument(description="Only what precedes this cursor.")]


@public_type(ITS_NODES)
@strawberry.type(description="Where a page stands among all pages.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something precedes.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge; null on an empty page.")


@public_type(ITS_NODES)
@strawberry.type(description="One thing on a page, with its cursor.")
class Edge(Generic[Item]):
    cursor: str = strawberry.field(description="Opaque; stays right when other things come or go.")
    node: Item = strawberry.field(description="The thing.")


class Edges(Iterable[Edge[Item]]):
    """Edges that are made when somebody walks along them; readers (`graph/compiled/`) write *rows* without any."""

    def __init__(self, cursors: Sequence[str], rows: Sequence[Any], node: Projection[Any, Item]) -> None:
        self.cursors: Final = cursors
        self.rows: Final = rows
        self.node: Final = node

    @override
    def __iter__(self) -> Iterator[Edge[Item]]:
        make = self.node.make
        for cursor, row in zip(self.cursors, self.rows, strict=True):
            yield Edge(cursor=cursor, node=make(row))


@public_type(ITS_NODES)
@strawberry.type(description="A page of things.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]] = strawberry.field(description="The page, in its order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many there are on all pages; counted only when asked for.")
    async def total_count(self) -> int:
        return await self.count()


def connection_of(
    page: Page[Row], node: Callable[[Row], Item] | Projection[Any, Item], count: Callable[[], Awaitable[int]]
) -> Connection[Item]:
    """The connection of *page*, each row turned into its node: at once, or by a projection when it is asked for."""
    edges: Any
    if isinstance(node, Projection):
        edges = Edges(page.cursors, page.items, cast("Projection[Any, Item]", node))
    else:
        edges = [Edge(cursor=cursor, node=node(row)) for cursor, row in zip(page.cursors, page.items, strict=True)]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        ),
        count=count,
    )
