"""Requests that are refused before GraphQL sees them, in the form that GraphQL clients read."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.catalogue import problem_message
from server.languages import preferred_language
from server.negotiation import GRAPHQL_RESPONSE, JSON, acceptable


class Refusal(Exception):
    """An HTTP status with a stable code and the values of its sentence in the message catalogue."""

    def __init__(
        self, status: int, code: str, values: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.values = values
        self.headers = headers or {}
        super().__init__(f"{status} {code}")


def refusal_response(request: Request, refusal: Refusal) -> Response:
    """The refusal as a GraphQL error in the client's language, with the correlation id."""
    message = problem_message(refusal.code, refusal.values, preferred_language(request.headers.get("accept-language")))
    extensions = {"code": refusal.code, "correlationId": request.state.correlation_id, **refusal.values}
    headers = {**refusal.headers, **({"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {})}
    # What is left of the body is not read: the connection cannot serve another request.
    headers["Connection"] = "close"
    media_type = acceptable(request.headers.get("accept")).json
    headers["Content-Type"] = f"{GRAPHQL_RESPONSE if media_type == GRAPHQL_RESPONSE else JSON}; charset=utf-8"
    return JSONResponse(
        {"errors": [{"message": message, "extensions": extensions}]}, status_code=refusal.status, headers=headers
    )


async def refuse_page(request: Request, error: Exception) -> Response:
    """What the router refuses, a page that does not exist or another method, in the same form."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if status == 405:
        values = {"found": request.method, "expected": (headers or {}).get("Allow", "")}
        refusal = Refusal(status, "METHOD_NOT_ALLOWED", values, headers=headers)
    elif status == 404:
        refusal = Refusal(status, "PAGE_NOT_FOUND", {}, headers=headers)
    else:
        refusal = Refusal(status, "MALFORMED_REQUEST", {"reason": f"HTTP {status}"}, headers=headers)
    return refusal_response(request, refusal)


async def refuse_broken(request: Request, _error: Exception) -> Response:
    """A failure of ours that nobody caught; the server logs it whole, the client gets its number."""
    correlation_id = request.state.correlation_id
    return refusal_response(request, Refusal(500, "INTERNAL", {"correlation_id": correlation_id}))
