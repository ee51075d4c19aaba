"""Everything in the schema says what it is, so that a client needs no other page."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from graph.descriptions import VALUES
from graph.schema import build_schema


def test_everything_has_a_description() -> None:
    schema = build_schema()._schema
    ours = [
        kind
        for kind in schema.type_map.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    ]

    missing = [name for kind in ours for name, description in described(kind) if not (description or "").strip()]
    missing += [
        f"@{directive.name}"
        for directive in schema.directives
        if not is_specified_directive(directive) and not directive.description
    ]

    assert missing == []


def test_no_description_is_of_something_that_is_not_there() -> None:
    schema = build_schema()._schema
    there = {name: set(kind.values) for name, kind in schema.type_map.items() if isinstance(kind, GraphQLEnumType)}

    assert [
        f"{name}.{value}" for name, values in VALUES.items() for value in set(values) - there.get(name, set())
    ] == []


def described(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield kind.name, kind.description
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
    elif isinstance(kind, GraphQLInputObjectType):
        yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            yield from ((f"{kind.name}.{name}({a})", argument.description) for a, argument in field.args.items())
