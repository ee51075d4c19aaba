"""Resolvers that are put together do what Strawberry does, and those that are rare stay with Strawberry."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType
from strawberry.extensions.field_extension import FieldExtension
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph.compiled.plain_fields import attribute_behind
from graph.compiled.resolvers import put_resolvers_together
from graph.schema import shared_schema

called: list[str] = []


class Outer(FieldExtension):
    """Hands on a keyword, which nobody sent."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        called.append(f"outer {info.field_name} {kwargs}")
        return await next_(source, info, **kwargs, more="more")


class Inner(FieldExtension):
    """Hands on no keywords."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        called.append(f"inner {info.field_name} {kwargs}")
        return await next_(source, info)


class Reshaping(FieldExtension):
    """Wants to see the arguments, even where there are none."""

    def map_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        called.append(f"reshaping {kwargs}")
        return kwargs

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs)


class NotAwaited(FieldExtension):
    """Answers what the resolver answers, and is no coroutine itself."""

    def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs)


@strawberry.type
class Trouble:
    message: str


class Handling(strawberry.ExceptionHandler[ValueError, Trouble]):
    def handle(self, exception: ValueError, *, field: StrawberryField, info: Info) -> Trouble:
        return Trouble(message=str(exception))


@strawberry.type
class Query:
    name: str = "oak"

    @strawberry.field(extensions=[Inner(), Outer()])
    async def noted(self, info: Info) -> str:
        return f"{self.name} {info.field_name}"

    @strawberry.field
    async def alone() -> str:  # pyright: ignore[reportSelfClsParameterName] - what Strawberry allows
        return "alone"

    @strawberry.field
    def now(info: Info) -> str:  # pyright: ignore[reportSelfClsParameterName, reportGeneralTypeIssues]  # noqa: N805
        return info.field_name

    @strawberry.field
    @staticmethod
    async def static() -> str:
        return "static"

    @strawberry.field
    def from_root(root: Any) -> str:  # pyright: ignore[reportSelfClsParameterName]  # noqa: N805
        return str(root.name)

    @strawberry.field
    def from_parent(parent: strawberry.Parent[Any]) -> str:  # pyright: ignore[reportSelfClsParameterName]  # noqa: N805
        return str(parent.name)

    @strawberry.field
    def otherwise_named(self, about: Info) -> str:
        return about.field_name

    @strawberry.field(extensions=[Reshaping()])
    def reshaped(self) -> str:
        return self.name

    @strawberry.field
    def with_argument(self, times: int = 2) -> str:
        return self.name * times

    @strawberry.field(extensions=[NotAwaited()])
    async def not_awaited(self) -> str:
        return self.name


def _schema(*, puts_together: bool) -> strawberry.Schema:
    schema = strawberry.Schema(query=Query)
    if puts_together:
        put_resolvers_together(schema)
    return schema


def _put_together(schema: strawberry.Schema) -> dict[str, bool]:
    """Whether a field with a resolver, by `Type.field`, has one of ours."""
    return {
        f"{name}.{field_name}": field.resolve.__module__ == put_resolvers_together.__module__
        for name, graphql_type in schema._schema.type_map.items()
        if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field_name, field in graphql_type.fields.items()
        if field.resolve is not None and attribute_behind(field) is None
    }


@pytest.mark.parametrize("field", ["noted", "alone", "now", "static"])
def test_a_resolver_that_takes_no_arguments_is_put_together(field: str) -> None:
    assert _put_together(_schema(puts_together=True))[f"Query.{field}"]
    assert not _put_together(_schema(puts_together=False))[f"Query.{field}"]


@pytest.mark.parametrize(
    "field", ["fromRoot", "fromParent", "otherwiseNamed", "reshaped", "withArgument", "notAwaited"]
)
def test_what_is_rare_stays_with_strawberry(field: str) -> None:
    assert not _put_together(_schema(puts_together=True))[f"Query.{field}"]


async def test_the_same_is_called_and_answered_as_by_strawberry() -> None:
    seen: list[Any] = []
    for puts_together in (True, False):
        called.clear()
        schema = _schema(puts_together=puts_together)
        fields = " ".join(schema._schema.type_map["Query"].fields)  # pyright: ignore[reportAttributeAccessIssue]
        result = await schema.execute(f"{{ {fields} }}", root_value=Query())
        assert result.errors is None
        seen.append((result.data, list(called)))

    assert seen[0] == seen[1]
    assert seen[0][1] == ["reshaping {}", "outer noted {}", "inner noted {'more': 'more'}"]


def test_with_exception_handlers_everything_stays_with_strawberry() -> None:
    schema = strawberry.Schema(query=Query, exception_handlers=[Handling()])

    put_resolvers_together(schema)

    assert not any(_put_together(schema).values())


def test_of_our_schema_only_fields_with_arguments_and_streams_stay_with_strawberry() -> None:
    schema = shared_schema()
    left = [name.split(".") for name, ours in _put_together(schema).items() if not ours]

    assert left
    for type_name, field_name in left:
        field = schema._schema.type_map[type_name].fields[field_name]  # pyright: ignore[reportAttributeAccessIssue]
        assert field.args or type_name == "Subscription", (type_name, field_name)
