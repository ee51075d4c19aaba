"""graphql-transport-ws, rule by rule: what is answered, and with which code a connection ends."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from api import Api
from performance_files import MADE
from sockets import accepted, connected

from graph.performance_file_changes import PerformanceFileSubscriptions
from graph.schema import shared_schema
from persistence.database import rows
from server.graphql import sockets as graphql_sockets

DEPTH = "{ limits { depth } }"
ANSWER = {"data": {"limits": {"depth": 12}}}
CHANGED = 'subscription { performanceFileChanged(conventionNumber: "104233") { state } }'


async def test_operations_run_side_by_side_and_are_completed(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        socket.subscribe("a", CHANGED)
        socket.subscribe("b", DEPTH)

        assert await socket.hear() == {"id": "b", "type": "next", "payload": ANSWER}
        assert await socket.hear() == {"id": "b", "type": "complete"}
        socket.say({"type": "complete", "id": "a"})
        socket.subscribe("a", DEPTH)
        assert await socket.hear() == {"id": "a", "type": "next", "payload": ANSWER}


async def test_a_ping_is_answered_with_what_it_brought(api: Api) -> None:
    async with accepted(api) as socket:
        socket.say({"type": "ping", "payload": {"n": 1}})
        socket.say({"type": "pong"})
        socket.say({"type": "ping"})

        assert await socket.hear() == {"type": "pong", "payload": {"n": 1}}
        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "null", "1", "true", '"text"', "[]", '[{"type":"ping"}]', "{}", '{"type":null}', '{"type":1}'),
        *(
            '{"type":"start"}',
            '{"type":"next","id":"1"}',
            '{"type":"ping","payload":1}',
            '{"type":"ping","payload":[]}',
        ),
        *('{"type":"subscribe"}', '{"type":"subscribe","id":"1"}', '{"type":"subscribe","id":"1","payload":null}'),
        *('{"type":"complete"}', '{"type":"complete","id":1}', '{"type":"complete","id":""}', "[" * 5000),
        '{"type":"connection_init","payload":"x"}',
        *(f'{{"type":"subscribe","id":{i},"payload":{{"query":"{DEPTH}"}}}}' for i in ("1", '""', "null", "{}")),
        *(
            f'{{"type":"subscribe","id":"1","payload":{{"query":{query}}}}}'
            for query in ("null", "1", "{}", "[]", '""', f'"{DEPTH}","variables":[]', f'"{DEPTH}","variables":"x"')
        ),
        f'{{"type":"subscribe","id":"1","payload":{{"query":"{DEPTH}","operationName":1}}}}',
        f'{{"type":"subscribe","id":"1","payload":{{"query":"{DEPTH}","extensions":1}}}}',
    ],
)
async def test_a_message_that_the_protocol_does_not_know_closes_with_4400(api: Api, text: str) -> None:
    async with accepted(api) as socket:
        socket.say_text(text)

        assert await socket.closed() == 4400


async def test_a_binary_message_closes_with_4400(api: Api) -> None:
    async with accepted(api) as socket:
        socket.to_app.put_nowait({"type": "websocket.receive", "bytes": b'{"type":"ping"}'})

        assert await socket.closed() == 4400


async def test_a_17_subscribing_before_the_acknowledgement_closes_with_4401(api: Api) -> None:
    async with accepted(api) as socket:
        socket.subscribe("1", CHANGED)

        assert await socket.closed() == 4401


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer x"}, {"Authorization": 1}, {"token": "x"}])
async def test_a_17_without_a_good_token_it_closes_with_4403(api: Api, payload: Any) -> None:
    async with accepted(api) as socket:
        socket.say({"type": "connection_init", "payload": payload})

        assert await socket.closed() == 4403


async def test_who_does_not_initialise_in_time_is_closed_with_4408(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphql_sockets._Connection, "_lose_patience", _at_once)

    async with accepted(api) as socket:
        assert await socket.closed() == 4408


async def _at_once(_connection: Any) -> None:
    await asyncio.sleep(0)
    raise graphql_sockets.Closing(4408, "Connection initialisation timeout")


async def test_an_id_that_is_in_use_closes_with_4409(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        socket.subscribe("1", CHANGED)
        socket.subscribe("1", CHANGED)

        assert await socket.closed() == 4409


async def test_initialising_twice_closes_with_4429(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        socket.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.token('promotor')}"}})

        assert await socket.closed() == 4429


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",), ("chat",)])
async def test_a_17_the_old_protocol_and_others_close_with_4406(api: Api, protocols: tuple[str, ...]) -> None:
    async with connected(api, protocols=protocols) as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        assert await socket.closed() == 4406


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://mandaat.test.evil.example", "http://mandaat.test:81", "null", ""]
)
async def test_a_17_a_page_of_another_origin_gets_no_connection(api: Api, origin: str) -> None:
    async with connected(api, headers={"origin": origin}) as socket:
        assert (await socket.event())["type"] == "websocket.close"


async def test_a_page_of_our_own_connects(api: Api) -> None:
    async with connected(api, headers={"origin": "http://mandaat.test"}) as socket:
        assert (await socket.event())["type"] == "websocket.accept"


async def test_a_17_the_twenty_first_operation_is_refused_and_the_others_go_on(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        for number in range(20):
            socket.subscribe(str(number), CHANGED)
        socket.subscribe("more", DEPTH)

        refused = await socket.hear()
        assert (refused["id"], refused["type"]) == ("more", "error")
        extensions = refused["payload"][0]["extensions"]
        assert (extensions["code"], extensions["limit"], extensions["found"]) == ("TOO_MANY_SUBSCRIPTIONS", 20, 21)
        socket.say({"type": "complete", "id": "0"})
        socket.subscribe("more", DEPTH)
        assert await socket.hear() == {"id": "more", "type": "next", "payload": ANSWER}


async def test_a_17_the_connection_ends_when_its_token_does(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.demo_issuer.TOKEN_LIFETIME_SECONDS", 0)

    async with accepted(api, "promotor") as socket:
        assert await socket.closed() == 4403


async def test_a_server_that_stops_says_so(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        socket.subscribe("1", CHANGED)
        await asyncio.sleep(0.05)

        stopping = asyncio.create_task(api.app.state.streams.stop())

        assert await socket.closed() == 1001
        await stopping


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("{", {}, "BAD_REQUEST"),
        ("{ nothing }", {}, "BAD_REQUEST"),
        ("query A { limits { depth } }", {"operationName": "B"}, "UNKNOWN_OPERATION"),
        ("query A { limits { depth } } query B { limits { depth } }", {}, "UNKNOWN_OPERATION"),
    ],
)
async def test_an_operation_that_is_refused_is_an_error_of_that_operation(
    api: Api, query: str, more: dict[str, Any], code: str
) -> None:
    async with accepted(api, "promotor") as socket:
        socket.subscribe("1", query, **more)
        told = await socket.hear()

        (error,) = told["payload"]
        assert (told["id"], told["type"], error["extensions"]["code"]) == ("1", "error", code)
        assert error["extensions"]["correlationId"]
        socket.subscribe("1", DEPTH)
        assert await socket.hear() == {"id": "1", "type": "next", "payload": ANSWER}


async def test_what_breaks_in_a_stream_is_not_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> AsyncGenerator[Any]:
        raise RuntimeError("secret of the database")
        yield

    field: Any = shared_schema()._schema.subscription_type
    monkeypatch.setattr(field.fields["performanceFileChanged"], "subscribe", broken)
    assert PerformanceFileSubscriptions

    async with accepted(api, "promotor") as socket:
        socket.subscribe("1", CHANGED)
        told = await socket.hear()

    assert "secret" not in str(told)
    assert "INTERNAL" in str(told)


async def test_a_right_that_ended_counts_for_the_next_operation_on_the_same_connection(api: Api) -> None:
    async with accepted(api, "promotor") as socket:
        await rows("UPDATE role_grant SET revoked_by = user_id, revoked_at = ?", [MADE])
        socket.subscribe("1", "{ viewer { roles } }")

        assert (await socket.hear())["payload"] == {"data": {"viewer": {"roles": []}}}
