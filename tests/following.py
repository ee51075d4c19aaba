"""Following a subscription as a browser does: over a WebSocket, straight into the application, without a port."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from api import Api

from graph import performance_file_changes

PROTOCOL = "graphql-transport-ws"


@dataclass
class Following:
    """One subscription; what the application sends comes in order."""

    to_app: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])
    from_app: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])
    looks: int = 0

    def say(self, message: Mapping[str, Any]) -> None:
        self.to_app.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self, *, within: float = 30.0) -> dict[str, Any]:
        """The next message; fails the test when none comes in time, or when the connection is closed."""
        async with asyncio.timeout(within):
            event = await self.from_app.get()
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])


@asynccontextmanager
async def following(api: Api, persona: str, query: str, variables: Mapping[str, Any]) -> AsyncGenerator[Following]:
    """Subscribe with a persona's token; the connection is closed at the end of the block."""
    stream = Following()
    transport: Any = api.http._transport
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "headers": [(b"host", b"mandaat.test"), (b"sec-websocket-protocol", PROTOCOL.encode())],
        "subprotocols": [PROTOCOL],
        "client": ("127.0.0.1", 1),
        "server": ("mandaat.test", 80),
    }

    async def send(event: Any) -> None:
        await stream.from_app.put(event)

    task = asyncio.create_task(transport.app(scope, stream.to_app.get, send))
    stream.to_app.put_nowait({"type": "websocket.connect"})
    async with asyncio.timeout(30):
        accepted = await stream.from_app.get()
    assert accepted["type"] == "websocket.accept", accepted
    stream.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.token(persona)}"}})
    assert (await stream.hear())["type"] == "connection_ack"
    stream.say({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": dict(variables)}})
    try:
        yield stream
    finally:
        stream.to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(30):
            await task


@asynccontextmanager
async def following_changes(
    api: Api, persona: str, query: str, variables: Mapping[str, Any]
) -> AsyncGenerator[Following]:
    """`following` a `performanceFileChanged` that knows already what there was before: what comes now is news.

    Its `looks` count how often it has looked since, finished looks only.
    """
    looked = asyncio.Event()
    look = performance_file_changes.marks_in_sight

    async def counted(*asked: Any) -> dict[str, str] | None:
        found = await look(*asked)
        stream.looks += 1
        looked.set()
        return found

    with patch.object(performance_file_changes, "marks_in_sight", counted):
        async with following(api, persona, query, variables) as stream:
            async with asyncio.timeout(30):
                await looked.wait()
            yield stream
