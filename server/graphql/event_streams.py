"""Server-sent events, as graphql-sse says for distinct connections: one operation a request, its results as events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final, cast

from starlette.responses import StreamingResponse
from strawberry.types.execution import PreExecutionError

from server.graphql.answers import document_of, encode_json
from server.graphql.open_streams import OpenStreams
from server.negotiation import EVENT_STREAM

_HEARTBEAT_SECONDS: Final = 12.0
_HEARTBEAT: Final = b": ping\n\n"
_COMPLETE: Final = b"event: complete\ndata:\n\n"


def event_stream(results: AsyncGenerator[Any], streams: OpenStreams) -> StreamingResponse:
    """Every result as a `next` event, then `complete`; a comment now and then, so that no proxy ends the connection.

    When the server stops, the stream ends without `complete`: the client comes back, to another server.
    """
    return StreamingResponse(
        _events(results, streams),
        headers={
            "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
            "Cache-Control": "no-cache, no-transform",
            "X-Accel-Buffering": "no",
        },
    )


async def _events(results: AsyncGenerator[Any], streams: OpenStreams) -> AsyncGenerator[bytes]:
    with streams.one():
        stopping = asyncio.create_task(streams.until_stopping())
        coming: asyncio.Task[Any] | None = None
        try:
            async with aclosing(results):
                while not stopping.done():
                    coming = coming or asyncio.create_task(cast("Any", anext(results, None)))
                    await asyncio.wait(
                        {coming, stopping}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                    )
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
