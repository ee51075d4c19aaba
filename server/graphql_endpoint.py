"""GraphQL over HTTP and WebSocket at `/graphql`: who asks is settled before a body is read, limits before it is parsed.

Strawberry speaks the protocols; this endpoint adds the bearer token, the language, the limits and the form of refusals.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import orjson
import structlog
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from filing.identification import Identified, UnknownOrganisation
from filing.office import Office
from graph.context import Context, ServiceLimits
from graph.schema import FilingSchema
from server.bearer import Bearer
from server.identity import TokenRefused
from server.languages import preferred_language
from server.refusals import Refusal, refusal_response

log = structlog.get_logger(__name__)

_SSE_PROTOCOL = "graphql-sse"
_INIT_PATIENCE = timedelta(seconds=10)
_SUBSCRIPTIONS_A_CONNECTION = 20
_WITH_FORM = "mandaat.request"
"""Where in the scope the request stands whose form, with its temporary files, is to be closed."""


class GraphQLEndpoint(GraphQL[Context, None]):
    """The ASGI application of the schema."""

    def __init__(
        self,
        schema: FilingSchema,
        *,
        office: Office,
        bearer: Bearer,
        limits: ServiceLimits,
        anonymous_introspection: bool,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, _SSE_PROTOCOL),
            connection_init_wait_timeout=_INIT_PATIENCE,
            multipart_uploads_enabled=True,
            max_subscriptions_per_connection=_SUBSCRIPTIONS_A_CONNECTION,
        )
        self._office = office
        self._bearer = bearer
        self._limits = limits
        self._anonymous_introspection = anonymous_introspection
        upload_body_bytes = limits.upload_limit_bytes + limits.request_limit_bytes
        self._with_upload = RequestBodyLimitMiddleware(super().__call__, max_body_size=upload_body_bytes)
        self._without_upload = RequestBodyLimitMiddleware(super().__call__, max_body_size=limits.request_limit_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope)
        limited = self._with_upload if _is_upload(request) else self._without_upload
        try:
            self._refuse_too_long(request)
            await limited(scope, receive, send)
        except Refusal as refusal:
            await refusal_response(request, refusal)(scope, receive, send)
        finally:
            # After the response, which may be a stream that still reads an uploaded file.
            if _WITH_FORM in scope:
                await scope.pop(_WITH_FORM).close()

    def _refuse_too_long(self, request: Request) -> None:
        """Refuse by the announced length, before a byte is read; unannounced bodies are cut off while they come in."""
        announced = request.headers.get("content-length", "")
        limit = self._limits.upload_limit_bytes if _is_upload(request) else self._limits.request_limit_bytes
        margin = self._limits.request_limit_bytes if _is_upload(request) else 0
        if announced.isascii() and announced.isdigit() and int(announced) > limit + margin:
            raise Refusal(413, "TOO_LARGE", {"found": announced, "limit": str(limit)})

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 - the signature of Strawberry
    ) -> Context:
        """Who asks, before anything else is looked at; raises `Refusal` for a token that is missing or not good."""
        identified = None
        if isinstance(request, Request):
            request.scope[_WITH_FORM] = request
            identified = await self._identified(request)

        async def identify_again() -> Identified | None:
            return await self._identified_again(request, context)

        context = Context(
            office=self._office,
            limits=self._limits,
            language=preferred_language(request.headers.get("accept-language")),
            correlation_id=request.state.correlation_id,
            identified=identified,
            identify_again=identify_again,
            brings_file=isinstance(request, Request) and _is_upload(request),
        )
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """A WebSocket client brings its token in `connection_init`, because browsers cannot set a header."""
        context.identified = await context.identify_again()
        if context.identified is None:
            raise ConnectionRejectionError
        return UNSET

    async def _identified(self, request: Request) -> Identified | None:
        if "authorization" not in request.headers and self._anonymous_introspection and not _is_upload(request):
            return None
        return await self._bearer.require(request)

    async def _identified_again(self, connection: HTTPConnection, context: Context) -> Identified | None:
        authorization = connection.headers.get("authorization")
        for name, value in (context.connection_params or {}).items():
            if name.lower() == "authorization" and isinstance(value, str):
                authorization = value
        with suppress(TokenRefused, UnknownOrganisation):
            return await self._bearer.identified(authorization)
        return None

    def _get_stream_transport_from_headers(self, headers: Mapping[str, str]) -> HTTPStreamTransport | None:
        """Stream only to a client that takes nothing else.

        Some list `text/event-stream` after JSON on every request.
        """
        accepted = headers.get("accept", "")
        return None if "json" in accepted else super()._get_stream_transport_from_headers(headers)

    def _validate_batch_request(self, request_data: object, protocol: object) -> None:  # noqa: ARG002
        """One operation a request: a list of them would pass every limit on one."""
        raise Refusal(400, "BATCH_REFUSED", {})

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        response = super().create_response(response_data, sub_response)
        if isinstance(response_data, dict) and _is_unauthenticated(response_data):
            response.status_code = 401
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def decode_json(self, data: str | bytes) -> object:
        """Strict: no lone surrogates, no NaN; and no zero characters, which no database column takes."""
        decoded: object = orjson.loads(data)
        if _holds_zero(decoded):
            raise Refusal(400, "ZERO_CHARACTER", {})
        return decoded

    def encode_json(self, data: object) -> str:
        # Text, because bytes would go to WebSocket clients in binary frames, which the protocol does not know.
        return orjson.dumps(data).decode()


def _holds_zero(value: object) -> bool:
    """Whether a string anywhere in *value* has a zero character, written out or as a GraphQL escape."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            if "\0" in found or "\\u0000" in found or "\\u{0" in found:
                return True
        elif isinstance(found, dict):
            waiting += cast("dict[str, object]", found).values()
        elif isinstance(found, list):
            waiting += cast("list[object]", found)
    return False


def _is_upload(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def _is_unauthenticated(answer: GraphQLHTTPResponse) -> bool:
    errors = cast("list[dict[str, Any]]", answer.get("errors") or [])
    return any(error.get("extensions", {}).get("code") == "UNAUTHENTICATED" for error in errors)
