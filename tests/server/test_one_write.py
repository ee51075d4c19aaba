"""What is written on an HTTP connection, and when: by the real protocol, on a transport that notes it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from uvicorn import Config
from uvicorn.server import ServerState

from server.one_write import OneWriteProtocol


class Noting(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


Answering = Callable[[Request], Awaitable[Response]]


async def asked(answering: Answering, *requests: bytes) -> Noting:
    """The connection after *requests* were answered, one after the other."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        response = await answering(Request(scope, receive))
        await response(scope, receive, send)

    config = Config(app, log_config=None, access_log=False, lifespan="off", http=OneWriteProtocol)
    config.load()
    state, transport = ServerState(), Noting()
    protocol = OneWriteProtocol(config=config, server_state=state, app_state={})
    protocol.connection_made(transport)
    for request in requests:
        protocol.data_received(request)
        if state.tasks:
            await asyncio.wait(state.tasks)
    protocol._unset_keepalive_if_required()
    return transport


def get(method: str = "GET", *headers: str) -> bytes:
    return "\r\n".join([f"{method} / HTTP/1.1", "Host: x", *headers, "", ""]).encode()


async def short(_request: Request) -> Response:
    return PlainTextResponse("short")


async def long(_request: Request) -> Response:
    return PlainTextResponse("x" * 100_000)


async def streamed(_request: Request) -> Response:
    async def parts() -> AsyncGenerator[str | bytes]:
        yield "one"
        yield "two"

    return StreamingResponse(parts())


async def broken(_request: Request) -> Response:
    async def parts() -> AsyncGenerator[str | bytes]:
        raise RuntimeError("broken")
        yield "never"

    return StreamingResponse(parts(), headers={"content-length": "5"})


async def test_head_and_body_are_written_together_for_each_answer_of_a_connection() -> None:
    connection = await asked(short, get(), get(), get())

    assert len(connection.written) == 3
    for written in connection.written:
        assert written.startswith(b"HTTP/1.1 200 OK\r\n")
        assert written.endswith(b"\r\n\r\nshort")


async def test_requests_that_come_at_once_are_answered_in_their_order() -> None:
    async def echoing(request: Request) -> Response:
        return PlainTextResponse(request.headers["number"])

    connection = await asked(echoing, get("GET", "number: 1") + get("GET", "number: 2"), get("GET", "number: 3"))

    assert [written[-1:] for written in connection.written] == [b"1", b"2", b"3"]


async def test_a_head_without_a_body_is_sent() -> None:
    connection = await asked(short, get("HEAD"), get())

    head, answer = connection.written
    assert b"content-length: 5\r\n" in head
    assert head.endswith(b"\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nshort")


async def test_a_long_body_is_not_copied() -> None:
    connection = await asked(long, get())

    head, body = connection.written
    assert head.endswith(b"\r\n\r\n")
    assert body == b"x" * 100_000


async def test_what_streams_is_written_as_it_comes() -> None:
    connection = await asked(streamed, get())

    head, *parts = connection.written
    assert head.endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert parts == [b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"]


async def test_a_body_that_looks_like_a_head_is_a_body() -> None:
    text = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n"

    async def misleading(_request: Request) -> Response:
        async def parts() -> AsyncGenerator[str | bytes]:
            yield text
            yield text

        return StreamingResponse(parts(), headers={"content-length": str(2 * len(text))})

    connection = await asked(misleading, get())

    first, second, *nothing = connection.written
    assert first.endswith(b"\r\n\r\n" + text)
    assert second == text
    assert b"".join(nothing) == b""


async def test_an_answer_that_breaks_off_has_sent_its_head_and_closes_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection = await asked(broken, get())

    assert len(connection.written) == 1
    assert connection.written[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert connection.is_closed
    assert "RuntimeError" in caplog.text


async def test_who_asks_before_he_sends_is_told_to_go_on_at_once() -> None:
    async def reading(request: Request) -> Response:
        return Response(await request.body())

    connection = await asked(reading, get("POST", "Content-Length: 3", "Expect: 100-continue") + b"abc", get())

    assert connection.written[0] == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b"".join(connection.written[1:-1]).endswith(b"\r\n\r\nabc")
    assert connection.written[-1].startswith(b"HTTP/1.1 200 OK\r\n")


async def test_what_is_no_http_is_refused_and_closed() -> None:
    connection = await asked(short, b"NONSENSE\r\n\r\n")

    assert b"".join(connection.written).startswith(b"HTTP/1.1 400 ")
    assert connection.is_closed
