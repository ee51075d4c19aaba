"""What happens around every request, whatever it asks: a correlation id, a line in the log, safe headers."""

import re
import time
from collections.abc import Awaitable, Iterable

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from server.log_context import bind, unbind
from server.logs import request_teller
from server.metrics import RequestMetrics
from server.redaction import redacted_text
from server.settings import Environment, Settings
from server.signing_in.client_certificates import CertificateHeaderMiddleware, networks

CORRELATION_HEADER = "X-Correlation-Id"
_CORRELATION = CORRELATION_HEADER.lower().encode()
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


def middleware_around(settings: Settings, metrics: RequestMetrics) -> list[Middleware]:
    """The middleware of the application, outermost first.

    Bodies are limited by Starlette itself, for each route: `Route(..., max_body_size=settings.request_limit_bytes)`;
    the GraphQL endpoint takes more where a collective file comes in.
    """
    around = [
        Middleware(
            CertificateHeaderMiddleware,
            header=settings.certificate_header,
            proxies=networks(settings.trusted_proxies),
        ),
        Middleware(RequestMiddleware, metrics=metrics, is_https_only=settings.environment is Environment.PRODUCTION),
    ]
    if settings.allowed_hosts:
        around.append(Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False))
    return around


class RequestMiddleware:
    """Gives each request an id and each answer its headers; when its last byte is sent, a line and a measurement.

    The id is the caller's own when it is well-formed and says nothing of a person, else a new one. It is bound to the
    logs, put in `scope["state"]["correlation_id"]` for error answers and sent back in the header. The line has no query
    string. The headers close what browsers leave open; a response that sets one itself keeps its own.
    """

    def __init__(self, app: ASGIApp, *, metrics: RequestMetrics, is_https_only: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = _headers(is_https_only=is_https_only)
        self._tell = request_teller(__name__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        if not is_http and scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        correlation_id = _correlation_id(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        correlation = (_CORRELATION, correlation_id.encode())
        status, sent_bytes = 500, 0  # what the caller sees of an exception that nobody catches

        def send_and_look(message: Message) -> Awaitable[None]:
            nonlocal status, sent_bytes
            if message["type"] == "http.response.body":
                sent_bytes += len(message.get("body", b""))
            elif message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_others(message.get("headers", ()), [correlation], self._headers)
            elif message["type"] == "websocket.accept":
                message["headers"] = _with_others(message.get("headers", ()), [correlation], [])
            return send(message)

        bound = bind(correlation_id=correlation_id)
        try:
            await self._app(scope, receive, send_and_look)
        finally:
            if is_http:
                self._note(scope, status, sent_bytes, time.monotonic() - started)
            unbind(bound)

    def _note(self, scope: Scope, status: int, sent_bytes: int, seconds: float) -> None:
        method, path = scope["method"], scope["path"]
        self._metrics.observe(method=method, path=path, status=status, seconds=seconds)
        if path not in _QUIET_PATHS:
            self._tell(
                method=method,
                path=path,
                status=status,
                sent_bytes=sent_bytes,
                milliseconds=round(seconds * 1000, 1),
            )


def _correlation_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _CORRELATION:
            given: str = value.decode("latin-1")
            if _WELL_FORMED.fullmatch(given) is not None and redacted_text(given) == given:
                return given
            break
    return str(uuid7())


def _with_others(
    headers: Iterable[tuple[bytes, bytes]], forced: list[tuple[bytes, bytes]], usual: list[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """*headers* with those that are always ours, and the *usual* ones that it does not set itself."""
    ours = {name for name, _ in forced}
    kept = [header for header in headers if header[0].lower() not in ours]
    there = {name.lower() for name, _ in kept}
    return [*kept, *(header for header in usual if header[0] not in there), *forced]


def _headers(*, is_https_only: bool) -> list[tuple[bytes, bytes]]:
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if is_https_only:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
