"""Resolvers of fields without arguments, put together when the schema is made: Strawberry does it at every call.

What is called stays the same, in the same order: the extensions of a field, its right among them, and then its own
resolver. Only what each of them takes is found out once. graphql-core calls them as before.
"""

from collections.abc import Callable
from functools import partial, reduce
from inspect import iscoroutinefunction
from typing import Any, cast

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType
from strawberry import Schema
from strawberry.extensions.field_extension import FieldExtension, build_field_extension_resolvers
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from graph.compiled.plain_fields import definition_behind


def put_resolvers_together(schema: Schema) -> None:
    """Give the fields of *schema* without arguments resolvers that are put together; others keep Strawberry's."""
    if schema.schema_converter.exception_handlers:
        # Strawberry puts them around each call.
        return
    make_info: Any = schema.config.info_class
    # Strawberry offers no other way to walk a whole schema.
    for graphql_type in schema._schema.type_map.values():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType):
            for field in graphql_type.fields.values():
                field.resolve = _put_together(field, make_info) or field.resolve


def _put_together(field: GraphQLField, make_info: Callable[..., Any]) -> Callable[..., Any] | None:
    definition = definition_behind(field)
    resolver: StrawberryResolver[Any] | None = cast("Any", definition).base_resolver if definition else None
    if definition is None or resolver is None or not _is_simple(definition, resolver):
        return None
    around = build_field_extension_resolvers(definition)
    if definition.is_async and not iscoroutinefunction(around[-1] if around else cast("Any", resolver).wrapped_func):
        # Strawberry looks whether what it answers can be awaited.
        return None
    chain: Any = reduce(lambda inner, outer: partial(outer, inner), around, _called(resolver))

    def resolve(source: Any, info: Any) -> Any:
        return chain(source, make_info(_raw_info=info, _field=definition))

    return resolve


def _is_simple(definition: StrawberryField, resolver: StrawberryResolver[Any]) -> bool:
    """Whether every call of the field takes its object and its information, and nothing else."""
    info = resolver.info_parameter
    return (
        not (definition.is_subscription or definition.arguments or resolver.root_parameter or resolver.parent_parameter)
        and (info is None or info.name == "info")
        and type(definition).get_result is StrawberryField.get_result
        and all(type(one).map_arguments is FieldExtension.map_arguments for one in definition.extensions)
    )


def _called(resolver: StrawberryResolver[Any]) -> Callable[..., Any]:
    """*resolver* as the last of a chain, called by the extension before it."""
    function: Callable[..., Any] = cast("Any", resolver.wrapped_func)
    takes_self, takes_info = resolver.self_parameter is not None, resolver.info_parameter is not None

    def call(source: Any, info: Any, **given: Any) -> Any:
        if takes_info:
            given["info"] = info
        return function(source, **given) if takes_self else function(**given)

    return call
