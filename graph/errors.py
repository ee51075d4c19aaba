"""The wire form of errors: what a client is told when an operation could not be answered.

Problems that a client can act on are types in the payload (`graph/problems.py`). An error is for authentication,
limits, bad input and our own failures; the last get a neutral sentence with the correlation id, and only they reach
the log whole.
"""

import re
from collections.abc import Mapping
from typing import Final

import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors

from domain.catalogue import problem_message
from domain.errors import DomainError
from domain.vocabulary import Language
from persistence.failures import TemporarilyUnavailable

log = structlog.get_logger(__name__)

_SUGGESTION: Final = re.compile(r" Did you mean [^?]*\?")
"""Names of the schema that were not asked for; the switch of Strawberry takes them from unknown fields only."""


class LimitExceeded(DomainError):
    """The request asks for more than is allowed; *found* is what was measured."""

    def __init__(self, *, found: float, limit: float) -> None:
        super().__init__(found=f"{found:g}", limit=f"{limit:g}")
        self.measured: Mapping[str, float] = {"limit": limit, "found": found}
        """What the client is told as numbers."""


class WireErrors(MaskErrors):
    """Rewrites every error before it reaches a client, streamed results included."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        context = self.execution_context.context
        return wire_error(error, context.language, context.correlation_id)


def wire_error(error: GraphQLError, language: Language, correlation_id: str) -> GraphQLError:
    """The error as the client sees it: a code, a sentence in his language, and the correlation id."""
    cause = error.original_error
    if isinstance(cause, GraphQLError):
        message, code = cause.message, str((cause.extensions or {}).get("code", "BAD_REQUEST"))
    elif isinstance(cause, DomainError):
        if isinstance(cause, TemporarilyUnavailable):
            log.warning("temporarily_unavailable", path=error.path, reason=type(cause.__cause__).__name__)
        message, code = problem_message(cause.code, cause.values, language), cause.code
    elif cause is None:
        message, code = error.message, str((error.extensions or {}).get("code", "BAD_REQUEST"))
    else:
        log.error("resolver_failed", path=error.path, exc_info=cause)
        message = problem_message("INTERNAL", {"correlation_id": correlation_id}, language)
        code = "INTERNAL"
    measured: Mapping[str, float] = cause.measured if isinstance(cause, LimitExceeded) else {}
    return GraphQLError(
        message if isinstance(cause, DomainError) else _SUGGESTION.sub("", message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, "correlationId": correlation_id, **measured},
    )
