"""A server that is asked to stop says goodbye on connections that stay open."""

import json
import signal
from pathlib import Path

import pytest
from started_server import started_server
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol


async def test_a_web_socket_is_closed_with_1001_when_the_server_stops(database_url: str, tmp_path: Path) -> None:
    async with started_server(database_url, tmp_path) as server:
        address = f"{server.url.replace('http', 'ws')}/graphql"
        token = {"Authorization": f"Bearer {server.token('promotor')}"}
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": token}))
            await socket.recv()

            server.process.send_signal(signal.SIGTERM)

            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        assert server.process.wait(20) == 0
