"""Server-sent events, as graphql-sse says for distinct connections: one operation a request, its results as events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final, cast

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.types.execution import PreExecutionError

from domain.caller import Caller
from server.graphql.answers import document_of, encode_json
from server.graphql.open_streams import OpenStreams, TooManyStreams
from server.negotiation import EVENT_STREAM
from server.refusals import Refusal

RETRY_AFTER_SECONDS: Final = 30
_HEARTBEAT_SECONDS: Final = 12.0
_HEARTBEAT: Final = b": ping\n\n"
_COMPLETE: Final = b"event: complete\ndata:\n\n"


class EventStream(StreamingResponse):
    """Every result as a `next` event, then `complete`; a comment now and then, so that no proxy ends the connection.

    The operation starts when the connection has its place among those of *caller*. When the server stops, the stream
    ends without `complete`: the client comes back, to another server.
    """

    def __init__(
        self, start: Callable[[], Awaitable[AsyncGenerator[Any]]], streams: OpenStreams, caller: Caller | None
    ) -> None:
        super().__init__(
            (),
            headers={
                "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
                "Cache-Control": "no-cache, no-transform",
                "X-Accel-Buffering": "no",
            },
        )
        self._start = start
        self._streams = streams
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `Refusal`, before a byte is sent, when there are too many already."""
        try:
            with self._streams.one(is_known=True), self._streams.held_by(self._caller):
                self.body_iterator = _events(await self._start(), self._streams)
                await super().__call__(scope, receive, send)
        except TooManyStreams as many:
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise Refusal(many.status, many.code, many.values, headers=headers) from many


async def _events(results: AsyncGenerator[Any], streams: OpenStreams) -> AsyncGenerator[bytes]:
    stopping = asyncio.create_task(streams.until_stopping())
    coming: asyncio.Task[Any] | None = None
    try:
        async with aclosing(results):
            while not stopping.done():
                coming = coming or asyncio.create_task(cast("Any", anext(results, None)))
                await asyncio.wait({coming, stopping}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    yield _HEARTBEAT
                    continue
                result = coming.result()
                coming = None
                if result is None:
                    yield _COMPLETE
                    return
                event = document_of(result, is_event=not isinstance(result, PreExecutionError))
                yield b"event: next\ndata: " + encode_json(event) + b"\n\n"
    finally:
        await _ended(stopping)
        if coming is not None:
            await _ended(coming)


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})
