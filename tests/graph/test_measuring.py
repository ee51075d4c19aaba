"""What an operation measures, its fragments written out, in work that grows no faster than its text."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from graph.measuring import NESTING_BOUND, Measures, Measuring
from graph.schema import shared_schema

SCHEMA = shared_schema()._schema  # pyright: ignore[reportPrivateUsage] - no other way in


def measured(document: str, variables: dict[str, Any] | None = None, operation: str | None = None) -> Measures:
    return Measuring(SCHEMA, parse(document), variables=variables, operation_name=operation).measures()


def steps(document: str) -> int:
    measuring = Measuring(SCHEMA, parse(document))
    measuring.measures()
    return measuring.steps


def spread_bomb(levels: int) -> str:
    """Fragments that each spread the next one twice."""
    spreads = "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}}{spreads}fragment F{levels} on Query{{__typename}}"


def introspection_bomb(levels: int) -> str:
    """The same beneath introspection, which no limit on depth looks at."""
    spreads = "".join(f"fragment F{n} on __Type{{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{__schema{{types{{...F0}}}}}}{spreads}fragment F{levels} on __Type{{name}}"


def deep(levels: int) -> str:
    return "{" + "a{" * levels + "b" + "}" * (levels + 1)


def long_chain(levels: int) -> str:
    """Fragments that each spread the next one, deeper than Python's stack."""
    spreads = "".join(f"fragment F{n} on Query{{...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}}{spreads}fragment F{levels} on Query{{__typename}}"


def circle(levels: int) -> str:
    return "{...F0}" + "".join(f"fragment F{n} on Query{{...F{(n + 1) % levels}}}" for n in range(levels))


def wide(levels: int) -> str:
    return "{" + " ".join(f"a{n}:viewer{{roles}}" for n in range(levels)) + "}"


def test_directives_count_wherever_they_stand_and_wherever_their_fragment_is_spread() -> None:
    document = """query Q @a { ...F @b ...F viewer @c @d { user { id @e } } ... on Query @f { __typename } }
      fragment F on Query @g { __typename @h }"""

    assert measured(document).directives == 6 + 2 * 2


def test_directives_of_a_bomb_are_counted_in_linear_time() -> None:
    spreads = "".join(f"fragment F{n} on Query{{...F{n + 1} @a ...F{n + 1} @a}}" for n in range(22))
    measuring = Measuring(SCHEMA, parse(f"{{...F0}}{spreads}fragment F22 on Query{{__typename}}"))

    assert measuring.measures().directives > 1_000_000
    assert measuring.steps < 100


def test_an_operation_is_measured_as_it_is_written() -> None:
    document = '{ me: viewer { user { id } } convention(number: "1") { number } }'

    assert measured(document) == Measures(fields=5, depth=3, aliases=1, roots=2, cost=3)


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    once = measured("{ viewer { ...U } } fragment U on Viewer { u: user { id } }")
    twice = measured("{ viewer { ...U ...U } } fragment U on Viewer { u: user { id } }")

    assert (once.aliases, once.depth, once.cost) == (1, 3, 2)
    assert (twice.aliases, twice.depth, twice.cost) == (2, 3, 3)


@pytest.mark.parametrize(
    ("arguments", "variables", "cost"),
    [
        ("", {}, 50 * 2),
        ("(first: 7)", {}, 7 * 2),
        ("(last: 3)", {}, 3 * 2),
        ("(first: $size)", {"size": 9}, 9 * 2),
        ("(first: $size)", {}, 4 * 2),
        ("(first: 0)", {}, 0),
        ("(first: -5)", {}, 0),
        ("(first: 99999999999999999999)", {}, 1_000_000_000),
    ],
)
def test_the_cost_of_a_page_is_its_size(arguments: str, variables: dict[str, Any], cost: int) -> None:
    document = (
        f"query ($size: Int = 4) {{ conventions{arguments} {{ pageInfo {{ endCursor }}"
        " edges { node { promotor { name } } } } }"
    )

    assert measured(document, variables).cost == cost


def test_pages_within_pages_multiply_also_through_fragments() -> None:
    document = (
        "{ conventions(first: 10) { ...C } } fragment C on ConventionConnection { edges { node {"
        " mandates(first: 5) { edges { node { level } } } } } }"
    )

    assert measured(document).cost == 10 * (1 + 5)


def test_things_by_their_ids_count_each() -> None:
    assert measured("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 30}).cost == 30
    assert measured('{ nodes(ids: ["a", "b"]) { id } }').cost == 2


def test_the_operation_that_is_asked_for_is_measured() -> None:
    document = "query A { a: viewer { roles } } query B { viewer { roles } }"

    assert measured(document, operation="A").aliases == 1
    assert measured(document, operation="B").aliases == 0
    assert measured(document, operation="C") == Measures()


def test_a_field_that_stands_twice_counts_as_an_alias() -> None:
    assert measured("{ viewer { roles } viewer { roles } }").aliases == 1
    assert measured("{ v: viewer { roles } v: viewer { roles } }").aliases == 2
    assert measured('{ viewer { roles } convention(number: "1") { number } }').aliases == 0


def test_an_operation_that_is_not_run_is_measured_too_with_the_variables_of_the_other() -> None:
    document = (
        "query A($n: Int = 1) { conventions(first: $n) { ...C } } query B($n: Int = 200) { conventions { ...C } }"
        " fragment C on ConventionConnection { edges { node { mandates(first: $n) { edges { cursor } } } } }"
    )

    a_runs = Measuring(SCHEMA, parse(document), operation_name="A").of_every_operation()
    b_runs = Measuring(SCHEMA, parse(document), operation_name="B").of_every_operation()

    assert [found.cost for found in a_runs] == [1 * 2, 50 * 2]
    assert next(found.cost for found in b_runs) == 50 * 201


def test_mutations_are_counted_through_fragments() -> None:
    found = measured(
        'mutation { ...M ...M policyCheck(input: {policy: ""}) { __typename } }'
        ' fragment M on Mutation { policyCheck(input: {policy: ""}) { __typename } }'
    )

    assert (found.is_mutation, found.roots) == (True, 3)


def test_introspection_as_tools_ask_it_costs_nothing_and_is_not_deep() -> None:
    found = measured(get_introspection_query(specified_by_url=True, input_value_deprecation=True))

    assert (found.depth, found.cost, found.aliases) == (1, 0, 0)
    assert found.fields < 300


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { ...__schema } } fragment __schema on Viewer { user { id } }",
        "{ __schema: viewer { user { id } } }",
        "{ viewer { __schema: user { id } } }",
        "{ ... on Query { __type: viewer { user { id } } } }",
        "{ viewer { __schema { id } } }",
        "mutation { __schema { types { name } } }",
    ],
)
def test_a_11_the_name_of_a_fragment_or_an_alias_exempts_nothing(document: str) -> None:
    assert measured(document).depth == 3


@pytest.mark.parametrize("levels", [22, 100, 200])
def test_a_11_a_fragment_bomb_is_measured_at_once(levels: int) -> None:
    assert measured(spread_bomb(levels)).fields > 1_000_000 or measured(spread_bomb(levels)).depth == NESTING_BOUND
    assert steps(spread_bomb(levels)) <= 3 * levels


@pytest.mark.parametrize("levels", [22, 60])
def test_a_11_a_fragment_bomb_beneath_introspection_counts_as_one_outside(levels: int) -> None:
    assert measured(introspection_bomb(levels)).fields > 1_000_000
    assert steps(introspection_bomb(levels)) <= 3 * levels


@pytest.mark.parametrize("document", [deep(150), long_chain(240), deep(NESTING_BOUND + 1)])
def test_a_11_what_is_deeper_than_the_stack_is_as_deep_as_the_bound(document: str) -> None:
    assert measured(document).depth == NESTING_BOUND


def test_a_11_what_hides_beneath_deep_introspection_is_not_exempt() -> None:
    document = "{__schema{types{" + "ofType{" * NESTING_BOUND + "name" + "}" * (NESTING_BOUND + 3)

    assert measured(document).depth == NESTING_BOUND


def test_the_work_on_many_operations_that_share_fragments_is_that_of_each_once() -> None:
    operations = "".join(f"query Q{n} {{ ...F0 }}" for n in range(50))
    document = operations + spread_bomb(50).removeprefix("{...F0}")
    measuring = Measuring(SCHEMA, parse(document), operation_name="Q0")

    assert len(list(measuring.of_every_operation())) == 50
    assert measuring.steps <= 50 + 2 * 50 + 1


def test_a_circle_of_fragments_is_left_to_validation() -> None:
    assert measured(circle(3)).depth == 0


@pytest.mark.parametrize("hostile", [spread_bomb, introspection_bomb, deep, long_chain, circle, wide])
def test_doubling_a_hostile_document_at_most_doubles_the_work(hostile: Callable[[int], str]) -> None:
    once, twice = hostile(50), hostile(100)

    assert steps(twice) <= 2.5 * steps(once)
