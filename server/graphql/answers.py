"""What a result looks like on the wire: its JSON, and the HTTP status that each media type asks for."""

from collections.abc import Sequence, Set
from functools import cache
from typing import Any

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult

from graph.documents import MOST_MISTAKES
from server.negotiation import GRAPHQL_RESPONSE

_BROKEN = "INTERNAL"
_NO_CODES: Set[str] = frozenset()


def encode_json(document: object) -> bytes:
    return orjson.dumps(document)


def document_of(result: ExecutionResult, *, is_event: bool = False) -> dict[str, Any]:
    """The result as a JSON object; without `data` when nothing was run.

    *is_event*: it is one of a stream that runs already.
    """
    document: dict[str, Any] = {}
    if result.errors:
        # What breaks off validation is no mistake of the client.
        told = result.errors[:MOST_MISTAKES] if was_refused(result) else result.errors
        document["errors"] = [error.formatted for error in told]
    if is_event or not was_refused(result):
        document["data"] = result.data
    if result.extensions:
        document["extensions"] = result.extensions
    return document


def was_refused(result: ExecutionResult) -> bool:
    """Whether the operation was refused before anything of it ran: errors of execution have a path.

    One that was broken off has none, and may have done something.
    """
    if result.data is not None or "TIMED_OUT" in codes_of(result):
        return False
    return all(error.path is None for error in result.errors or ())


def codes_of(result: ExecutionResult) -> Set[str]:
    if not result.errors:
        return _NO_CODES
    return {str((error.extensions or {}).get("code")) for error in result.errors}


def answer(result: ExecutionResult, media_type: str) -> Response:
    """The whole answer.

    Requests that are refused answer 4xx as `application/graphql-response+json`; as `application/json` they
    answer 200, because older clients take any other status for a failure of the transport and do not read the errors.
    A missing token answers 401 in both, an identity provider that is silent 503, who asks too much 429, and a document
    over its limit 413.
    """
    response = Response(encode_json(document_of(result)), status_code=_status(result, media_type))
    response.raw_headers += _headers(media_type)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == 429:
        told = [error.extensions or {} for error in result.errors or ()]
        response.headers["Retry-After"] = str(told[0]["retryAfterSeconds"])
    return response


@cache
def _headers(media_type: str) -> Sequence[tuple[bytes, bytes]]:
    """Those of every answer; there are two media types."""
    return (b"content-type", f"{media_type}; charset=utf-8".encode()), (b"vary", b"Accept, Accept-Language")


def _status(result: ExecutionResult, media_type: str) -> int:
    codes = codes_of(result)
    if "UNAUTHENTICATED" in codes:
        return 401
    if "SIGN_IN_UNAVAILABLE" in codes:
        return 503
    if "RATE_LIMITED" in codes:
        return 429
    if media_type != GRAPHQL_RESPONSE or not was_refused(result):
        return 200
    return 500 if _BROKEN in codes else 413 if "DOCUMENT_TOO_LARGE" in codes else 400
