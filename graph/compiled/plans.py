"""Plans: what is worked out once for an operation and used by every later request that asks it.

Which fields a selection has depends on the types, and on the variables only by `@skip` and `@include`; so a plan
belongs to an operation and the values of its Boolean variables.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, cast

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    Undefined,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet

from graph.compiled.plain import (
    Complete,
    OutOfTheOrdinary,
    attribute_behind,
    completion_of,
    constant,
    object_reader,
)

_MOST_PLANS: Final = 256
_CONDITIONS: Final = frozenset({"skip", "include"})


class Plan:
    """The field sets of one operation, collected once, and readers for those that are plain.

    Everything is found again by the identity of the list of field nodes that it is for; the lists live in
    *sub_fields*, which graphql-core fills, and in *root*.
    """

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.keyed_by = (schema, operation)
        """Kept, so that nothing else can get their identities."""
        self.root: GroupedFieldSet | None = None
        self.sub_fields: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.fields: dict[tuple[GraphQLObjectType, int], tuple[str, Complete] | None] = {}
        self.values: dict[tuple[int, int], Complete | None] = {}
        self.objects: dict[tuple[GraphQLObjectType, int], Complete | None] = {}


class Plans:
    """The plans of late, the least recently used forgotten first."""

    def __init__(self, most: int = _MOST_PLANS) -> None:
        self._most = most
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def plan_for(self, schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Plan:
        """The plan of this very operation, which the cache of documents keeps the same for the same text."""
        key = (
            id(schema),
            id(operation),
            *(_key(variables.get(name, Undefined)) for name in _boolean_variables(operation)),
        )
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = Plan(schema, operation)
            if len(self._plans) > self._most:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return plan

    def __len__(self) -> int:
        return len(self._plans)


class Compiling:
    """Finds what is plain in the selections of one plan; *collect* gives the fields of a selection on a type."""

    def __init__(self, plan: Plan, schema: GraphQLSchema, collect: Any) -> None:
        self._plan = plan
        self._schema = schema
        self._collect = collect

    def field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> tuple[str, Complete] | None:
        """Attribute and completion of a field; none when it is not plain, or something below it is not."""
        try:
            return self._field(parent, details)
        except OutOfTheOrdinary:
            return None

    def value(self, output_type: Any, details: FieldDetailsList) -> Complete | None:
        """Completion of what a field resolved to, be the field itself plain or not."""
        try:
            return completion_of(output_type, lambda object_type: self._object(object_type, details))
        except OutOfTheOrdinary:
            return None

    def object(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> Complete | None:
        try:
            return self._object(object_type, details)
        except OutOfTheOrdinary:
            return None

    def _object(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> Complete:
        key = (object_type, id(details))
        if key in self._plan.objects:
            known = self._plan.objects[key]
        else:
            # Meanwhile: a selection never holds itself, validation refuses circles of fragments.
            self._plan.objects[key] = None
            known = self._plan.objects[key] = self._new_object(object_type, details)
        if known is None:
            raise OutOfTheOrdinary
        return known

    def _new_object(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> Complete | None:
        collected: CollectedFields = self._collect(object_type, details)
        if collected.new_defer_usages or not collected.grouped_field_set:
            return None
        try:
            fields = {name: self._field(object_type, each) for name, each in collected.grouped_field_set.items()}
            return object_reader(object_type, fields)
        except OutOfTheOrdinary:
            return None

    def _field(self, parent: GraphQLObjectType, details: FieldDetailsList) -> tuple[str, Complete]:
        for each in details:
            if any(directive.name.value not in _CONDITIONS for directive in each.node.directives or ()):
                raise OutOfTheOrdinary
        node = details[0].node
        if node.name.value == "__typename":
            return "__class__", constant(parent.name)
        field = self._schema.get_field(parent, node.name.value)
        attribute = attribute_behind(field)
        if field is None or attribute is None or node.arguments:
            raise OutOfTheOrdinary
        return attribute, completion_of(cast("Any", field).type, lambda object_type: self._object(object_type, details))


def _boolean_variables(operation: OperationDefinitionNode) -> list[str]:
    """Those that `@skip` and `@include` can take."""
    names: list[str] = []
    for definition in operation.variable_definitions or ():
        bare = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
        if isinstance(bare, NamedTypeNode) and bare.name.value == "Boolean":
            names.append(definition.variable.name.value)
    return names


def _key(value: Any) -> str:
    return repr(value)
