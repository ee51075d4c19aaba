"""Readers for the plain parts of an operation (`graph/compiled/plain_fields.py`).

A reader answers what graphql-core would, or raises: for a null where none may be, a value that cannot be written, an
awaitable, an object of another class, and anything else out of the ordinary. Reading an attribute has no effects, so
graphql-core then completes the same part from its start, and its errors, nulls and paths are its own.

What reads an object is one Python expression, made for its selection: a call for each attribute would take longer than
the attribute itself.
"""

from typing import Any, cast

from graphql import GraphQLList, GraphQLObjectType

from graph.compiled.edges import edges_reader
from graph.compiled.leaves import bare, evaluated, is_leaf, leaf_completion, leaf_expression
from graph.compiled.plain_fields import Fields, OutOfTheOrdinary, PlainField, Reader, classes_of
from graph.connections import Edges


def object_reader(object_type: GraphQLObjectType, fields: Fields) -> Reader:
    """Reads *fields* from an object of exactly this type."""
    is_type_of: Any = object_type.is_type_of  # pyright: ignore[reportUnknownMemberType] - generic in the context
    known: dict[str, Any] = {"classes": classes_of(object_type), "is_type_of": is_type_of}
    entries = (
        f"{name!r}: {_attribute_of_source(field, object_type, number, known)}"
        for number, (name, field) in enumerate(fields.items())
    )
    condition = "type(source) in classes"
    if is_type_of is not None:
        # Strawberry's own, which takes no notice of its second argument.
        condition += " and is_type_of(source, None) is True"
    return evaluated(f"lambda source: {{{', '.join(entries)}}} if {condition} else refuse()", known)


def field_reader(parent: GraphQLObjectType, field: PlainField) -> Reader:
    """Reads one field from its object, whatever its other fields are."""
    known: dict[str, Any] = {}
    return evaluated(f"lambda source: {_attribute_of_source(field, parent, 0, known)}", known)


def _attribute_of_source(field: PlainField, parent: GraphQLObjectType, number: int, known: dict[str, Any]) -> str:
    if field.attribute is None:
        return repr(parent.name)
    attribute, reading = f"source.{field.attribute}", f"(value := source.{field.attribute})"
    if is_leaf(field.output_type):
        return leaf_expression(field.output_type, reading, "value", str(number), known)
    known[f"complete_{number}"] = _completion(field.output_type, field.below)
    return f"complete_{number}({attribute})"


def _completion(output_type: Any, below: Fields | None) -> Reader:
    """How a value of this type is written; raises `OutOfTheOrdinary` for interfaces and unions."""
    if is_leaf(output_type):
        return leaf_completion(output_type)
    kind, may_be_null = bare(output_type)
    if isinstance(kind, GraphQLList):
        complete = _list_completion(cast("Any", kind).of_type, below)
    elif isinstance(kind, GraphQLObjectType) and below is not None:
        complete = object_reader(kind, below)
    else:
        raise OutOfTheOrdinary
    return (lambda value: None if value is None else complete(value)) if may_be_null else complete


def _list_completion(item_type: Any, below: Fields | None) -> Reader:
    of_item = _completion(item_type, below)
    kind = bare(item_type)[0]
    of_edges = edges_reader(kind, below) if isinstance(kind, GraphQLObjectType) and below is not None else None

    def complete(value: Any) -> list[Any]:
        if type(value) is list:
            return [of_item(item) for item in cast("list[Any]", value)]
        if type(value) is Edges and of_edges is not None:
            return of_edges(cast("Edges[Any]", value))
        # Anything else that can be iterated may be iterated only once.
        raise OutOfTheOrdinary

    return complete
