"""graphql-core's own execution, with its plan kept from request to request and a short way through what is plain.

Only reading attributes takes the short way. Resolvers, and with them every right, every loader and every await, are
called by graphql-core as ever; so is everything in which a reader met something out of the ordinary.
"""

from collections.abc import Mapping
from typing import Any, Final, Self, cast

from graphql import ExecutionResult, Executor, GraphQLError, GraphQLObjectType, OperationType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import get_variable_values
from graphql.pyutils import Path, RefMap
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from graph.compiled.plans import Compiling, Plan, Plans

_UNKNOWN: Final = object()
_MOST_MISTAKES: Final = 50
"""In the variables: as many as graphql-core tells of."""


class CompiledExecutor(Executor[Any]):
    """Executes one operation; *plans* are those of its document. Nothing is delivered in parts, and nobody aborts.

    What is built of a document knows of no request; each request is executed by a copy of it (`for_request`).
    """

    build_resolve_info: Any = cast("Any", StrawberryGraphQLCoreExecutionContext).build_resolve_info
    operation_extensions = None
    """What Strawberry's information for resolvers holds beside that of graphql-core; nobody sends any."""

    plan: Plan | None = None
    """None: graphql-core alone."""

    def __init__(self, *arguments: Any, plans: Plans, **named: Any) -> None:
        super().__init__(*arguments, **named)  # pyright: ignore[reportUnknownMemberType] - generic in the context
        self._plans = plans
        if self.operation.variable_definitions:
            # Those of the request for which it is built: each comes with its own.
            self.variable_values = cast("Any", None)

    def for_request(self, context: Any, variables: Mapping[str, Any] | None) -> Self | list[GraphQLError]:
        """One for a request of the same operation, or what is wrong with its variables; this one keeps neither."""
        values: Any = self.variable_values
        if self.operation.variable_definitions:
            given = dict(variables or {})
            values = get_variable_values(self.schema, self.operation.variable_definitions, given, _MOST_MISTAKES)
            if isinstance(values, list):
                return cast("list[GraphQLError]", values)
        made = object.__new__(type(self))
        # As graphql-core makes one for each event of a subscription.
        made.__dict__.update(self.__dict__)
        made.context_value, made.variable_values = context, values
        made.collected_errors = CollectedErrors()
        made.background_futures = set()
        made._stream_usages = RefMap()
        made._relevant_sub_fields = {}
        if self.operation.operation is OperationType.QUERY:
            made.plan = self._plans.plan_for(self.operation, values.coerced)
        if made.plan is not None:
            # Where graphql-core remembers which fields a selection has, otherwise for one request.
            made._relevant_sub_fields = made.plan.sub_fields
        return made

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Made for who asks: an executor that holds methods of its own is freed by the collector only."""
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(  # pyright: ignore[reportIncompatibleVariableOverride] - made when it is asked for
        self, _made: GraphQLResolveInfoHelpers
    ) -> None: ...

    async def result(self) -> ExecutionResult:
        """Of the whole operation."""
        if self.plan is None or self.plan.root is None:
            found = cast("Any", self.execute_operation())
            return found if isinstance(found, ExecutionResult) else await found
        root_type = cast("GraphQLObjectType", self.schema.query_type)
        try:
            data = cast("Any", self.execute_fields(root_type, self.root_value, None, self.plan.root, None))
            if not isinstance(data, dict):
                data = await data
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            data = None
        return ExecutionResult(cast("Any", data), self.collected_errors.errors or None)

    @override
    def with_abort_signal(self, awaitable: Any) -> Any:
        return awaitable

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
                read = self.plan.fields[key] = self._compiling().field(parent_type, field_details_list)
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
                read = self._compiling().object(return_type, field_details_list)
            if read is not None:
                try:
                    return read(result)
                except Exception:  # noqa: BLE001, S110 - as above
                    pass
        return super().collect_and_execute_subfields(return_type, field_details_list, path, result, position_context)

    def _compiling(self) -> Compiling:
        return Compiling(cast("Plan", self.plan), self.schema, self.collect_subfields)
