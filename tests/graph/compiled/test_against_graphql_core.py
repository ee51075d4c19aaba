"""The short way answers byte for byte what graphql-core and Strawberry do as they come.

Random documents over random objects, right and wrong.
"""

import asyncio
import gc
import json
import re
import warnings
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute, parse, specified_rules, validate
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.extensions.field_extension import FieldExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.info import Info

from graph.compiled.execution import executed
from graph.compiled.plans import Plans
from graph.compiled.resolvers import put_resolvers_together

asked_of_guard: list[str] = []


class Guard(FieldExtension):
    """Lets nobody see a twig named `hidden`."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        asked_of_guard.append(str(source.name))
        return None if source.name == "hidden" else await next_(source, info, **kwargs)


@strawberry.enum
class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


@strawberry.enum
class Size(Enum):
    SMALL = 1
    LARGE = 2


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Leaf(Named):
    id: strawberry.ID
    count: int
    ratio: float | None
    flag: bool | None
    day: date
    amount: Decimal | None
    mood: Mood
    size: Size | None
    moods: list[Mood]
    tags: list[str | None] | None
    grid: list[list[int]] | None

    @strawberry.field(extensions=[Guard()])
    async def guarded(self) -> str | None:
        return "seen"

    @strawberry.field(extensions=[Guard()])
    def guarded_now(self, info: Info) -> str | None:
        return info.field_name


@strawberry.type
class Plain:
    """Neither interface nor union, so without a test of its own type."""

    count: int
    mood: Mood | None
    inner: "Plain | None"


@strawberry.type
class Branch(Named):
    leaf: Leaf
    perhaps: Leaf | None
    plain: Plain | None
    plains: list[Plain]
    leaves: list[Leaf]
    some: list[Leaf | None] | None
    children: list["Branch"]
    anything: list[Named | None]
    either: Annotated["Leaf | Branch", strawberry.union("Either")] | None

    @strawberry.field
    async def later(self, times: int = 1) -> Leaf | None:
        await asyncio.sleep(0)
        if times > 1:
            raise ValueError(f"{times} is too often")
        return self.perhaps

    @strawberry.field
    def now(self) -> list[Plain]:
        return self.plains


@strawberry.type
class Query:
    @strawberry.field
    def root(self, info: Info) -> Branch | None:
        return info.context()

    @strawberry.field
    async def sure(self, info: Info) -> Branch:
        return info.context()


def _schema(*, puts_together: bool) -> GraphQLSchema:
    schema = strawberry.Schema(query=Query, types=[Leaf, Branch])
    if puts_together:
        put_resolvers_together(schema)
    return schema._schema


SCHEMA = _schema(puts_together=True)
AS_IT_COMES = _schema(puts_together=False)

RULES = [rule for rule in specified_rules if "Unused" not in rule.__name__]

# Objects are described, not made: coroutines and iterators can be used once, and each execution needs its own.
Make = Callable[[], Any]


class Soon:
    """An awaitable that does not mind when nobody asks for it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "soon"

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from asyncio.sleep(0).__await__()
        if isinstance(self._value, KeyError):
            raise self._value
        return self._value


class Once:
    """Something that can be iterated once."""

    def __init__(self, value: Any) -> None:
        self._values = [value]

    def __repr__(self) -> str:
        return "once"

    def __iter__(self) -> Iterator[Any]:
        while self._values:
            yield self._values.pop()


def _mostly(right: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    """Six times out of seven what belongs there."""
    wrong: st.SearchStrategy[Make] = st.one_of(
        st.sampled_from([None, "text", "", 3, True, 2**31, -(2**31), 1.5, float("nan"), "good", 1, [], ()]).map(
            lambda value: lambda: value
        ),
        st.sampled_from([KeyError("boom"), ValueError("bang")]).map(lambda error: lambda: error),
        right.map(lambda make: lambda: Soon(make())),
        right.map(lambda make: lambda: Once(make())),
        right.map(lambda make: lambda: (make(),)),
        st.just(lambda: Soon(KeyError("late"))),
        st.just(lambda: object),
    )
    return st.integers(0, 13).flatmap(lambda number: wrong if number < 2 else right)


def _value(*values: Any) -> st.SearchStrategy[Make]:
    return _mostly(st.sampled_from(values).map(lambda value: lambda: value))


def _list(of: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    return _mostly(st.lists(of, max_size=3).map(lambda makes: lambda: [make() for make in makes]))


def _object(made: type, **fields: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    def describe(makes: dict[str, Make]) -> Make:
        return lambda: made(**{name: make() for name, make in makes.items()})

    return _mostly(st.fixed_dictionaries(fields).map(describe))


LEAF = _object(
    Leaf,
    name=_value("oak", "hidden"),
    id=_value("1", 2),
    count=_value(0, -1, 2**31 - 1),
    ratio=_value(0.5, 2, None),
    flag=_value(True, False, None),
    day=_value(date(2026, 10, 1), datetime(2026, 10, 1, 12, tzinfo=UTC)),
    amount=_value(Decimal("1.50"), None),
    mood=_value(Mood.GOOD, Mood.BAD),
    size=_value(Size.SMALL, None),
    moods=_list(_value(Mood.GOOD)),
    tags=_list(_value("a", None)),
    grid=_list(_list(_value(1))),
)
PLAIN = _object(
    Plain,
    count=_value(1),
    mood=_value(Mood.BAD, None),
    inner=_object(Plain, count=_value(2), mood=_value(Mood.GOOD), inner=_value(None)),
)


def _branch(children: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    return _object(
        Branch,
        name=_value("bough"),
        leaf=LEAF,
        perhaps=LEAF,
        plain=PLAIN,
        plains=_list(PLAIN),
        leaves=_list(LEAF),
        some=_list(LEAF),
        children=children,
        anything=_list(LEAF),
        either=LEAF,
    )


BRANCH = _branch(_list(_branch(_value([]))))

LEAF_FIELDS = (
    *("name", "id", "count", "ratio", "flag", "day", "amount"),
    *("mood", "size", "moods", "tags", "grid", "guarded", "guardedNow", "__typename"),
)
SELECTIONS: dict[str, dict[str, str]] = {
    "Leaf": dict.fromkeys(LEAF_FIELDS, ""),
    "Plain": {"count": "", "mood": "", "inner": "Plain", "__typename": ""},
    "Named": {"name": "", "__typename": ""},
    "Either": {"__typename": ""},
    "Branch": {
        "name": "",
        "leaf": "Leaf",
        "perhaps": "Leaf",
        "plain": "Plain",
        "plains": "Plain",
        "leaves": "Leaf",
        "some": "Leaf",
        "children": "Branch",
        "anything": "Named",
        "either": "Either",
        "later": "Leaf",
        "now": "Plain",
        "__typename": "",
    },
}
_INTO = {"Named": ["Leaf", "Branch"], "Either": ["Leaf", "Branch"], "Leaf": ["Leaf", "Named"]}


@st.composite
def _selection(draw: Any, on: str, depth: int = 4) -> str:
    parts: list[str] = []
    for name in draw(st.lists(st.sampled_from(list(SELECTIONS[on])), min_size=1, max_size=5)):
        of = SELECTIONS[on][name]
        if of and depth == 0:
            continue
        arguments = draw(st.sampled_from(["", "(times: 2)", "(times: $times)"])) if name == "later" else ""
        alias = "" if not arguments and draw(st.booleans()) else f"{name.strip('_')}{len(arguments)}: "
        condition = draw(st.sampled_from(["", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @skip(if: false)"]))
        below = f" {{ {draw(_selection(of, depth - 1))} }}" if of else ""
        parts.append(f"{alias}{name}{arguments}{condition}{below}")
    parts.extend(
        f"... on {into} {{ {draw(_selection(into, depth - 1))} }}"
        for into in _INTO.get(on, [])
        if depth and draw(st.booleans())
    )
    if on == "Leaf" and draw(st.booleans()):
        parts.append("...OfLeaf")
    return " ".join(parts or ["__typename"])


@st.composite
def _document(draw: Any) -> str:
    roots = draw(st.lists(st.sampled_from(["root", "sure", "other: root"]), min_size=1, max_size=2, unique=True))
    asked = " ".join(f"{root} {{ {draw(_selection('Branch'))} }}" for root in roots)
    return (
        f"query ($yes: Boolean!, $times: Int) {{ {asked} }}"
        " fragment OfLeaf on Leaf { mood alias: count ... @include(if: $yes) { day } }"
    )


@pytest.fixture(scope="module", autouse=True)
def quick_collections() -> Iterator[None]:
    """What was there before takes no part in collections, of which there are hundreds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@dataclass(frozen=True)
class Outcome:
    """What can be seen of an execution; *unawaited* are the coroutines that it made and left."""

    answer: str
    asked_of_guard: Sequence[str]
    unawaited: Sequence[str]


def _by_graphql_core(document: DocumentNode, make: Make, variables: dict[str, Any]) -> Outcome:
    async def run() -> ExecutionResult:
        found = execute(
            AS_IT_COMES,
            document,
            context_value=make,
            variable_values=variables,
            executor_class=StrawberryGraphQLCoreExecutionContext,
            is_awaitable=optimized_is_awaitable,  # pyright: ignore[reportArgumentType] - as Strawberry passes it
        )
        return found if isinstance(found, ExecutionResult) else await found

    return _outcome(run)


def _compiled(document: DocumentNode, plans: Plans, make: Make, variables: dict[str, Any]) -> Outcome:
    return _outcome(
        lambda: executed(SCHEMA, document, plans=plans, operation_name=None, variables=variables, context=make)
    )


def _outcome(run: Callable[[], Coroutine[Any, Any, ExecutionResult]]) -> Outcome:
    async def to_the_end() -> ExecutionResult:
        result = await run()
        # What an error left behind is still running.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        return result

    asked_of_guard.clear()
    # graphql-core cancels what stands beside an error, and never awaits what that had not begun to await itself.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = asyncio.run(to_the_end())
        answer = json.dumps(result.formatted)
        del result
        # All of it, so that nothing is left for the next to find.
        gc.collect()
    return Outcome(answer, tuple(asked_of_guard), sorted(map(_left, caught)))


def _left(warning: warnings.WarningMessage) -> str:
    """What Python says of a coroutine that nobody awaited; the one in which Strawberry calls a resolver has no part."""
    return re.sub(r"'(\S*\._async_resolver|Guard\.resolve_async|Query\.sure)'", "a resolver", str(warning.message))


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(text=_document(), make=BRANCH, yes=st.booleans(), times=st.sampled_from([1, 2, None]))
def test_everything_that_can_be_seen_is_as_with_graphql_core_alone(
    text: str, make: Make, yes: bool, times: int | None
) -> None:
    document, plans = parse(text), Plans()
    assume(validate(SCHEMA, document, RULES) == [])
    variables = {"yes": yes, "times": times}
    other = {"yes": not yes, "times": 1}

    # The first finds no plan, the second makes it, the third follows it; another Boolean is another plan.
    for given_now in (variables, variables, variables, other, variables):
        assert _compiled(document, plans, make, given_now) == _by_graphql_core(document, make, given_now)
