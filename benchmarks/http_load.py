"""Asking one server over HTTP as fast as it answers, on a few connections that stay open."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as the bytes that go over the wire."""

    wire: bytes

    @classmethod
    def graphql(cls, query: str, *, port: int, token: str, variables: Mapping[str, Any] | None = None) -> Self:
        body = json.dumps({"query": query, **({"variables": variables} if variables else {})}).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return cls(head.encode() + body)


class Connections:
    """Open connections to one server."""

    def __init__(self, ends: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
        self._ends = ends

    async def ask(self, asked: Asked, *, times: int) -> None:
        """So many requests on all connections together, each connection one after the other."""
        share = times // len(self._ends)
        await asyncio.gather(*(_ask_on(*end, asked, share) for end in self._ends))

    async def answer(self, asked: Asked) -> dict[str, Any]:
        """One answer; ends the program when it is not a good one."""
        reader, writer = self._ends[0]
        writer.write(asked.wire)
        status, body = await _read(reader)
        answer = json.loads(body)
        if status != 200 or answer.get("errors"):
            raise SystemExit(f"not answered: {status} {body[:500]!r}")
        return answer["data"]


@asynccontextmanager
async def connected(port: int, *, count: int) -> AsyncGenerator[Connections]:
    ends = [await asyncio.open_connection("127.0.0.1", port, limit=2**22) for _ in range(count)]
    try:
        yield Connections(ends)
    finally:
        for _, writer in ends:
            writer.close()


async def _ask_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked, times: int) -> None:
    for _ in range(times):
        writer.write(asked.wire)
        status, _body = await _read(reader)
        if status not in (200, 400):
            raise SystemExit(f"not answered: {status}")


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        body = b""
        while size := int((await reader.readline()).strip(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return status, body
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return status, await reader.readexactly(int(length))
