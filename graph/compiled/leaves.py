"""How scalars and enums are written: those that everybody uses by an expression, without a call of ours."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NoReturn, cast

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.schema.types.base_scalars import DateDefinition

from domain.identifiers import EnterpriseNumber
from domain.months import Month
from graph.compiled.plain_fields import OutOfTheOrdinary

_INERT: Final = frozenset({str, int, float, bool, Decimal, date, datetime, EnterpriseNumber, Month})
"""Neither awaitable nor an error."""
_MOST_REMEMBERED: Final = 4096
_WRITTEN_AS_THEY_ARE: Final[Mapping[Any, str]] = {
    GraphQLString: "type({value}) is str",
    GraphQLID: "type({value}) is str",
    GraphQLInt: "type({value}) is int and -2147483648 <= {name} <= 2147483647",
    GraphQLBoolean: "type({value}) is bool",
}


def bare(output_type: Any) -> tuple[Any, bool]:
    """The type of what is not null, and whether null may stand there."""
    is_non_null = isinstance(output_type, GraphQLNonNull)
    return (cast("Any", output_type).of_type if is_non_null else output_type), not is_non_null


def is_leaf(output_type: Any) -> bool:
    return isinstance(bare(output_type)[0], CustomGraphQLEnumType | GraphQLScalarType)


def leaf_expression(output_type: Any, reading: str, name: str, place: str, known: dict[str, Any]) -> str:
    """How what *reading* reads is written, a value that the expression then has by *name*.

    What it calls is put in *known*, under names that end in *place*.
    """
    leaf, may_be_null = bare(output_type)
    condition, written = _short_form(leaf, place, known)
    if may_be_null:
        return f"(None if {reading} is None else {_chosen(condition, written, name, name)})"
    return f"({_chosen(condition, written, reading, name)})"


def leaf_completion(output_type: Any) -> Callable[[Any], Any]:
    """The same as a function of the value."""
    known: dict[str, Any] = {}
    expression = leaf_expression(output_type, "value", "value", "", known)
    return evaluated(f"lambda value: {expression}", known)


def evaluated(function: str, known: dict[str, Any]) -> Callable[..., Any]:
    """The function of that text, in which *known* things have their names."""
    # Made of names of our attributes, and of names in GraphQL as string literals.
    return eval(function, known | {"refuse": _refuse})  # noqa: S307


def _chosen(condition: str, written: str, reading: str, name: str) -> str:
    if not condition:
        return written.format(value=reading)
    return f"{written.format(value=name)} if {condition.format(value=reading, name=name)} else refuse()"


def _short_form(leaf: Any, place: str, known: dict[str, Any]) -> tuple[str, str]:
    """A condition on a value, and how one that meets it is written; no condition for what is written by a call.

    `{value}` stands for what reads it, `{name}` for what has it afterwards.
    """
    if leaf in _WRITTEN_AS_THEY_ARE:
        return _WRITTEN_AS_THEY_ARE[leaf], "{value}"
    if isinstance(leaf, CustomGraphQLEnumType):
        known[f"members_{place}"], known[f"names_{place}"] = leaf.wrapped_cls, _names_of(leaf)
        # A string equal to a member of a `StrEnum` would be found too.
        return f"type({{value}}) is members_{place}", f"names_{place}[{{value}}]"
    if leaf.coerce_output_value is str:
        known["inert"] = _INERT
        return "type({value}) in inert", "str({value})"
    if leaf.coerce_output_value is DateDefinition.serialize:
        known["date"], known["text_of_day"] = date, _text_of_day
        return "type({value}) is date", "text_of_day({value})"
    known[f"complete_{place}"] = _completion(leaf)
    return "", f"complete_{place}({{value}})"


def _completion(leaf: GraphQLLeafType) -> Callable[[Any], Any]:
    write = leaf.coerce_output_value

    def complete(value: Any) -> Any:
        if type(value) not in _INERT and (value is None or value is Undefined or _may_not_be_written(value)):
            raise OutOfTheOrdinary
        written = write(value)
        if written is None or written is Undefined:
            raise OutOfTheOrdinary
        return written

    return complete


def _refuse() -> NoReturn:
    raise OutOfTheOrdinary


@lru_cache(_MOST_REMEMBERED)
def _text_of_day(day: date) -> str:
    """Days repeat; moments do not, and two that are equal may be written otherwise."""
    return day.isoformat()


def _names_of(enum_type: CustomGraphQLEnumType) -> Mapping[Any, str]:
    members: Any = enum_type.wrapped_cls
    try:
        return {member: enum_type.coerce_output_value(member) for member in members}
    except ValueError as error:  # a member that is not in the schema
        raise OutOfTheOrdinary from error


def _may_not_be_written(value: Any) -> bool:
    return isinstance(value, Exception) or optimized_is_awaitable(value)
