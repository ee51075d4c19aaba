"""Answers that show what is another organisation's leave only after the audit trail says so."""

from typing import Any

import structlog
from strawberry.types.execution import PreExecutionError
from typing_extensions import override

from filing.reading import Readings, record_readings
from graph.context import Context
from graph.limits import LimitedSchema, refused

log = structlog.get_logger(__name__)


class AuditedSchema(LimitedSchema):
    """Writes what an answer shows (`Context.readings`) before the answer is sent, one transaction an answer.

    When that fails the answer is not given, whatever it was: not even that of a mutation that was done.
    """

    @override
    async def _execute_operation(self, execution_context: Any, *arguments: Any, **named: Any) -> Any:
        result = await super()._execute_operation(execution_context, *arguments, **named)
        refusal = await self._unrecorded(execution_context.context, result)
        if refusal is not None:
            execution_context.result = refusal
            return refusal
        return result

    @override
    async def _handle_execution_result(self, context: Any, result: Any, *arguments: Any, **named: Any) -> Any:
        # Each event of a subscription is worked out like an answer of its own, and only then comes by here.
        result = await self._unrecorded(context.context, result) or result
        return await super()._handle_execution_result(context, result, *arguments, **named)

    async def _unrecorded(self, context: Context, result: Any) -> PreExecutionError | None:
        """What to answer instead when what *result* shows cannot be put in the trail."""
        readings, context.readings = context.readings, Readings()
        if not readings or result.data is None:
            return None
        try:
            await record_readings(context.office, context.known, readings)
        except Exception as error:  # noqa: BLE001 - whatever it was, an answer that is not in the trail is not given
            log.warning("reading_not_recorded", error=type(error).__name__)
            return refused(error)
        return None
