"""Readers for the plain parts of an operation: attributes of our objects, with no resolver and no right of their own.

A reader answers what graphql-core would, or raises: for a null where none may be, a value that cannot be written, an
awaitable, an object of another class, and anything else out of the ordinary. Reading an attribute has no effects, so
graphql-core then completes the same part from its start, and its errors, nulls and paths are its own.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, cast

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Complete = Callable[[Any], Any]
"""Turns what was resolved into what is written; raises for what is out of the ordinary."""

_INERT: Final = frozenset({str, int, float, bool, Decimal, date, datetime})
_LARGEST_INT: Final = 2_147_483_647


class OutOfTheOrdinary(Exception):
    """graphql-core has to look at this value itself."""


def attribute_behind(field: GraphQLField | None) -> str | None:
    """The attribute that *field* reads; none when it does more than that: a resolver, an argument or any extension."""
    field_behind = (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
    if field is None or not isinstance(field_behind, StrawberryField) or field.args:
        return None
    # Rights are extensions, and a field with an extension is not basic.
    reads_only = (
        field_behind.is_basic_field
        and field_behind.default_resolver is getattr
        and type(field_behind).get_result is StrawberryField.get_result
        and getattr(field.resolve, "__name__", "") == "_get_basic_result"
    )
    return field_behind.python_name if reads_only else None


def object_reader(object_type: GraphQLObjectType, fields: dict[str, tuple[str, Complete]]) -> Complete:
    """Reads *fields*, an attribute and its completion by response name, from an object of exactly this type."""
    definition = (object_type.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise OutOfTheOrdinary
    generic = definition.concrete_of
    classes = {definition.origin} | ({generic.origin} if generic else set[type]())
    its_own_test: Any = cast("Any", definition).is_type_of
    if its_own_test is not None or any(hasattr(one, "__await__") or issubclass(one, Exception) for one in classes):
        raise OutOfTheOrdinary
    # Strawberry's own, which takes no notice of its second argument.
    is_type_of: Any = cast("Any", object_type).is_type_of
    names = tuple(fields)
    completions = tuple(complete for _, complete in fields.values())
    # Twice the last: with one name alone `attrgetter` would answer no tuple.
    attributes = [attribute for attribute, _ in fields.values()]
    values_of = attrgetter(*attributes, attributes[-1])

    def read(source: Any) -> dict[str, Any]:
        if type(source) not in classes or (is_type_of is not None and is_type_of(source, None) is not True):
            raise OutOfTheOrdinary
        return {
            name: complete(value) for name, complete, value in zip(names, completions, values_of(source), strict=False)
        }

    return read


def constant(value: Any) -> Complete:
    return lambda _: value


def completion_of(output_type: Any, of_object: Callable[[GraphQLObjectType], Complete]) -> Complete:
    """How a value of this type is completed; *of_object* gives the reader of the objects in it.

    Raises `OutOfTheOrdinary` for interfaces and unions.
    """
    if isinstance(output_type, GraphQLNonNull):
        return _completion_of_nullable(cast("Any", output_type).of_type, of_object)
    complete = _completion_of_nullable(output_type, of_object)
    return lambda value: None if value is None else complete(value)


def _completion_of_nullable(output_type: Any, of_object: Callable[[GraphQLObjectType], Complete]) -> Complete:
    if isinstance(output_type, GraphQLList):
        return _list_completion(completion_of(cast("Any", output_type).of_type, of_object))
    if isinstance(output_type, GraphQLObjectType):
        return of_object(output_type)
    if isinstance(output_type, CustomGraphQLEnumType):
        return _enum_completion(output_type)
    if isinstance(output_type, GraphQLScalarType | GraphQLEnumType):
        return _leaf_completion(output_type)
    raise OutOfTheOrdinary


def _list_completion(of_item: Complete) -> Complete:
    def complete(value: Any) -> list[Any]:
        # Anything else that can be iterated may be iterated only once.
        if type(value) is not list:
            raise OutOfTheOrdinary
        return [of_item(item) for item in cast("list[Any]", value)]

    return complete


def _enum_completion(enum_type: CustomGraphQLEnumType) -> Complete:
    members: Any = enum_type.wrapped_cls
    try:
        names = {member: enum_type.coerce_output_value(member) for member in members}
    except ValueError as error:  # a member that is not in the schema
        raise OutOfTheOrdinary from error

    def complete(value: Any) -> str:
        # A string equal to a member of a `StrEnum` would be found too.
        if type(value) is not members:
            raise OutOfTheOrdinary
        return names[value]

    return complete


def _leaf_completion(leaf_type: GraphQLLeafType) -> Complete:
    if leaf_type in (GraphQLString, GraphQLID):
        return _text
    if leaf_type is GraphQLInt:
        return _int
    if leaf_type is GraphQLBoolean:
        return _boolean

    def complete(value: Any) -> Any:
        if value is None or value is Undefined or (type(value) not in _INERT and _may_not_be_written(value)):
            raise OutOfTheOrdinary
        written = leaf_type.coerce_output_value(value)
        if written is None or written is Undefined:
            raise OutOfTheOrdinary
        return written

    return complete


def _may_not_be_written(value: Any) -> bool:
    return isinstance(value, Exception) or optimized_is_awaitable(value)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise OutOfTheOrdinary
    return value


def _int(value: Any) -> int:
    if type(value) is not int or not -_LARGEST_INT <= value <= _LARGEST_INT:
        raise OutOfTheOrdinary
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise OutOfTheOrdinary
    return value
