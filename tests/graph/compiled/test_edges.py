"""Edges that keep their rows answer byte for byte what graphql-core does with edges and nodes, and make neither."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.info import Info

from domain.amounts import hundredths
from domain.identifiers import EnterpriseNumber
from graph.compiled.execution import executed
from graph.compiled.plans import Plans
from graph.connections import Connection, connection_of
from graph.performance_lines import PerformanceLine, shown_line
from graph.projections import Projection
from graph.scalars import SCALARS
from persistence.pages import Page


class Row(NamedTuple):
    number: Any
    owner: Any
    cents: Any
    begin: Any
    end: Any
    word: Any


@strawberry.type
class Bill:
    number: int
    owner: EnterpriseNumber | None
    amount: Decimal
    tip: Decimal | None
    begin: date
    end: date | None
    word: str

    @strawberry.field
    def resolved(self) -> str:
        return f"{self.word}!"


shown_bill = Projection(
    Bill,
    Row,
    number="number",
    owner=("owner", EnterpriseNumber),
    amount=("cents", hundredths),
    tip=("cents", hundredths),
    begin="begin",
    end="end",
    word="word",
)


@strawberry.type
class Query:
    @strawberry.field
    async def bills(self, info: Info) -> Connection[Bill] | None:
        rows: Sequence[Row] = info.context

        async def count() -> int:
            return len(rows)

        cursors = tuple(f"c{number}" for number in range(len(rows)))
        return connection_of(Page(tuple(rows), cursors, has_next=False, has_previous=False), shown_bill, count)


SCHEMA = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALARS))._schema
RIGHT = Row(1, "0999000129", 1050, date(2026, 10, 1), None, "a")
ALL = "{ bills { edges { cursor node { number owner amount tip begin end word } } pageInfo { endCursor } totalCount } }"


def by_graphql_core(text: str, rows: Sequence[Row]) -> str:
    async def run() -> ExecutionResult:
        found: Any = execute(
            SCHEMA, parse(text), context_value=rows, executor_class=StrawberryGraphQLCoreExecutionContext
        )
        return await found

    return json.dumps(asyncio.run(run()).formatted)


def compiled(text: str, rows: Sequence[Row], *, times: int = 3) -> str:
    """What is answered the last of so many times."""
    document, plans = parse(text), Plans()

    async def run() -> ExecutionResult:
        for _ in range(times - 1):
            await executed(SCHEMA, document, plans=plans, operation_name=None, variables={}, context=rows)
        return await executed(SCHEMA, document, plans=plans, operation_name=None, variables={}, context=rows)

    return json.dumps(asyncio.run(run()).formatted)


WRONG = (None, "x", "", 2**31, 1.5, True, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), [])


def _mostly(*right: Any, wrong: Sequence[Any] = WRONG) -> st.SearchStrategy[Any]:
    """Eleven times out of twelve what belongs there."""
    return st.integers(0, 11).flatmap(lambda number: st.sampled_from(right if number else wrong))


ROWS = st.lists(
    st.builds(
        Row,
        number=_mostly(0, -1, 2**31 - 1),
        # What is converted can be converted: a row comes from a table.
        owner=_mostly("0999000129", None, wrong=["", "x"]),
        cents=_mostly(0, 5, 1050, wrong=[None, True, -1, 2**31]),
        begin=_mostly(date(2026, 10, 1)),
        end=_mostly(date(2026, 10, 31), None),
        word=_mostly("a", ""),
    ),
    max_size=4,
)
NODE_FIELDS = ["number", "owner", "amount", "tip", "begin", "end", "word", "__typename", "again: word", "resolved"]


@st.composite
def documents(draw: Any) -> str:
    asked = " ".join(draw(st.lists(st.sampled_from(NODE_FIELDS), min_size=1, unique=True)))
    parts = [
        "cursor",
        "__typename",
        "also: cursor",
        f"node {{ {asked} }}",
        "other: node { number ... on Bill { end } }",
    ]
    edge = " ".join(draw(st.lists(st.sampled_from(parts), min_size=1, unique=True)))
    return f"{{ bills {{ edges {{ {edge} }} pageInfo {{ endCursor }} }} }}"


@settings(max_examples=50, deadline=None, derandomize=True, phases=[Phase.generate])
@given(text=documents(), rows=ROWS)
def test_everything_that_can_be_seen_is_as_with_edges_and_nodes(text: str, rows: Sequence[Row]) -> None:
    assert compiled(text, rows) == by_graphql_core(text, rows)


def made(text: str, rows: Sequence[Row], *, times: int) -> int:
    """How many nodes were made in so many times."""
    with patch.object(Bill, "__init__", autospec=True, side_effect=Bill.__init__) as making:
        compiled(text, rows, times=times)
    return making.call_count


def test_no_node_is_made_once_the_document_is_known() -> None:
    assert made(ALL, [RIGHT] * 3, times=1) == 3
    assert made(ALL, [RIGHT] * 3, times=5) == 3


def test_nodes_are_made_for_their_resolvers() -> None:
    assert made("{ bills { edges { node { resolved } } } }", [RIGHT] * 3, times=2) == 6


def test_a_value_that_may_not_stand_there_is_told_by_graphql_core() -> None:
    rows = [RIGHT, RIGHT._replace(word=None)]

    answer = json.loads(compiled(ALL, rows))

    assert answer["data"] == {"bills": None}
    assert [error["path"] for error in answer["errors"]] == [["bills", "edges", 1, "node", "word"]]


@pytest.mark.parametrize("cents", [0, 1, 99, 100, 99999])
def test_an_amount_that_comes_again_is_written_as_before(cents: int) -> None:
    rows = [RIGHT._replace(cents=cents)] * 2

    (first, second) = json.loads(compiled(ALL, rows))["data"]["bills"]["edges"]

    assert first["node"]["amount"] == second["node"]["amount"] == str(hundredths(cents))


def test_a_line_is_shown_with_all_its_fields() -> None:
    assert set(shown_line.columns) == {field.name for field in fields(PerformanceLine)}  # pyright: ignore[reportArgumentType] - Strawberry makes it one
