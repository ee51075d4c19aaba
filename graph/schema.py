"""The whole schema, put together from one module a subject; made once, and only if every right is declared."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType
from typing_extensions import override

from graph.access_review import AccessReviewQueries
from graph.admissions import AdmissionMutations, AdmissionQueries
from graph.audit import AuditQueries
from graph.audited_answers import AuditedSchema
from graph.collective_file_mutations import CollectiveFileMutations
from graph.collective_file_progress import CollectiveFileSubscriptions
from graph.collective_files import CollectiveFileQueries
from graph.compiled.resolvers import put_resolvers_together
from graph.context import Context
from graph.conventions import ConventionQueries
from graph.decisions import DecisionQueries
from graph.descriptions import describe
from graph.errors import WireErrors, wire_error
from graph.guard import declared_rights
from graph.limits import LimitsQueries
from graph.mandates import MandateMutations, MandateQueries
from graph.node_queries import NodeQueries
from graph.performance_file_changes import PerformanceFileSubscriptions
from graph.performance_file_mutations import PerformanceFileMutations
from graph.performance_files import PerformanceFileQueries
from graph.policy import PolicyMutations, PolicyQueries
from graph.role_grants import RoleGrantMutations, RoleGrantQueries
from graph.scalars import SCALARS
from graph.viewer import ViewerQueries


@strawberry.type(description="What can be read.")
class Query(
    ViewerQueries,
    NodeQueries,
    ConventionQueries,
    MandateQueries,
    RoleGrantQueries,
    AdmissionQueries,
    DecisionQueries,
    AccessReviewQueries,
    CollectiveFileQueries,
    PerformanceFileQueries,
    PolicyQueries,
    AuditQueries,
    LimitsQueries,
):
    pass


@strawberry.type(description="What can be done; each answers what happened, or why nothing did.")
class Mutation(
    RoleGrantMutations,
    MandateMutations,
    AdmissionMutations,
    CollectiveFileMutations,
    PerformanceFileMutations,
    PolicyMutations,
):
    pass


@strawberry.type(description="What can be followed while it happens; rights are asked again before each event.")
class Subscription(CollectiveFileSubscriptions, PerformanceFileSubscriptions):
    pass


class FilingSchema(AuditedSchema):
    """The schema that clients ask."""

    @override
    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """As Strawberry's own does, without the rounds that it makes past its extensions: ours only words errors."""
        asked = self._create_execution_context(
            query,
            tuple(OperationType) if allowed_operation_types is None else allowed_operation_types,
            variable_values,
            context_value,
            root_value,
            operation_name,
            operation_extensions,
        )
        result = await self._prepare_operation_async(asked, None) or await self._execute_operation(asked)
        if result.errors:
            context: Context = asked.context
            result.errors = [wire_error(error, context.language, context.correlation_id) for error in result.errors]
        return result

    @override
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Strawberry logs every error with its traceback; here only our own failures shout, in `graph/errors.py`."""


def build_schema() -> FilingSchema:
    """The executable schema; raises `UndeclaredRight` when a type or a root field says nothing about its right."""
    schema = FilingSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        extensions=[WireErrors],
    )
    declared_rights(schema)
    describe(schema._schema)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no other way in
    put_resolvers_together(schema)
    return schema


@cache
def shared_schema() -> FilingSchema:
    """The one schema of this process: it holds nothing of a request."""
    return build_schema()


def operations_folder() -> Traversable:
    """The prepared operations (`.graphql`, with `.json` for their variables) that the tour follows."""
    return files("graph").joinpath("operations")
