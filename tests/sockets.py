"""A WebSocket straight into the application, without a port: what is said, what comes back, how it closes."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from api import Api

PROTOCOL = "graphql-transport-ws"
WITHIN_SECONDS = 30.0


@dataclass
class Socket:
    """One connection; *events* are those of ASGI, in order."""

    to_app: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])
    events: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])

    def say(self, message: Any) -> None:
        self.say_text(json.dumps(message))

    def say_text(self, text: str) -> None:
        self.to_app.put_nowait({"type": "websocket.receive", "text": text})

    def subscribe(self, identifier: Any, query: Any, **more: Any) -> None:
        self.say({"type": "subscribe", "id": identifier, "payload": {"query": query, **more}})

    async def event(self) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN_SECONDS):
            return await self.events.get()

    async def hear(self) -> dict[str, Any]:
        """The next message; fails the test when the connection closes instead."""
        event = await self.event()
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])

    async def closed(self) -> int:
        """The close code; fails the test when something else comes first."""
        event = await self.event()
        assert event["type"] == "websocket.close", event
        return event["code"]

    async def initialise(self, token: str) -> None:
        self.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert await self.hear() == {"type": "connection_ack"}


@asynccontextmanager
async def connected(
    api: Api, *, protocols: tuple[str, ...] = (PROTOCOL,), headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Socket]:
    """A connection whose handshake is asked; its first event tells how that ended. It is gone after the block."""
    socket = Socket()
    transport: Any = api.http._transport
    given = {"host": "mandaat.test", "sec-websocket-protocol": ", ".join(protocols), **(headers or {})}
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "subprotocols": list(protocols),
        "client": ("127.0.0.1", 1),
        "server": ("mandaat.test", 80),
    }

    async def send(event: Any) -> None:
        await socket.events.put(event)

    socket.to_app.put_nowait({"type": "websocket.connect"})
    task = asyncio.create_task(transport.app(scope, socket.to_app.get, send))
    try:
        yield socket
    finally:
        socket.to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(WITHIN_SECONDS):
            await task


@asynccontextmanager
async def accepted(api: Api, persona: str | None = None) -> AsyncGenerator[Socket]:
    """A connection that was accepted; with a *persona* it is initialised with his token."""
    async with connected(api) as socket:
        event = await socket.event()
        assert (event["type"], event["subprotocol"]) == ("websocket.accept", PROTOCOL)
        if persona is not None:
            await socket.initialise(api.token(persona))
        yield socket
