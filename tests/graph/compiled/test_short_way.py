"""What takes the short way, and when: seen by what graphql-core is still asked to do."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
import strawberry
from graphql import Executor, parse

from graph.compiled.execution import executed
from graph.compiled.plans import Plans


@strawberry.type
class Leaf:
    name: str
    count: int


@strawberry.type
class Tree:
    name: str
    leaves: list[Leaf]

    @strawberry.field
    async def later(self) -> Leaf:
        await asyncio.sleep(0)
        return self.leaves[0]


@strawberry.type
class Query:
    @strawberry.field
    async def tree(self) -> Tree:
        return Tree(name="oak", leaves=[Leaf(name="a", count=1), Leaf(name="b", count=2)])


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def plant(self) -> Tree:
        return Tree(name="new", leaves=[])


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)._schema
ALL = "{ tree { name leaves { name count __typename } later { count } } }"


async def left_to_graphql_core(text: str, *, times: int, **variables: Any) -> list[str]:
    """The fields that graphql-core executes itself the last of so many times that *text* is asked."""
    document, plans = parse(text), Plans()
    executing: Any = Executor.execute_field
    fields: list[str] = []

    def noting(self: Any, parent: Any, source: Any, details: Any, path: Any, position: Any) -> Any:
        fields.append(details[0].node.name.value)
        return executing(self, parent, source, details, path, position)

    with patch.object(Executor, "execute_field", noting):
        for _ in range(times):
            fields.clear()
            result = await executed(
                SCHEMA, document, plans=plans, operation_name=None, variables=variables, context=None
            )
            assert result.errors is None
    return fields


async def test_a_document_that_comes_once_costs_no_plan() -> None:
    assert await left_to_graphql_core("{ tree { name } }", times=1) == ["tree", "name"]


async def test_what_only_reads_attributes_is_read_from_the_second_time_on() -> None:
    assert await left_to_graphql_core("{ tree { name leaves { name } } }", times=2) == ["tree"]
    assert await left_to_graphql_core("{ tree { name leaves { name } } }", times=3) == ["tree"]


async def test_a_resolver_is_called_by_graphql_core_and_what_it_answers_is_read() -> None:
    assert await left_to_graphql_core(ALL, times=3) == ["tree", "later"]


async def test_a_mutation_is_left_to_graphql_core() -> None:
    assert await left_to_graphql_core("mutation { plant { name } }", times=3) == ["plant", "name"]


@pytest.mark.parametrize(("yes", "read"), [(True, {"name": "oak"}), (False, {"leaves": [{"count": 1}, {"count": 2}]})])
async def test_a_plan_is_for_the_values_of_its_conditions(yes: bool, read: Any) -> None:
    document = parse("query ($yes: Boolean!) { tree { name @include(if: $yes) leaves @skip(if: $yes) { count } } }")
    plans = Plans()

    for given in (yes, yes, not yes, yes):
        result = await executed(
            SCHEMA, document, plans=plans, operation_name=None, variables={"yes": given}, context=None
        )

    assert result.data == {"tree": read}
