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
    prepared: Any = plans.executors.get(operation_name)
    if prepared is None:
        prepared = cast("Any", CompiledExecutor).build(
            schema,
            document,
            raw_variable_values=variables,
            operation_name=operation_name,
            is_awaitable=optimized_is_awaitable,
            plans=plans,
        )
        if isinstance(prepared, list):
            return ExecutionResult(data=None, errors=cast("list[GraphQLError]", prepared))
        plans.executors[operation_name] = prepared
    executor = prepared.for_request(context, variables)
    if isinstance(executor, list):
        return ExecutionResult(data=None, errors=cast("list[GraphQLError]", executor))
    return await executor.result()
