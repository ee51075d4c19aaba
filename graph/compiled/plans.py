"""Plans: what is worked out once for an operation and used by every later request that asks it.

Which fields a selection has depends on the types, and on the variables only by `@skip` and `@include`; so a plan
belongs to an operation and the values of its Boolean variables.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet

from graph.compiled.plain_fields import Fields, OutOfTheOrdinary, PlainField, Reader, plain_field
from graph.compiled.readers import field_reader, object_reader

_MOST_PLANS: Final = 16


class Plan:
    """The field sets of one operation, collected once, and readers for those that are plain.

    Everything is found again by the identity of the list of field nodes that it is for; the lists live in
    *sub_fields*, which graphql-core fills, and in *root*. None stands for what is not plain.
    """

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.sub_fields: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.fields: dict[tuple[GraphQLObjectType, int], Reader | None] = {}
        self.objects: dict[tuple[GraphQLObjectType, int], Reader | None] = {}


class Plans:
    """The plans for the operations of one document; none for its first request, which may be its last."""

    def __init__(self) -> None:
        self.executors: dict[str | None, Any] = {}
        """What is built of an operation once, by the name that is asked for."""
        self._is_known = False
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._conditions: dict[int, list[str]] = {}
        """The Boolean variables of an operation, by its identity."""

    def plan_for(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Plan | None:
        if not self._is_known:
            self._is_known = True
            return None
        conditions = self._conditions.get(id(operation))
        if conditions is None:
            conditions = self._conditions[id(operation)] = _boolean_variables(operation)
        key = (id(operation), *(variables.get(name) for name in conditions))
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = Plan()
        return plan


class Compiling:
    """Finds what is plain in the selections of one plan; *collect* gives the fields of a selection on a type."""

    def __init__(
        self,
        plan: Plan,
        schema: GraphQLSchema,
        collect: Callable[[GraphQLObjectType, FieldDetailsList], CollectedFields],
    ) -> None:
        self._plan = plan
        self._schema = schema
        self._collect = collect

    def field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Reader | None:
        """Reads a field from its object; none when it is not plain, or something below it is not."""
        try:
            return field_reader(parent, self._field(parent, details))
        except OutOfTheOrdinary:
            return None

    def object(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> Reader | None:
        """Reads all that is selected of an object; none when something of it is not plain."""
        key = (object_type, id(details))
        if key not in self._plan.objects:
            try:
                read = object_reader(object_type, self._selected(object_type, details))
            except OutOfTheOrdinary:
                read = None
            self._plan.objects[key] = read
        return self._plan.objects[key]

    def _selected(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> Fields:
        selected = self._collect(object_type, details).grouped_field_set
        return {name: self._field(object_type, each) for name, each in selected.items()}

    def _field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> PlainField:
        field = self._schema.get_field(parent, details[0].node.name.value)
        return plain_field(field, lambda held: self._selected(held, details))


def _boolean_variables(operation: OperationDefinitionNode) -> list[str]:
    """Those that `@skip` and `@include` can take."""
    names: list[str] = []
    for definition in operation.variable_definitions or ():
        bare = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
        if isinstance(bare, NamedTypeNode) and bare.name.value == "Boolean":
            names.append(definition.variable.name.value)
    return names
