"""Readers for the edges of a page that keeps its rows (`graph.connections.Edges`): nodes are written, never made.

What an attribute of a node would have held is worked out from the row by the same projection that makes nodes.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from graphql import GraphQLObjectType

from graph.compiled.leaves import bare, evaluated, is_leaf, leaf_completion, leaf_expression
from graph.compiled.plain_fields import Fields, OutOfTheOrdinary, classes_of
from graph.connections import Edge, Edges
from graph.projections import Projection

_MOST_REMEMBERED: Final = 4096
_MOST_CONVERSIONS: Final = 256


def edges_reader(edge_type: GraphQLObjectType, fields: Fields) -> Callable[[Edges[Any]], list[Any]] | None:
    """Reads *fields* of every edge, which is made for a projection when its first page comes; none for other types."""
    if Edge not in classes_of(edge_type):
        return None
    readers: dict[Projection[Any, Any], Callable[..., list[Any]]] = {}

    def read(edges: Edges[Any]) -> list[Any]:
        of_rows = readers.get(edges.node)
        if of_rows is None:
            of_rows = readers[edges.node] = _rows_reader(edge_type, fields, edges.node)
        return of_rows(edges.cursors, edges.rows)

    return read


def _rows_reader(
    edge_type: GraphQLObjectType, fields: Fields, projection: Projection[Any, Any]
) -> Callable[..., list[Any]]:
    known: dict[str, Any] = {}
    entries: list[str] = []
    for number, (name, field) in enumerate(fields.items()):
        if field.attribute is None:
            written = repr(edge_type.name)
        elif field.attribute == "cursor":
            written = leaf_expression(field.output_type, "cursor", "cursor", str(number), known)
        else:
            written = _node(field.output_type, field.below, projection, number, known)
        entries.append(f"{name!r}: {written}")
    row = ", ".join(f"value_{place}" for place in range(projection.width))
    edges = f"[{{{', '.join(entries)}}} for cursor, ({row}) in zip(cursors, rows, strict=True)]"
    return evaluated(f"lambda cursors, rows: {edges}", known)


def _node(
    output_type: Any, fields: Fields | None, projection: Projection[Any, Any], number: int, known: dict[str, Any]
) -> str:
    node_type = bare(output_type)[0]
    if not isinstance(node_type, GraphQLObjectType) or fields is None or projection.shown not in classes_of(node_type):
        raise OutOfTheOrdinary
    if node_type.is_type_of is not None:  # pyright: ignore[reportUnknownMemberType] - generic in the context
        # It wants to see a node.
        raise OutOfTheOrdinary
    entries: list[str] = []
    for place, (name, field) in enumerate(fields.items()):
        if field.attribute is None:
            written = repr(node_type.name)
        else:
            written = _value(field.attribute, field.output_type, projection, f"{number}_{place}", known)
        entries.append(f"{name!r}: {written}")
    return f"{{{', '.join(entries)}}}"


def _value(
    attribute: str, output_type: Any, projection: Projection[Any, Any], place: str, known: dict[str, Any]
) -> str:
    """How the *attribute* of a node is written."""
    if not is_leaf(output_type) or attribute not in projection.columns:
        raise OutOfTheOrdinary
    column = projection.columns[attribute]
    value = f"value_{column.place}"
    if column.convert is None:
        return leaf_expression(output_type, value, value, place, known)
    known[f"converted_{place}"] = _converted(column.convert, output_type)
    # Null is not converted; where it may not stand, writing it refuses.
    known[f"null_{place}"] = leaf_completion(output_type)
    return f"(null_{place}(None) if {value} is None else converted_{place}({value}))"


@lru_cache(_MOST_CONVERSIONS)
def _converted(convert: Callable[[Any], object], output_type: Any) -> Callable[[Any], Any]:
    """How a value is written after *convert*; amounts repeat."""
    complete = leaf_completion(output_type)

    @lru_cache(_MOST_REMEMBERED)
    def converted(value: Any) -> Any:
        return complete(convert(value))

    return converted
