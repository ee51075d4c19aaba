"""GraphQL over HTTP: what answers which status in which media type, and that nothing that comes in breaks anything."""

import gzip
import json
from typing import Any

import httpx2
import pytest
from api import Api

from persistence.database import rows

NEW = "application/graphql-response+json"
OLD = "application/json"
VIEWER = "{ viewer { user { name } } }"
GRANT = """mutation { mandateGrant(input: {conventionNumber: "104234", secretariat: "0999000327", level: UPLOAD,
  firstMonth: "2026-11"}) { __typename } }"""
CHANGED = 'subscription { performanceFileChanged(conventionNumber: "104233") { state } }'


async def send(api: Api, method: str = "POST", *, accept: str = NEW, **request: Any) -> httpx2.Response:
    headers = {"Accept": accept, **api.as_("promotor").headers, **request.pop("headers", {})}
    return await api.http.request(method, "/graphql", headers=headers, **request)


def code_of(response: httpx2.Response) -> str:
    """The code of the one error, which has its correlation id."""
    (error,) = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["correlationId"] == response.headers["x-correlation-id"]
    return error["extensions"]["code"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (NEW, NEW),
        (OLD, OLD),
        ("*/*", OLD),
        ("", OLD),
        (f"{OLD}, {NEW}", NEW),
        (f"{OLD}, {NEW};q=0.5", OLD),
        (f"{NEW}, application/graphql+json, {OLD}, text/event-stream, multipart/mixed", NEW),
        (f"text/event-stream, {OLD}", OLD),
    ],
)
async def test_an_answer_has_the_media_type_that_the_client_prefers(api: Api, accept: str, media_type: str) -> None:
    response = await send(api, accept=accept, json={"query": VIEWER})

    assert (response.status_code, response.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")
    assert response.json()["data"]["viewer"]["user"]["name"]


@pytest.mark.parametrize("accept", ["text/html", f"{OLD};q=0, {NEW};q=0", "image/*", "application/graphql+json"])
async def test_a_form_that_we_cannot_give_is_refused(api: Api, accept: str) -> None:
    response = await send(api, accept=accept, json={"query": VIEWER})

    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"query": "{"}, "BAD_REQUEST"),
        ({"query": "{ viewer { nothing } }"}, "BAD_REQUEST"),
        ({"query": "query ($n: Int!) { conventions(first: $n) { totalCount } }"}, "BAD_REQUEST"),
        (
            {"query": "query ($n: Int!) { conventions(first: $n) { totalCount } }", "variables": {"n": "x"}},
            "BAD_REQUEST",
        ),
        ({"query": "query A { limits { depth } }", "operationName": "B"}, "UNKNOWN_OPERATION"),
        ({"query": "query A { limits { depth } } query B { limits { depth } }"}, "UNKNOWN_OPERATION"),
        ({"query": "fragment F on Query { limits { depth } }"}, "UNKNOWN_OPERATION"),
    ],
)
async def test_what_is_refused_before_it_runs_answers_400_or_for_older_clients_200(
    api: Api, request_: dict[str, Any], code: str
) -> None:
    new, old = await send(api, json=request_), await send(api, accept=OLD, json=request_)

    assert (new.status_code, code_of(new), "data" in new.json()) == (400, code, False)
    assert (old.status_code, code_of(old), "data" in old.json()) == (200, code, False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"1",
        b"true",
        b'"text"',
        b"{",
        b"{}",
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b'{"query": "\\ud800"}',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": ["{ limits { depth } }"]}',
        b'{"query": "{ limits { depth } }", "variables": []}',
        b'{"query": "{ limits { depth } }", "variables": "{}"}',
        b'{"query": "{ limits { depth } }", "operationName": 1}',
        b'{"query": "{ limits { depth } }", "extensions": 1}',
        b'{"query": "{ limits { depth } }", "variables": {"n": NaN}}',
        b'{"query": "{ limits { depth } }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_a_body_that_is_no_request_answers_400_and_says_why(api: Api, body: bytes, accept: str) -> None:
    response = await send(api, accept=accept, content=body, headers={"Content-Type": OLD})

    assert (response.status_code, code_of(response)) == (400, "MALFORMED_REQUEST")
    assert response.headers["content-type"].startswith(accept)


@pytest.mark.parametrize("number", ["9" * 10_000, "-" + "9" * 5000, "1e400"])
async def test_numbers_beyond_every_bound_are_refused_and_tell_nothing_of_ours(api: Api, number: str) -> None:
    in_document = {"query": f"{{ conventions(first: {number}) {{ totalCount }} }}"}
    in_variable = '{"query": "query ($n: Int) { conventions(first: $n) { totalCount } }", "variables": {"n": %s}}'

    first = await send(api, json=in_document)
    second = await send(api, content=in_variable % number, headers={"Content-Type": OLD})

    assert (first.status_code, second.status_code) == (400, 400)
    assert "digits" not in first.text + second.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/plain", json.dumps({"query": GRANT})),
        ("application/x-www-form-urlencoded", "query=%7Blimits%7Bdepth%7D%7D"),
        ("application/graphql", VIEWER),
        ("application/json; charset=utf-16", json.dumps({"query": GRANT}).encode("utf-16")),
        ("", json.dumps({"query": GRANT})),
    ],
)
async def test_a_16_bodies_that_a_form_of_another_site_can_send_are_refused(api: Api, kind: str, content: Any) -> None:
    before = await rows("SELECT * FROM mandate ORDER BY id")

    response = await send(api, content=content, headers={"Content-Type": kind})

    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert await rows("SELECT * FROM mandate ORDER BY id") == before


async def test_a_packed_body_is_not_unpacked(api: Api) -> None:
    packed = gzip.compress(json.dumps({"query": VIEWER}).encode())

    response = await send(api, content=packed, headers={"Content-Type": OLD, "Content-Encoding": "gzip"})

    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused_with_the_ones_that_are_taken(api: Api, method: str) -> None:
    response = await send(api, method, json={"query": VIEWER})

    assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, POST"


async def test_a_query_is_answered_by_get(api: Api) -> None:
    query = "query ($number: String!) { convention(number: $number) { number } }"

    response = await send(api, "GET", params={"query": query, "variables": '{"number": "104233"}', "operationName": ""})

    assert (response.status_code, response.json()) == (200, {"data": {"convention": {"number": "104233"}}})


async def test_a_16_a_mutation_by_get_is_refused_and_not_done(api: Api) -> None:
    before = await rows("SELECT * FROM mandate ORDER BY id")

    for accept in (NEW, OLD):
        response = await send(api, "GET", accept=accept, params={"query": GRANT})
        assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
        assert response.headers["allow"] == "POST"
    events = await send(api, "GET", accept="text/event-stream", params={"query": GRANT})

    assert "OPERATION_NOT_ALLOWED" in events.text
    assert await rows("SELECT * FROM mandate ORDER BY id") == before


@pytest.mark.parametrize(
    "parameters",
    [{}, {"query": ["{a}", "{b}"]}, {"query": VIEWER, "variables": "x"}, {"query": VIEWER, "variables": "1"}],
)
async def test_a_query_string_that_is_no_request_answers_400(api: Api, parameters: dict[str, Any]) -> None:
    response = await send(api, "GET", params=parameters)

    assert (response.status_code, code_of(response)) == (400, "MALFORMED_REQUEST")


async def test_a_body_over_the_limit_says_the_limit_and_what_was_measured(api: Api) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    announced = await send(api, content=b" " * 1_048_577, headers={"Content-Type": OLD})
    streamed = await send(api, content=endless(), headers={"Content-Type": OLD})

    assert (announced.status_code, code_of(announced)) == (413, "TOO_LARGE")
    assert announced.json()["errors"][0]["extensions"]["limit"] == "1048576"
    assert announced.json()["errors"][0]["extensions"]["found"] == "1048577"
    assert (streamed.status_code, code_of(streamed)) == (413, "TOO_LARGE")


async def test_a_subscription_is_only_streamed(api: Api) -> None:
    response = await send(api, json={"query": CHANGED})

    assert (response.status_code, code_of(response)) == (400, "OPERATION_NOT_ALLOWED")


async def test_a_page_that_is_not_there_is_told_in_the_same_form(api: Api) -> None:
    response = await api.http.get("/graphql/nothing")

    assert (response.status_code, code_of(response)) == (404, "PAGE_NOT_FOUND")


async def test_events_come_to_a_client_that_takes_nothing_else(api: Api) -> None:
    answered = await send(api, accept="text/event-stream", json={"query": "{ limits { depth } }"})
    refused = await send(api, accept="text/event-stream", json={"query": "{ nothing }"})

    assert answered.headers["content-type"].startswith("text/event-stream")
    assert answered.text == 'event: next\ndata: {"data":{"limits":{"depth":12}}}\n\nevent: complete\ndata:\n\n'
    event, data, *rest = refused.text.split("\n")
    (error,) = json.loads(data.removeprefix("data: "))["errors"]
    assert (event, error["extensions"]["code"]) == ("event: next", "BAD_REQUEST")
    assert rest == ["", "event: complete", "data:", "", ""]
