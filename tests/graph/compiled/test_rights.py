"""No right is on the short way: it holds only fields that read an attribute and do nothing else."""

from graphql import GraphQLInterfaceType, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from graph.compiled.plain_fields import attribute_behind
from graph.schema import shared_schema


def _fields(*, plain: bool) -> dict[str, StrawberryField]:
    """The fields of our own types by `Type.field`, those that are read as attributes or the others."""
    return {
        f"{name}.{field_name}": field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        for name, graphql_type in shared_schema()._schema.type_map.items()
        if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field_name, field in graphql_type.fields.items()
        if (attribute_behind(field) is not None) is plain
    }


def test_a_field_with_a_right_or_a_resolver_is_never_read_as_an_attribute() -> None:
    guarded = {name for name, field in _fields(plain=True).items() if field.extensions or field.base_resolver}

    assert guarded == set()
    assert {"Query.viewer", "Convention.mandates", "PerformanceFile.lines"} <= _fields(plain=False).keys()


def test_what_has_no_right_of_its_own_is_read_as_an_attribute() -> None:
    assert {"PerformanceLine.employee", "Totals.hours"} <= _fields(plain=True).keys()
