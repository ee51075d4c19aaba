"""Readers for the plain parts of an operation: attributes of our objects, with no resolver and no right of their own.

A reader answers what graphql-core would, or raises: for a null where none may be, a value that cannot be written, an
awaitable, an object of another class, and anything else out of the ordinary. Reading an attribute has no effects, so
graphql-core then completes the same part from its start, and its errors, nulls and paths are its own.

What reads an object is one Python expression, made for its selection: a call for each attribute would take longer than
the attribute itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NoReturn, cast

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    TypeNameMetaFieldDef,
    Undefined,
)
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.schema.types.base_scalars import DateDefinition
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from domain.identifiers import EnterpriseNumber
from domain.months import Month

Reader = Callable[[Any], Any]
"""Turns an object, or what was read of one, into what is written; raises for what is out of the ordinary."""

_INERT: Final = frozenset({str, int, float, bool, Decimal, date, datetime, EnterpriseNumber, Month})
"""Neither awaitable nor an error."""
_MOST_REMEMBERED: Final = 4096
_WRITTEN_AS_THEY_ARE: Final[Mapping[Any, str]] = {
    GraphQLString: "type(value) is str",
    GraphQLID: "type(value) is str",
    GraphQLInt: "type(value) is int and -2147483648 <= value <= 2147483647",
    GraphQLBoolean: "type(value) is bool",
}


class OutOfTheOrdinary(Exception):
    """graphql-core has to look at this value itself."""


@dataclass(frozen=True, slots=True)
class PlainField:
    """The type that is written, and the attribute that is read; no attribute for `__typename`.

    *read_objects* gives the reader of the objects in it.
    """

    attribute: str | None
    output_type: Any
    read_objects: Callable[[GraphQLObjectType], Reader]


def plain_field(field: GraphQLField | None, read_objects: Callable[[GraphQLObjectType], Reader]) -> PlainField:
    """Raises `OutOfTheOrdinary` for a field that does more than read an attribute."""
    attribute = None if field is TypeNameMetaFieldDef else attribute_behind(field)
    if field is None or (attribute is None and field is not TypeNameMetaFieldDef):
        raise OutOfTheOrdinary
    return PlainField(attribute, cast("Any", field).type, read_objects)


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


def object_reader(object_type: GraphQLObjectType, fields: Mapping[str, PlainField]) -> Reader:
    """Reads *fields*, by their names in the answer, from an object of exactly this type."""
    is_type_of: Any = object_type.is_type_of  # pyright: ignore[reportUnknownMemberType] - generic in the context
    known: dict[str, Any] = {"classes": _classes_of(object_type), "is_type_of": is_type_of}
    entries = (
        f"{name!r}: {_expression(field, object_type, number, known)}"
        for number, (name, field) in enumerate(fields.items())
    )
    condition = "type(source) in classes"
    if is_type_of is not None:
        # Strawberry's own, which takes no notice of its second argument.
        condition += " and is_type_of(source, None) is True"
    return _lambda(f"{{{', '.join(entries)}}} if {condition} else refuse()", known)


def field_reader(parent: GraphQLObjectType, field: PlainField) -> Reader:
    """Reads one field from its object, whatever its other fields are."""
    known: dict[str, Any] = {}
    return _lambda(_expression(field, parent, 0, known), known)


def _lambda(expression: str, known: dict[str, Any]) -> Reader:
    # Made of names of our attributes, and of names in GraphQL as string literals.
    return eval(f"lambda source: {expression}", known | {"refuse": _refuse})  # noqa: S307


def _refuse() -> NoReturn:
    raise OutOfTheOrdinary


def _expression(field: PlainField, parent: GraphQLObjectType, number: int, known: dict[str, Any]) -> str:
    """How *field* is read of `source`; the completion that it calls, if any, is put in *known*."""
    if field.attribute is None:
        return repr(parent.name)
    bare, may_be_null = _bare(field.output_type)
    attribute, reading = f"source.{field.attribute}", f"(value := source.{field.attribute})"
    test, short = _short_form(bare, number, known)
    if not test:
        known[f"complete_{number}"] = _completion_of_bare(bare, field.read_objects)
        if may_be_null:
            return f"(None if {reading} is None else complete_{number}(value))"
        return f"complete_{number}({attribute})"
    if may_be_null:
        return f"(None if {reading} is None else {short} if {test} else refuse())"
    return f"({short} if {test.replace('value', reading, 1)} else refuse())"


def _short_form(bare: Any, number: int, known: dict[str, Any]) -> tuple[str, str]:
    """For values that take no call of ours: a condition on `value`, and how one that meets it is written.

    Both are empty for a type without such values.
    """
    if bare in _WRITTEN_AS_THEY_ARE:
        return _WRITTEN_AS_THEY_ARE[bare], "value"
    if isinstance(bare, CustomGraphQLEnumType):
        known[f"members_{number}"], known[f"names_{number}"] = bare.wrapped_cls, _names_of(bare)
        # A string equal to a member of a `StrEnum` would be found too.
        return f"type(value) is members_{number}", f"names_{number}[value]"
    write = bare.coerce_output_value if isinstance(bare, GraphQLScalarType) else None
    if write is str:
        known["inert"] = _INERT
        return "type(value) in inert", "str(value)"
    if write is DateDefinition.serialize:
        known["date"], known["text_of_day"] = date, _text_of_day
        return "type(value) is date", "text_of_day(value)"
    return "", ""


@lru_cache(_MOST_REMEMBERED)
def _text_of_day(day: date) -> str:
    """Days repeat; moments do not, and two that are equal may be written otherwise."""
    return day.isoformat()


def _classes_of(object_type: GraphQLObjectType) -> frozenset[type]:
    definition = (object_type.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise OutOfTheOrdinary
    if definition.is_type_of is not None:  # pyright: ignore[reportUnknownMemberType] - generic in the context
        raise OutOfTheOrdinary
    generic = definition.concrete_of
    classes = frozenset({definition.origin} | ({generic.origin} if generic else set[type]()))
    if any(hasattr(one, "__await__") or issubclass(one, Exception) for one in classes):
        raise OutOfTheOrdinary
    return classes


def _completion_of(output_type: Any, read_objects: Callable[[GraphQLObjectType], Reader]) -> Reader:
    bare, may_be_null = _bare(output_type)
    complete = _completion_of_bare(bare, read_objects)
    return (lambda value: None if value is None else complete(value)) if may_be_null else complete


def _bare(output_type: Any) -> tuple[Any, bool]:
    """The type of what is not null, and whether null may stand there."""
    is_non_null = isinstance(output_type, GraphQLNonNull)
    return (cast("Any", output_type).of_type if is_non_null else output_type), not is_non_null


def _completion_of_bare(bare: Any, read_objects: Callable[[GraphQLObjectType], Reader]) -> Reader:
    """How a value of this type that is not null is completed; raises `OutOfTheOrdinary` for interfaces and unions."""
    if isinstance(bare, GraphQLList):
        return _list_completion(_completion_of(cast("Any", bare).of_type, read_objects))
    if isinstance(bare, GraphQLObjectType):
        return read_objects(bare)
    if isinstance(bare, CustomGraphQLEnumType):
        return _enum_completion(bare)
    if isinstance(bare, GraphQLScalarType):
        return _leaf_completion(bare)
    raise OutOfTheOrdinary


def _list_completion(of_item: Reader) -> Reader:
    def complete(value: Any) -> list[Any]:
        # Anything else that can be iterated may be iterated only once.
        if type(value) is not list:
            raise OutOfTheOrdinary
        return [of_item(item) for item in cast("list[Any]", value)]

    return complete


def _enum_completion(enum_type: CustomGraphQLEnumType) -> Reader:
    members: Any = enum_type.wrapped_cls
    names = _names_of(enum_type)

    def complete(value: Any) -> str:
        # A string equal to a member of a `StrEnum` would be found too.
        if type(value) is not members:
            raise OutOfTheOrdinary
        return names[value]

    return complete


def _names_of(enum_type: CustomGraphQLEnumType) -> Mapping[Any, str]:
    members: Any = enum_type.wrapped_cls
    try:
        return {member: enum_type.coerce_output_value(member) for member in members}
    except ValueError as error:  # a member that is not in the schema
        raise OutOfTheOrdinary from error


def _leaf_completion(leaf_type: GraphQLLeafType) -> Reader:
    test = _WRITTEN_AS_THEY_ARE.get(leaf_type)
    if test is not None:
        return eval(f"lambda value: value if {test} else refuse()", {"refuse": _refuse})  # noqa: S307 - as above
    write = leaf_type.coerce_output_value

    def complete(value: Any) -> Any:
        if type(value) not in _INERT and (value is None or value is Undefined or _may_not_be_written(value)):
            raise OutOfTheOrdinary
        written = write(value)
        if written is None or written is Undefined:
            raise OutOfTheOrdinary
        return written

    return complete


def _may_not_be_written(value: Any) -> bool:
    return isinstance(value, Exception) or optimized_is_awaitable(value)
