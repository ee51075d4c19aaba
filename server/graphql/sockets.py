"""GraphQL over WebSocket: the protocol graphql-transport-ws with all its close codes, and no other.

A client brings its token in `connection_init`, because browsers cannot set a header; the connection ends when the
token does. Each operation is asked under rights that are read when it starts. One connection too many of a caller, of
his organisation or in all closes with 1013, and its reason is the code that an event stream would be refused with.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, aclosing, suppress
from typing import Any, Final, cast
from urllib.parse import urlsplit

import structlog
from graphql import GraphQLError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.types.execution import PreExecutionError

from domain.errors import DomainError
from filing.identification import Identified, UnknownOrganisation
from graph.context import Context, SignInUnavailable
from graph.errors import LimitExceeded, wire_error
from graph.schema import FilingSchema
from persistence.failures import TemporarilyUnavailable
from server.graphql.answers import document_of, encode_json
from server.graphql.open_streams import OpenStreams, TooManyStreams
from server.graphql.socket_messages import Closing, Complete, Initialise, Ping, Subscribe, read_message
from server.graphql.trusted_documents import TrustedDocuments
from server.signing_in.bearer import Bearer
from server.signing_in.identity import IssuerUnavailable, TokenRefused, bearer_token

PROTOCOL: Final = "graphql-transport-ws"
_INIT_SECONDS: Final = 10.0
_FULL: Final = 1013
"""Try again later: clients come back after a pause that grows."""

log = structlog.get_logger(__name__)

MakeContext = Callable[[HTTPConnection, Identified | None], Context]


class TooManySubscriptions(LimitExceeded):
    """A connection runs as many operations as it may already."""

    code = "TOO_MANY_SUBSCRIPTIONS"


class GraphQLSockets:
    """The ASGI application for WebSockets."""

    def __init__(
        self,
        schema: FilingSchema,
        *,
        bearer: Bearer,
        make_context: MakeContext,
        streams: OpenStreams,
        documents: TrustedDocuments,
        init_seconds: float = _INIT_SECONDS,
    ) -> None:
        self.schema = schema
        self.bearer = bearer
        self.make_context = make_context
        self.init_seconds = init_seconds
        self.streams = streams
        self.documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if not _is_own_page(socket):
            # Before it is accepted: the handshake is answered 403.
            await socket.close(1008)
            return
        speaks = PROTOCOL in scope.get("subprotocols", ())
        await socket.accept(PROTOCOL if speaks else None)
        if not speaks:
            await socket.close(4406, "Subprotocol not acceptable")
            return
        try:
            with self.streams.one(is_known=False):
                await self._serve(socket)
        except TooManyStreams as many:
            await socket.close(_FULL, many.code)

    async def _serve(self, socket: WebSocket) -> None:
        closing: Closing | None = None
        try:
            with ExitStack() as places:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._until_stopping())
                    await _Connection(self, socket, tasks, places).listen()
        except* Closing as group:
            closing = _first(group)
        except* WebSocketDisconnect:
            pass
        except* Exception as group:
            log.exception("socket_failed", exc_info=group)
            closing = Closing(1011, "Internal error")
        if closing is not None:
            with suppress(RuntimeError, WebSocketDisconnect):  # gone meanwhile
                await socket.close(closing.code, closing.reason[:100])

    async def _until_stopping(self) -> None:
        await self.streams.until_stopping()
        raise Closing(1001, "Going away")


class _Connection:
    """One client; every way in which it ends is an exception of the group of its tasks."""

    def __init__(self, server: GraphQLSockets, socket: WebSocket, tasks: asyncio.TaskGroup, places: ExitStack) -> None:
        """*places* is where it holds its place among the caller's, until the connection ends."""
        self._server = server
        self._socket = socket
        self._tasks = tasks
        self._places = places
        self._patience = tasks.create_task(self._lose_patience())
        self._is_initialised = False
        self._is_acknowledged = False
        self._parameters: dict[str, Any] = {}
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def listen(self) -> None:
        """Answer what comes in until the connection ends, which raises."""
        while True:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(event.get("code", 1005))
            text = event.get("text")
            if text is None:
                raise Closing(4400, "Invalid message: not text")
            await self._hear(text)

    async def _hear(self, text: str) -> None:
        match read_message(text):
            case Initialise(parameters):
                await self._initialise(parameters)
            case Ping(payload):
                await self._say({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case Subscribe() as message:
                await self._subscribe(message)
            case Complete(identifier):
                if (task := self._operations.pop(identifier, None)) is not None:
                    task.cancel()
            case _:
                pass

    async def _lose_patience(self) -> None:
        await asyncio.sleep(self._server.init_seconds)
        raise Closing(4408, "Connection initialisation timeout")

    async def _initialise(self, parameters: dict[str, Any]) -> None:
        if self._is_initialised:
            raise Closing(4429, "Too many initialisation requests")
        self._is_initialised = True
        self._patience.cancel()
        self._parameters = parameters
        authorization = self._socket.headers.get("authorization")
        for name, value in parameters.items():
            if name.lower() == "authorization" and isinstance(value, str):
                authorization = value
        try:
            token = await self._server.bearer.verifier.verify(bearer_token(authorization))
            identified = await self._server.bearer.identified(self._socket, authorization)
        except (IssuerUnavailable, SignInUnavailable, TemporarilyUnavailable) as unavailable:
            raise Closing(1013, "Try again later") from unavailable
        except (TokenRefused, UnknownOrganisation) as refused:
            log.info("socket_refused", reason=str(refused))
            raise Closing(4403, "Forbidden") from refused
        try:
            self._places.enter_context(self._server.streams.held_by(identified.caller))
        except TooManyStreams as many:
            raise Closing(_FULL, many.code) from many
        left = token.expires_at - self._server.bearer.office.clock()
        self._tasks.create_task(self._expire(left.total_seconds()))
        await self._say({"type": "connection_ack"})
        self._is_acknowledged = True

    async def _expire(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        raise Closing(4403, "Token expired")

    async def _subscribe(self, message: Subscribe) -> None:
        if not self._is_acknowledged:
            raise Closing(4401, "Unauthorized")
        if message.id in self._operations:
            raise Closing(4409, f"Subscriber for {message.id} already exists")
        context = self._server.make_context(self._socket, None)
        context.connection_params = self._parameters
        running = len(self._operations)
        limit = context.limits.operations_a_connection
        if running >= limit:
            await self._refuse(message.id, TooManySubscriptions(found=running + 1, limit=limit), context)
            return
        self._operations[message.id] = self._tasks.create_task(self._run(message, context))

    async def _run(self, message: Subscribe, context: Context) -> None:
        """One operation to its end, or until the client completes it."""
        try:
            await context.refresh()
        except (SignInUnavailable, TemporarilyUnavailable) as unavailable:
            raise Closing(1013, "Try again later") from unavailable
        if context.identified is None:
            raise Closing(4403, "Forbidden")
        try:
            query = self._server.documents.text_of(message.request)
        except DomainError as error:
            self._operations.pop(message.id, None)
            await self._refuse(message.id, error, context)
            return
        results: Any = await self._server.schema.stream(
            query,
            variable_values=message.request.variables,
            context_value=context,
            operation_name=message.request.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                if isinstance(result, PreExecutionError):
                    await self._end(message.id, "error", payload=document_of(result)["errors"])
                    return
                await self._say({"id": message.id, "type": "next", "payload": document_of(result, is_event=True)})
        await self._end(message.id, "complete")

    async def _refuse(self, identifier: str, refused: DomainError, context: Context) -> None:
        error = wire_error(GraphQLError(str(refused), original_error=refused), context.language, context.correlation_id)
        await self._say({"id": identifier, "type": "error", "payload": [error.formatted]})

    async def _end(self, identifier: str, kind: str, **more: Any) -> None:
        # Free before it is told: the client may use the id again at once.
        self._operations.pop(identifier, None)
        await self._say({"id": identifier, "type": kind, **more})

    async def _say(self, message: dict[str, Any]) -> None:
        # Text, because the protocol knows no binary frames.
        await self._socket.send_text(encode_json(message).decode())


def _is_own_page(socket: WebSocket) -> bool:
    """Whether no page of another site opens this connection; programs that are no browsers send no origin."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == socket.headers.get("host", "").lower()


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    found: Any = group
    while isinstance(found, BaseExceptionGroup):
        found = cast("BaseExceptionGroup[Any]", found).exceptions[0]
    return cast("Closing", found)
