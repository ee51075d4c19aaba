"""Downloads beside GraphQL, behind the same gate: the stored bytes of a collective file, and its report.

What is not in sight answers 404 like what does not exist; without a good token the answer is 401.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from domain.errors import DomainError, NotFound
from filing.fetching import fetch_content, fetch_report
from filing.identification import Identified
from filing.office import Office
from filing.report_documents import FORMS, written_report
from graph.nodes import key_of
from server.languages import preferred_language
from server.refusals import Refusal, refusal_response

CONTENT_PATH = "/collective-files/{id}/content"
REPORT_PATH = "/collective-files/{id}/report.{form}"

Identify = Callable[[Request], Awaitable[Identified]]
"""Who asks, by the token of the request; raises `Refusal` when there is none or it is not good."""

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "sandbox"}


def download_routes(office: Callable[[Request], Office], identified: Identify) -> list[Route]:
    """The routes; *office* finds the services of the running application."""

    async def content(request: Request) -> Response:
        try:
            known = await identified(request)
            stored = await fetch_content(office(request), known, _key(request))
        except (Refusal, DomainError) as error:
            return _refused(request, error)
        headers = {
            **_HEADERS,
            "Content-Length": str(stored.size_bytes),
            "Content-Disposition": _attachment(stored.file.file_name),
        }
        return StreamingResponse(stored.pieces, media_type="application/xml", headers=headers)

    async def report(request: Request) -> Response:
        try:
            known = await identified(request)
            form = FORMS.get(request.path_params["form"])
            if form is None:
                raise NotFound("report")
            stored = await fetch_report(office(request), known, _key(request))
        except (Refusal, DomainError) as error:
            return _refused(request, error)
        language = preferred_language(request.headers.get("accept-language"))
        document = await written_report(office(request), stored, form, language)
        name = f"report-{stored.file.reference}.{request.path_params['form']}"
        headers = {**_HEADERS, "Content-Disposition": _attachment(name), "Content-Language": language.value}
        return Response(document, media_type=form.media_type, headers=headers)

    return [Route(CONTENT_PATH, content, methods=["GET"]), Route(REPORT_PATH, report, methods=["GET"])]


def _key(request: Request) -> str:
    """The id in the path, opaque as everywhere; a forged one answers as one that does not exist."""
    return key_of(request.path_params["id"], "CollectiveFile")


def _refused(request: Request, error: Refusal | DomainError) -> Response:
    if isinstance(error, DomainError):
        error = Refusal(404 if isinstance(error, NotFound) else 503, error.code, error.values)
    return refusal_response(request, error)


def _attachment(name: str) -> str:
    """The name twice: for clients that know nothing but ASCII, and whole."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
