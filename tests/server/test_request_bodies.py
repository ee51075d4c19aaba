"""A request body: never more than its limit, never slower than patience lasts, whatever it says of itself."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from graph.patience import Patience
from server.graphql.request_bodies import Body
from server.refusals import Refusal

LIMIT = 1000


def a_body(*chunks: bytes, idle_seconds: float = 60, packed: str = "identity") -> tuple[Body, list[bytes]]:
    """A body that comes in these chunks and then falls silent; and what was taken of it."""
    left, taken = list(chunks), list[bytes]()

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        taken.append(left.pop(0))
        return {"type": "http.request", "body": taken[-1], "more_body": True}

    headers = [(b"content-encoding", packed.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    return Body(request, limit_bytes=LIMIT, patience=Patience(idle_seconds)), taken


async def test_a_18_a_body_that_never_says_its_length_is_refused_at_the_limit_while_it_is_read() -> None:
    body, taken = a_body(*[b"x" * 400] * 100)

    with pytest.raises(Refusal) as refused:
        await body.whole()

    assert (refused.value.status, refused.value.code) == (413, "TOO_LARGE")
    assert refused.value.values == {"found": "1200", "limit": "1000"}
    assert len(taken) == 3


async def test_a_18_a_sender_who_falls_silent_is_not_waited_for() -> None:
    body, _ = a_body(b"x", idle_seconds=0.01)

    with pytest.raises(Refusal) as refused:
        await body.whole()

    assert (refused.value.status, refused.value.code) == (408, "BODY_TIMED_OUT")


@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "zstd", "gzip, identity"])
def test_a_23_nothing_is_unpacked(packed: str) -> None:
    with pytest.raises(Refusal) as refused:
        a_body(packed=packed)

    assert (refused.value.status, refused.value.values["found"]) == (415, packed)
