"""graphql-core's own execution, with its plan kept from request to request and a short way through what is plain.

Only reading attributes takes the short way. Resolvers, and with them every right, every loader and every await, are
called by graphql-core and Strawberry as ever; so is everything in which a reader met something out of the ordinary.
"""

from typing import Any, Final, cast

from graphql import Executor, GraphQLObjectType, OperationType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from graph.compiled.plans import Compiling, Plan, Plans

_UNKNOWN: Final = object()


class CompiledExecutor(Executor[Any]):
    """Executes one request; *plans* are those of its document. Nothing is delivered in parts."""

    build_resolve_info: Any = cast("Any", StrawberryGraphQLCoreExecutionContext).build_resolve_info
    operation_extensions = None
    """What Strawberry's information for resolvers holds beside that of graphql-core; nobody sends any."""

    plan: Plan | None = None
    """None: graphql-core alone."""

    def __init__(self, *arguments: Any, plans: Plans, **named: Any) -> None:
        super().__init__(*arguments, **named)  # pyright: ignore[reportUnknownMemberType] - generic in the context
        if self.operation.operation is OperationType.QUERY:
            self.plan = plans.plan_for(self.operation, self.variable_values.coerced)
        if self.plan is not None:
            # Where graphql-core remembers which fields a selection has, otherwise for one request.
            self._relevant_sub_fields = self.plan.sub_fields
            self._compiling = Compiling(self.plan, self.schema, self.collect_subfields)

    @override
    def execute_root_grouped_field_set(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        position_context: Any,
    ) -> Any:
        if self.plan is not None:
            # Equal to what was collected now, and known by its identity in the rest of the plan.
            grouped_field_set = self.plan.root = self.plan.root or grouped_field_set
        return super().execute_root_grouped_field_set(
            root_type, root_value, grouped_field_set, serially, position_context
        )

    @override
    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> Any:
        if self.plan is not None:
            key = (parent_type, id(field_details_list))
            read: Any = self.plan.fields.get(key, _UNKNOWN)
            if read is _UNKNOWN:
                read = self.plan.fields[key] = self._compiling.field(parent_type, field_details_list)
            if read is not None:
                try:
                    return read(source)
                except Exception:  # noqa: BLE001, S110 - whatever it is, graphql-core meets it again and tells it
                    pass
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    @override
    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """What resolvers answer comes this way, and the objects behind interfaces and unions."""
        if self.plan is not None:
            key = (return_type, id(field_details_list))
            read: Any = self.plan.objects.get(key, _UNKNOWN)
            if read is _UNKNOWN:
                read = self._compiling.object(return_type, field_details_list)
            if read is not None:
                try:
                    return read(result)
                except Exception:  # noqa: BLE001, S110 - as above
                    pass
        return super().collect_and_execute_subfields(return_type, field_details_list, path, result, position_context)
