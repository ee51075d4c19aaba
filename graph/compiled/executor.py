"""graphql-core's own execution, with its plan kept from request to request and a short way through what is plain.

Only reading attributes takes the short way. Resolvers, and with them every right, every loader and every await, are
called by graphql-core and Strawberry as ever; so is everything in which a reader met something out of the ordinary.
"""

from typing import Any, Final

from graphql import GraphQLObjectType, OperationType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from graph.compiled.plans import Compiling, Plan, Plans

_SHARED: Final = Plans()
_UNKNOWN: Final = object()


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one request."""

    plan: Plan | None = None
    """None: graphql-core alone."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        middlewares = self.middleware_manager.middlewares if self.middleware_manager else ()
        takes_variables = any(fragment.variable_signatures for fragment in self.fragments.values())
        if middlewares or takes_variables or self.operation.operation is OperationType.SUBSCRIPTION:
            return
        self.plan = _SHARED.plan_for(self.schema, self.operation, self.variable_values.coerced)
        # Where graphql-core remembers which fields a selection has, until now for one request.
        self._relevant_sub_fields = self.plan.sub_fields
        self._compiling = Compiling(self.plan, self.schema, self.collect_subfields)

    @override
    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Any,
    ) -> Any:
        if self.plan is not None:
            if new_defer_usages:
                self.plan = None
            elif self.plan.root is None:
                self.plan.root = grouped_field_set
            else:
                # The same as what was collected now; known by its identity in the rest of the plan.
                grouped_field_set = self.plan.root
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
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
            field: Any = self.plan.fields.get(key, _UNKNOWN)
            if field is _UNKNOWN:
                field = self.plan.fields[key] = self._compiling.field(parent_type, field_details_list)
            if field is not None:
                attribute, complete = field
                try:
                    return complete(getattr(source, attribute))
                except Exception:  # noqa: BLE001, S110 - whatever it is, graphql-core meets it again and tells it
                    pass
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    @override
    def complete_value(
        self,
        return_type: Any,
        field_details_list: FieldDetailsList,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if self.plan is not None:
            # Types live as long as the schema, so that their identities stay theirs.
            key = (id(return_type), id(field_details_list))
            complete: Any = self.plan.values.get(key, _UNKNOWN)
            if complete is _UNKNOWN:
                complete = self.plan.values[key] = self._compiling.value(return_type, field_details_list)
            if complete is not None:
                try:
                    return complete(result)
                except Exception:  # noqa: BLE001, S110 - as above
                    pass
        completed: Any = super().complete_value(return_type, field_details_list, info, path, result, position_context)  # pyright: ignore[reportUnknownMemberType] - resolvers' info is generic
        return completed

    @override
    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The objects behind interfaces and unions come this way only."""
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
