"""Requests that are refused before GraphQL sees them, in the form that GraphQL clients read."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.catalogue import problem_message
from server.languages import preferred_language


class Refusal(Exception):
    """An HTTP status with a stable code and the values of its sentence in the message catalogue."""

    def __init__(self, status: int, code: str, values: Mapping[str, str]) -> None:
        self.status = status
        self.code = code
        self.values = values
        super().__init__(f"{status} {code}")


def refusal_response(request: Request, refusal: Refusal) -> Response:
    """The refusal as a GraphQL error in the client's language, with the correlation id."""
    message = problem_message(refusal.code, refusal.values, preferred_language(request.headers.get("accept-language")))
    extensions = {"code": refusal.code, "correlationId": request.state.correlation_id, **refusal.values}
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    # What is left of the body is not read: the connection cannot serve another request.
    headers["Connection"] = "close"
    return JSONResponse(
        {"errors": [{"message": message, "extensions": extensions}]}, status_code=refusal.status, headers=headers
    )
