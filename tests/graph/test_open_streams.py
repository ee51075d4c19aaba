"""How many connections stay open: for a caller, for his organisation and in all (abuse case A-33)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from api import Api, running
from sockets import Socket, accepted

from domain.months import Clock
from filing.demo import load_demo_world
from server.app import create_app
from server.settings import Settings

DEPTH = "{ limits { depth } }"
LIMITS = "{ limits { streams streamsOfOrganisation streamsOfCaller operationsAConnection } }"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
async def small(settings: Settings, clock: Clock) -> AsyncGenerator[Api]:
    """A server of few connections: five in all, three for an organisation, two for a caller."""
    few = {"stream_limit": 5, "stream_limit_of_organisation": 3, "stream_limit_of_caller": 2}
    settings = settings.model_copy(update=few)
    app = create_app(settings, clock=clock)
    async with running(app, settings, clock) as started:
        await load_demo_world(clock)
        yield started


async def refused_at_start(api: Api, persona: str, stack: AsyncExitStack) -> tuple[int, str]:
    """Close code and reason of one connection more."""
    socket = await stack.enter_async_context(accepted(api))
    socket.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.token(persona)}"}})
    event = await socket.event()
    assert event["type"] == "websocket.close", event
    return event["code"], event["reason"]


async def refused_stream(api: Api, persona: str) -> tuple[int, str, dict[str, Any]]:
    client = api.as_(persona)
    response = await api.http.post("/graphql", json={"query": DEPTH}, headers={**client.headers, **STREAM})
    extensions = response.json()["errors"][0]["extensions"]
    assert response.headers["retry-after"] == "30"
    return response.status_code, extensions["code"], extensions


async def test_a_33_a_caller_gets_no_more_than_his_connections_and_others_still_get_theirs(small: Api) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(accepted(small, "uploader"))

        third = await refused_at_start(small, "uploader", stack)
        stream = await refused_stream(small, "uploader")
        colleague = await stack.enter_async_context(accepted(small, "submitter"))
        colleague.subscribe("1", DEPTH)

        assert third == (1013, "TOO_MANY_STREAMS")
        assert stream[:2] == (429, "TOO_MANY_STREAMS")
        assert stream[2]["limit"] == "2"
        assert (await colleague.hear())["type"] == "next"


async def test_a_33_many_clients_of_one_organisation_count_together(small: Api) -> None:
    async with AsyncExitStack() as stack:
        for persona in ("uploader", "uploader", "submitter"):
            await stack.enter_async_context(accepted(small, persona))

        fourth = await refused_at_start(small, "submitter", stack)
        stream = await refused_stream(small, "submitter")
        elsewhere = await stack.enter_async_context(accepted(small, "uploader-beta"))
        elsewhere.subscribe("1", DEPTH)

        assert fourth == (1013, "TOO_MANY_STREAMS_OF_ORGANISATION")
        assert stream[:2] == (429, "TOO_MANY_STREAMS_OF_ORGANISATION")
        assert (await elsewhere.hear())["type"] == "next"


async def test_a_33_there_is_an_end_to_all_together_and_a_place_that_is_left_is_free(small: Api) -> None:
    async with AsyncExitStack() as stack:
        leaving = AsyncExitStack()
        await leaving.enter_async_context(accepted(small, "promotor"))
        for persona in ("uploader", "submitter", "uploader-beta", "promotor-haven"):
            await stack.enter_async_context(accepted(small, persona))

        full = await refused_at_start(small, "helpdesk", stack)
        stream = await refused_stream(small, "helpdesk")
        await leaving.aclose()
        again = await stack.enter_async_context(accepted(small, "helpdesk"))
        again.subscribe("1", DEPTH)

        assert full == (1013, "TOO_MANY_STREAMS_IN_ALL")
        assert stream[:2] == (503, "TOO_MANY_STREAMS_IN_ALL")
        assert (await again.hear())["type"] == "next"


async def test_a_33_a_crowd_that_says_nothing_stops_at_the_door_and_takes_nobodys_place(small: Api) -> None:
    async with AsyncExitStack() as stack:
        inside: Socket = await stack.enter_async_context(accepted(small, "promotor"))
        for _ in range(5):
            await stack.enter_async_context(accepted(small))
        sixth = await stack.enter_async_context(accepted(small))

        assert (await sixth.event())["reason"] == "TOO_MANY_STREAMS_IN_ALL"
        inside.subscribe("1", DEPTH)
        assert (await inside.hear())["type"] == "next"
        # An event stream brings its token along, so it never waits at the door.
        stream = await small.http.post(
            "/graphql", json={"query": DEPTH}, headers={**small.as_("helpdesk").headers, **STREAM}
        )
        assert stream.text.startswith("event: next")


async def test_a_33_an_event_stream_holds_a_place_until_it_ends(small: Api) -> None:
    transport: Any = small.http._transport
    headers = {**small.as_("promotor").headers, "accept": "text/event-stream", "content-type": "application/json"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"query=subscription{performanceFileChanged(conventionNumber:%22104233%22){state}}",
        "root_path": "",
        "scheme": "http",
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in {"host": "mandaat.test", **headers}.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("mandaat.test", 80),
    }
    left, started = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        assert event["type"] != "http.response.start" or event["status"] == 200, event
        started.set()

    stream = asyncio.create_task(transport.app(scope, receive, send))
    async with asyncio.timeout(30):
        await started.wait()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(accepted(small, "promotor"))

        second = await refused_at_start(small, "promotor", stack)
        left.set()
        async with asyncio.timeout(30):
            await asyncio.wait({stream})
        await stack.enter_async_context(accepted(small, "promotor"))

    assert second == (1013, "TOO_MANY_STREAMS")


async def test_the_limits_are_told(small: Api) -> None:
    answer = await small.as_("promotor").execute(LIMITS)

    assert answer.data["limits"] == {
        "streams": 5,
        "streamsOfOrganisation": 3,
        "streamsOfCaller": 2,
        "operationsAConnection": 20,
    }
