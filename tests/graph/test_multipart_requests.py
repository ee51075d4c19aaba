"""Uploads by the multipart request specification: what is taken, and why all else is not; nothing is kept then."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from api import Api
from collective import demo_office, kept, sample

from domain.months import Clock
from filing.office import Office
from server.settings import Settings

TEST = """mutation ($input: CollectiveFileTestInput!) { collectiveFileTest(input: $input) {
  __typename ... on CollectiveFileTested { collectiveFile { state } } ... on Problem { code } } }"""
OPERATIONS: dict[str, Any] = {"query": TEST, "variables": {"input": {"file": None}}}
MAP: Any = {"0": ["variables.input.file"]}
BOUNDARY = "part-of-a-test"


def field(name: str, value: Any) -> tuple[str, bytes]:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return f'Content-Disposition: form-data; name="{name}"', text


def file(name: str, content: bytes, file_name: str = "bestand.xml") -> tuple[str, bytes]:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
    return f"{disposition}\r\nContent-Type: application/xml", content


def body_of(*parts: tuple[str, bytes], end: str = "--\r\n") -> bytes:
    written = b"".join(f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + data + b"\r\n" for headers, data in parts)
    return written + f"--{BOUNDARY}{end}".encode()


def good(content: bytes) -> tuple[tuple[str, bytes], ...]:
    return field("operations", OPERATIONS), field("map", MAP), file("0", content)


async def send(api: Api, body: Any, *, persona: str = "uploader", **headers: str) -> httpx2.Response:
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await api.http.post("/graphql", content=body, headers={**api.as_(persona).headers, **kind, **headers})


def refusal_of(response: httpx2.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    assert error["extensions"]["correlationId"]
    return response.status_code, error["extensions"]["code"]


@asynccontextmanager
async def nothing_kept(office: Office) -> AsyncGenerator[None]:
    before = await kept(office)
    yield
    assert await kept(office) == before


@pytest.fixture
async def office(api: Api, settings: Settings, clock: Clock) -> Office:
    return await demo_office(Path(settings.file_store_url.removeprefix("file://")), clock)


async def test_a_file_that_comes_in_pieces_is_taken(api: Api, office: Office) -> None:
    body = body_of(*good(sample()))

    async def one_by_one() -> AsyncGenerator[bytes]:
        for start in range(0, len(body), 997):
            yield body[start : start + 997]

    response = await send(api, one_by_one())

    assert response.json() == {
        "data": {"collectiveFileTest": {"__typename": "CollectiveFileTested", "collectiveFile": {"state": "RECEIVED"}}}
    }


async def test_operations_without_a_file_need_none(api: Api) -> None:
    body = body_of(field("operations", {"query": "{ limits { depth } }"}), field("map", {}))

    assert (await send(api, body)).json() == {"data": {"limits": {"depth": 12}}}


MISFORMED: dict[str, tuple[tuple[str, bytes], ...]] = {
    "nothing": (),
    "no map": (field("operations", OPERATIONS),),
    "no file": (field("operations", OPERATIONS), field("map", MAP)),
    "map before operations": (field("map", MAP), field("operations", OPERATIONS), file("0", b"x")),
    "file before map": (field("operations", OPERATIONS), file("0", b"x"), field("map", MAP)),
    "operations twice": (field("operations", OPERATIONS), *good(b"x")),
    "map twice": (field("operations", OPERATIONS), field("map", MAP), field("map", MAP), file("0", b"x")),
    "the file twice": (*good(b"<x/>"), file("0", b"<x/>")),
    "a file that the map does not name": (*good(b"<x/>"), file("1", b"<x/>")),
    "a field after the file": (*good(b"<x/>"), field("operations", OPERATIONS)),
    "many fields after the file": (*good(b"<x/>"), *(field(f"f{n}", 1) for n in range(2000))),
    "another file than the map names": (field("operations", OPERATIONS), field("map", MAP), file("1", b"x")),
    "text where the file should be": (field("operations", OPERATIONS), field("map", MAP), field("0", b"x")),
    "operations as a file": (file("operations", json.dumps(OPERATIONS).encode()), field("map", MAP), file("0", b"x")),
    **{
        f"operations {value!r}": (field("operations", value), field("map", MAP), file("0", b"x"))
        for value in (None, 1, "text", True, {}, {"query": None}, {"query": TEST, "variables": []}, b"", b"{", b"\xff")
    },
    **{
        f"map {value!r}": (field("operations", OPERATIONS), field("map", value), file("0", b"x"))
        for value in (
            *(
                None,
                1,
                "text",
                [],
                True,
                b"",
                b"{",
                {},
                {"0": None},
                {"0": 1},
                {"0": "variables.input.file"},
                {"0": []},
            ),
            *({"0": [1]}, {"0": [None]}, {"0": ["variables.input.file", "variables.input.file"]}),
            {"0": ["variables.input.file"], "1": ["variables.input.file"]},
        )
    },
    **{
        f"path {path!r}": (field("operations", OPERATIONS), field("map", {"0": [path]}), file("0", b"x"))
        for path in (
            *("", ".", "variables", "variables.", "query", "operationName", "variables.input", "variables.other"),
            *("variables.input.other", "variables.input.file.deeper", "variables.input.0", "input.file"),
            *("variables.input.__class__", "0.variables.input.file", "variables..input.file", "variables.input.file."),
        )
    },
}


@pytest.mark.parametrize("parts", MISFORMED.values(), ids=MISFORMED.keys())
async def test_a_request_that_is_not_as_specified_is_refused(
    api: Api, office: Office, parts: tuple[tuple[str, bytes], ...]
) -> None:
    async with nothing_kept(office):
        response = await send(api, body_of(*parts))

    assert refusal_of(response) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("path", ["variables.files.2", "variables.files.-1", "variables.files.x", "variables.files.00"])
async def test_a_path_past_a_list_is_refused(api: Api, path: str) -> None:
    operations = {"query": "query ($files: [Upload]) { limits { depth } }", "variables": {"files": [None, None]}}

    response = await send(api, body_of(field("operations", operations), field("map", {"0": [path]}), file("0", b"x")))

    assert refusal_of(response) == (400, "MALFORMED_REQUEST")


async def test_a_path_through_a_string_is_refused(api: Api) -> None:
    operations = {"query": TEST, "variables": {"input": "text"}}

    response = await send(api, body_of(field("operations", operations), field("map", MAP), file("0", b"x")))

    assert refusal_of(response) == (400, "MALFORMED_REQUEST")


async def test_a_13_a_list_of_operations_is_refused(api: Api) -> None:
    response = await send(api, body_of(field("operations", [OPERATIONS]), field("map", MAP), file("0", b"x")))

    assert refusal_of(response) == (400, "BATCH_REFUSED")


@pytest.mark.parametrize(
    "broken",
    [
        body_of(*good(sample()), end=""),
        body_of(*good(sample()))[:-30],
        body_of(*good(sample()))[:2000],
        body_of(*good(sample())).replace(BOUNDARY.encode(), b"other"),
        b"no parts at all",
        b"",
    ],
)
async def test_a_body_that_breaks_off_is_refused_and_its_file_is_not_kept(
    api: Api, office: Office, broken: bytes
) -> None:
    async with nothing_kept(office):
        response = await send(api, broken)

    assert refusal_of(response) == (400, "MALFORMED_REQUEST")


async def test_a_valid_file_with_something_behind_it_is_not_kept(api: Api, office: Office) -> None:
    async with nothing_kept(office):
        response = await send(api, body_of(*good(sample()), file("1", b"more")))

    assert refusal_of(response) == (400, "MALFORMED_REQUEST")


async def test_a_18_a_body_over_the_limit_is_refused_by_its_announced_length(api: Api, office: Office) -> None:
    limit = 250 * 1024 * 1024 + 1024 * 1024

    async with nothing_kept(office):
        response = await send(api, b"", **{"Content-Length": str(limit + 1)})

    assert refusal_of(response) == (413, "TOO_LARGE")
    assert response.json()["errors"][0]["extensions"]["limit"] == str(limit)


async def test_operations_longer_than_a_request_may_be_are_refused(api: Api, office: Office) -> None:
    long = field("operations", {**OPERATIONS, "extensions": {"x": "y" * 1_100_000}})

    async with nothing_kept(office):
        response = await send(api, body_of(long, field("map", MAP), file("0", b"x")))

    assert refusal_of(response) == (413, "TOO_LARGE")


async def test_a_16_a_form_of_another_site_cannot_send_a_file(api: Api, office: Office) -> None:
    """It cannot bring the token along, which is in a header and never in a cookie."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Cookie": "token=x"}

    async with nothing_kept(office):
        response = await api.http.post("/graphql", content=body_of(*good(sample())), headers=kind)

    assert refusal_of(response) == (401, "UNAUTHENTICATED")


async def test_who_may_not_send_gets_his_answer_after_the_whole_file(api: Api, office: Office) -> None:
    response = await send(api, body_of(*good(sample())), persona="nobody")

    assert (response.status_code, response.json()["data"]["collectiveFileTest"]["__typename"]) == (200, "NotAllowed")
