"""Which fields are plain: attributes of our objects, with no resolver and no right of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from graphql import GraphQLField, GraphQLObjectType, TypeNameMetaFieldDef, get_named_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Reader = Callable[[Any], Any]
"""Turns an object, or what was read of one, into what is written; raises for what is out of the ordinary."""


class OutOfTheOrdinary(Exception):
    """graphql-core has to look at this itself."""


@dataclass(frozen=True, slots=True)
class PlainField:
    """The type that is written, and the attribute that is read; no attribute for `__typename`.

    *below*: what is selected of its objects; none when it holds scalars.
    """

    attribute: str | None
    output_type: Any
    below: Mapping[str, Self] | None


Fields = Mapping[str, PlainField]
"""What is selected of an object, by the names in the answer."""


def plain_field(field: GraphQLField | None, below: Callable[[GraphQLObjectType], Fields]) -> PlainField:
    """*below* answers what is selected of its objects. Raises `OutOfTheOrdinary` for more than reading an attribute."""
    attribute = None if field is TypeNameMetaFieldDef else attribute_behind(field)
    if field is None or (attribute is None and field is not TypeNameMetaFieldDef):
        raise OutOfTheOrdinary
    output_type = cast("Any", field).type
    held = cast("Any", get_named_type(output_type))
    return PlainField(attribute, output_type, below(held) if isinstance(held, GraphQLObjectType) else None)


def attribute_behind(field: GraphQLField | None) -> str | None:
    """The attribute that *field* reads; none when it does more than that: a resolver, an argument or any extension."""
    field_behind = definition_behind(field)
    if field is None or field_behind is None or field.args:
        return None
    # Rights are extensions, and a field with an extension is not basic.
    reads_only = (
        field_behind.is_basic_field
        and field_behind.default_resolver is getattr
        and type(field_behind).get_result is StrawberryField.get_result
        and getattr(field.resolve, "__name__", "") == "_get_basic_result"
    )
    return field_behind.python_name if reads_only else None


def definition_behind(field: GraphQLField | None) -> StrawberryField | None:
    """How *field* was declared to Strawberry."""
    found = (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
    return found if isinstance(found, StrawberryField) else None


def classes_of(object_type: GraphQLObjectType) -> frozenset[type]:
    """The classes of its objects."""
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
