"""GraphQL over HTTP at `/graphql`, to the letter of its specification: who asks is settled before a body is read.

The protocols are ours, because those of Strawberry answer 200 to everything and take any body; the schema executes. A
token comes in a header, never in a cookie, so that no page of another site can ask anything in a user's name: a
browser asks this server first whether it may send such a header, and it does not say so.
"""

from functools import partial
from typing import Any, Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from domain.errors import DomainError
from filing.identification import Identified, UnknownOrganisation
from filing.office import Office
from graph.allowances import Allowances
from graph.context import Context, ServiceLimits
from graph.patience import Patience
from graph.schema import FilingSchema
from server.graphql.answers import answer, codes_of
from server.graphql.event_streams import EventStream
from server.graphql.multipart_requests import MultipartRequest
from server.graphql.open_streams import OpenStreams
from server.graphql.request_bodies import Body
from server.graphql.requests import GraphQLRequest, decode_json, from_document, from_query_string
from server.graphql.sockets import GraphQLSockets
from server.graphql.trusted_documents import TrustedDocuments
from server.languages import preferred_language
from server.negotiation import TAKEN, Acceptable, acceptable
from server.quick_requests import QuickRequest
from server.refusals import Refusal, refusal_response
from server.signing_in.bearer import Bearer
from server.signing_in.identity import TokenRefused

_ALLOWED: Final = "GET, POST"
_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
_BY_GET: Final = {OperationType.QUERY}
_BY_POST: Final = {OperationType.QUERY, OperationType.MUTATION}


class GraphQLEndpoint:
    """The ASGI application of the schema."""

    def __init__(
        self,
        schema: FilingSchema,
        *,
        office: Office,
        bearer: Bearer,
        limits: ServiceLimits,
        anonymous_introspection: bool,
        idle_seconds: float,
        streams: OpenStreams,
        documents: TrustedDocuments,
    ) -> None:
        """*idle_seconds*: how long a body may keep us waiting for its next byte."""
        self._schema = schema
        self._office = office
        self._bearer = bearer
        self._may_be_outdated = bearer.verifier.remembers
        self._limits = limits
        self._allowances = Allowances(of_caller=limits.points_of_caller, of_organisation=limits.points_of_organisation)
        self._anonymous_introspection = anonymous_introspection
        self._patience = Patience(limits.operation_seconds)
        self._patience_with_body = Patience(idle_seconds)
        self._streams = streams
        self._documents = documents
        self._sockets = GraphQLSockets(
            schema, bearer=bearer, make_context=self._context, streams=streams, documents=documents
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
            return
        request = QuickRequest(scope, receive)
        try:
            response = await self._answer(request)
            await response(scope, receive, send)
        except Refusal as refusal:
            response = refusal_response(request, refusal)
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "POST"):
            raise _not_by(request.method, allowed=_ALLOWED)
        takes = acceptable(request.headers.get("accept"))
        if takes.json is None and not takes.streams:
            found = request.headers.get("accept", "")[:200]
            raise Refusal(406, "NOT_ACCEPTABLE", {"found": found, "expected": TAKEN})
        content_type = request.headers.get("content-type", "")
        media_type = content_type.partition(";")[0].strip().lower()
        identified = await self._identified(request, brings_file=media_type == _MULTIPART)
        if request.method == "GET":
            return await self._run(request, from_query_string(request.query_params), takes, identified)
        if media_type == _MULTIPART:
            return await self._run_with_file(request, takes, identified)
        if media_type != _JSON or not _is_utf_8(content_type):
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", {"found": content_type[:200], "expected": _JSON})
        body = Body(request, limit_bytes=self._limits.request_limit_bytes, patience=self._patience_with_body)
        return await self._run(request, from_document(decode_json(await body.whole())), takes, identified)

    async def _run_with_file(self, request: Request, takes: Acceptable, identified: Identified | None) -> Response:
        limit = self._limits.upload_limit_bytes + self._limits.request_limit_bytes
        body = Body(request, limit_bytes=limit, patience=self._patience_with_body)
        reading = await MultipartRequest.begin(
            request.headers["content-type"], body, limit_bytes=self._limits.request_limit_bytes
        )
        if takes.json is None:
            raise Refusal(406, "NOT_ACCEPTABLE", {"found": "text/event-stream", "expected": _JSON})
        takes = Acceptable(takes.json, streams=False)
        response = await self._run(request, reading.request, takes, identified)
        await reading.finish()
        return response

    async def _run(
        self, request: Request, asked: GraphQLRequest, takes: Acceptable, identified: Identified | None
    ) -> Response:
        try:
            query = self._documents.text_of(asked)
        except DomainError as error:
            raise Refusal(400, error.code, error.values) from error
        context = self._context(request, identified)
        by_method = _BY_GET if request.method == "GET" else _BY_POST
        if takes.json is not None:
            result = await self._schema.execute(
                query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=by_method,
            )
            if "OPERATION_NOT_ALLOWED" not in codes_of(result):
                return answer(result, takes.json)
            if not takes.streams and request.method == "GET":
                raise _not_by("GET", allowed="POST")
            if not takes.streams:
                raise Refusal(400, "OPERATION_NOT_ALLOWED", {"found": OperationType.SUBSCRIPTION.value})

        async def start() -> Any:
            return await self._schema.stream(
                query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=by_method | {OperationType.SUBSCRIPTION},
            )

        return EventStream(start, self._streams, identified.caller if identified else None)

    def _context(self, connection: HTTPConnection, identified: Identified | None) -> Context:
        return Context(
            office=self._office,
            limits=self._limits,
            allowances=self._allowances,
            patience=self._patience,
            language=preferred_language(connection.headers.get("accept-language")),
            correlation_id=connection.scope["state"]["correlation_id"],
            identified=identified,
            identify_again=partial(self._identified_again, connection),
            may_be_outdated=self._may_be_outdated,
        )

    async def _identified(self, request: Request, *, brings_file: bool) -> Identified | None:
        """Who asks; raises `Refusal` for a token that is missing or not good."""
        if "authorization" not in request.headers and self._anonymous_introspection and not brings_file:
            return None
        return await self._bearer.require(request)

    async def _identified_again(
        self,
        connection: HTTPConnection,
        context: Context,
        fresh: bool,  # noqa: FBT001 - as the context asks it
    ) -> Identified | None:
        authorization = connection.headers.get("authorization")
        for name, value in (context.connection_params or {}).items():
            if name.lower() == "authorization" and isinstance(value, str):
                authorization = value
        try:
            return await self._bearer.identified(connection, authorization, fresh=fresh)
        except (TokenRefused, UnknownOrganisation):
            return None


def _not_by(method: str, *, allowed: str) -> Refusal:
    return Refusal(405, "METHOD_NOT_ALLOWED", {"found": method, "expected": allowed}, headers={"Allow": allowed})


def _is_utf_8(content_type: str) -> bool:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower() in ("utf-8", "utf8")
    return True
