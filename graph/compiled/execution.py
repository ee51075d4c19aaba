"""Executing one operation of a document that was read and validated before."""

from collections.abc import Mapping
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from strawberry.execution.is_awaitable import optimized_is_awaitable

from graph.compiled.executor import CompiledExecutor
from graph.compiled.plans import Plans


async def executed(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    plans: Plans,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    context: Any,
) -> ExecutionResult:
    """The result of a query or mutation; *plans* are those of *document*."""
    build = cast("Any", CompiledExecutor).build
    executor = build(
        schema,
        document,
        context_value=context,
        raw_variable_values=variables,
        operation_name=operation_name,
        is_awaitable=optimized_is_awaitable,
        plans=plans,
    )
    if isinstance(executor, list):
        return ExecutionResult(data=None, errors=cast("list[GraphQLError]", executor))
    found = executor.execute_operation()
    return found if isinstance(found, ExecutionResult) else await found
