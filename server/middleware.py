"""What happens around every request, whatever it asks: a correlation id, a line in the log, safe headers."""

import re
import time
from collections.abc import Callable

import structlog
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from server.metrics import RequestMetrics
from server.redaction import redacted_text
from server.settings import Environment, Settings
from server.signing_in.client_certificates import CertificateHeaderMiddleware, networks

CORRELATION_HEADER = "X-Correlation-Id"
_CORRELATION = CORRELATION_HEADER.lower().encode()
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

_log = structlog.get_logger(__name__)


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
        Middleware(CorrelationMiddleware),
        Middleware(RequestLogMiddleware, metrics=metrics),
        Middleware(SecurityHeadersMiddleware, is_https_only=settings.environment is Environment.PRODUCTION),
    ]
    if settings.allowed_hosts:
        around.append(Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False))
    return around


class CorrelationMiddleware:
    """Gives each request an id: the caller's own when it is well-formed and says nothing of a person, else a new one.

    It is bound to the logs, put in `scope["state"]["correlation_id"]` for error answers and sent back in the header.
    """

    def __init__(self, app: ASGIApp, *, make_id: Callable[[], str] = lambda: str(uuid7())) -> None:
        self._app = app
        self._make_id = make_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == _CORRELATION), b"").decode("latin-1")
        is_good = _WELL_FORMED.fullmatch(given) is not None and redacted_text(given) == given
        correlation_id = given if is_good else self._make_id()
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        header = (_CORRELATION, correlation_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                others = (one for one in message.get("headers", ()) if one[0].lower() != _CORRELATION)
                message["headers"] = [*others, header]
            await send(message)

        before = structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            structlog.contextvars.reset_contextvars(**before)


class RequestLogMiddleware:
    """One line and one measurement a request, without query string, when its last byte is sent."""

    def __init__(self, app: ASGIApp, *, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status, sent_bytes = 500, 0  # what the caller sees of an exception that nobody catches

        async def send_and_look(message: Message) -> None:
            nonlocal status, sent_bytes
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_and_look)
        finally:
            seconds = time.monotonic() - started
            self._metrics.observe(method=scope["method"], path=scope["path"], status=status, seconds=seconds)
            if scope["path"] not in _QUIET_PATHS:
                _log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    sent_bytes=sent_bytes,
                    milliseconds=round(seconds * 1000, 1),
                )


class SecurityHeadersMiddleware:
    """Headers that close what browsers leave open; a response that sets one itself keeps its own."""

    def __init__(self, app: ASGIApp, *, is_https_only: bool) -> None:
        self._app = app
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
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                there = {name.lower() for name, _ in headers}
                message["headers"] = headers + [header for header in self._headers if header[0] not in there]
            await send(message)

        await self._app(scope, receive, send_with_headers)
