"""tus 1.0 at `/uploads`: a large file in pieces, each safe once it is answered, and nobody else's."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from collective import demo_office, kept, persona, sample, stored_files
from policies import MODEL, SHIPPED
from starlette.applications import Starlette
from starlette.requests import Request

from authz.decision_table import load_decision_table
from domain.months import Clock
from filing import resumable_uploads
from filing.identification import Identified
from filing.office import Office
from persistence.database import Database, rows
from server.refusals import Refusal
from server.resumable_uploads import ResumableUploads

PIECE = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def http(office: Office) -> AsyncGenerator[httpx2.AsyncClient]:
    """The uploads alone; a header says which persona asks, as a token does in the whole application."""

    async def identified(request: Request) -> Identified:
        name = request.headers.get("x-persona")
        if name is None:
            raise Refusal(401, "UNAUTHENTICATED", {})
        return Identified(await persona(office, name), load_decision_table(SHIPPED.encode(), MODEL))

    async def numbered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["correlation_id"] = "test"
        await app(scope, receive, send)

    app = Starlette(routes=ResumableUploads(lambda _: office, identified, idle_seconds=5).routes())
    headers = {"Tus-Resumable": "1.0.0", "X-Persona": "uploader"}
    transport = httpx2.ASGITransport(app=numbered)
    async with httpx2.AsyncClient(transport=transport, base_url="http://mandaat.test", headers=headers) as client:
        yield client


async def begun(http: httpx2.AsyncClient, size_bytes: int, **headers: str) -> str:
    """The address of a new upload."""
    answer = await http.post("/uploads", headers={"Upload-Length": str(size_bytes), **headers})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def piece(http: httpx2.AsyncClient, address: str, offset: int, data: Any, **headers: str) -> httpx2.Response:
    given = {**PIECE, "Upload-Offset": str(offset), **{name.replace("_", "-"): text for name, text in headers.items()}}
    return await http.patch(address, content=data, headers=given)


async def offset_of(http: httpx2.AsyncClient, address: str) -> int:
    answer = await http.head(address)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def everything(office: Office) -> Any:
    uploads = await rows("SELECT * FROM resumable_upload ORDER BY id")
    return uploads, await rows("SELECT * FROM resumable_segment ORDER BY store_key"), await kept(office)


async def test_what_the_server_can_is_told_to_anyone(http: httpx2.AsyncClient) -> None:
    answer = await http.options("/uploads", headers={"X-Persona": "", "Tus-Resumable": "0.2"})

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert answer.headers["tus-max-size"].isdigit()


async def test_a_file_comes_in_over_several_requests(http: httpx2.AsyncClient) -> None:
    data = sample()
    address = await begun(http, len(data))

    first = await piece(http, address, 0, data[:1000])
    after_break = await offset_of(http, address)
    rest = await piece(http, address, 1000, data[1000:])

    assert (first.status_code, first.headers["upload-offset"], after_break) == (204, "1000", 1000)
    assert (rest.status_code, rest.headers["upload-offset"]) == (204, str(len(data)))
    assert rest.headers["upload-expires"] == "Fri, 06 Nov 2026 08:00:00 GMT"


async def test_what_came_before_a_connection_broke_is_kept(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 100)

    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 30
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await resumable_uploads.append_to_upload(
            office, await persona(office, "uploader"), await row_of(office), breaking()
        )

    assert await offset_of(http, address) == 30
    assert (await piece(http, address, 30, b"y" * 70)).status_code == 204


async def row_of(office: Office) -> Any:
    (found,) = await rows("SELECT id FROM resumable_upload")
    return await resumable_uploads.upload_in_sight(office, await persona(office, "uploader"), found["id"])


async def test_a_large_piece_is_kept_stretch_by_stretch(
    http: httpx2.AsyncClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable_uploads, "SEGMENT_BYTES", 10)
    address = await begun(http, 35)

    async def in_fives() -> AsyncIterator[bytes]:
        for _ in range(7):
            yield b"12345"

    assert (await piece(http, address, 0, in_fives())).status_code == 204
    sizes = await rows("SELECT first_byte, size_bytes FROM resumable_segment ORDER BY first_byte")
    assert [(row["first_byte"], row["size_bytes"]) for row in sizes] == [(0, 10), (10, 10), (20, 10), (30, 5)]
    assert len(stored_files(office)) == 4


async def test_a_19_a_piece_at_another_offset_is_refused(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 10)
    await piece(http, address, 0, b"12345")
    before = await everything(office)

    answer = await piece(http, address, 3, b"12345")

    assert code_of(answer) == (409, "UPLOAD_OFFSET")
    assert answer.json()["errors"][0]["extensions"]["expected"] == "5"
    assert await everything(office) == before


async def test_of_two_pieces_for_one_place_one_counts(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 10)

    answers = await asyncio.gather(*(piece(http, address, 0, data) for data in (b"12345", b"abcde")))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert await offset_of(http, address) == 5
    assert len(stored_files(office)) == 1


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("who", ["submitter", "uploader-beta", "promotor", "nobody"])
async def test_a_19_an_upload_of_somebody_else_does_not_exist(
    http: httpx2.AsyncClient, office: Office, method: str, who: str
) -> None:
    address = await begun(http, 10)
    before = await everything(office)
    asked = {**PIECE, "Upload-Offset": "0", "X-Persona": who}

    foreign = await http.request(method, address, headers=asked, content=b"12345")
    absent = await http.request(method, "/uploads/none", headers=asked, content=b"12345")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert await everything(office) == before


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
async def test_a_19_bytes_that_are_not_those_of_the_checksum_are_not_kept(
    http: httpx2.AsyncClient, office: Office, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    monkeypatch.setattr(resumable_uploads, "SEGMENT_BYTES", 2)
    address = await begun(http, 10)
    before = await everything(office)
    told = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, b'12345').digest()).decode()}"

    wrong = await piece(http, address, 0, b"12346", Upload_Checksum=told)
    after = await everything(office)
    right = await piece(http, address, 0, b"12345", Upload_Checksum=told)

    assert code_of(wrong) == (460, "CHECKSUM_MISMATCH")
    assert after == before
    assert (right.status_code, right.headers["upload-offset"]) == (204, "5")


async def test_a_19_nothing_is_added_to_a_complete_upload(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 5)
    await piece(http, address, 0, b"12345")
    before = await everything(office)

    answer = await piece(http, address, 5, b"6")

    assert code_of(answer) == (403, "UPLOAD_COMPLETE")
    assert await everything(office) == before


async def test_a_19_who_leaves_uploads_lying_about_gets_no_more_of_them(
    http: httpx2.AsyncClient, office: Office
) -> None:
    addresses = [await begun(http, 10) for _ in range(office.resumable_uploads_limit)]
    before = await everything(office)

    refused = await http.post("/uploads", headers={"Upload-Length": "10"})
    after = await everything(office)
    other = await http.post("/uploads", headers={"Upload-Length": "10", "X-Persona": "submitter"})
    await http.delete(addresses[0])
    again = await http.post("/uploads", headers={"Upload-Length": "10"})

    assert code_of(refused) == (429, "TOO_MANY_RESUMABLE_UPLOADS")
    assert refused.headers["retry-after"].isdigit()
    assert after == before
    assert (other.status_code, again.status_code) == (201, 201)


async def test_more_bytes_than_announced_are_refused(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 5)
    before = await everything(office)

    assert code_of(await piece(http, address, 0, b"123456")) == (413, "TOO_LARGE")
    assert await everything(office) == before


async def test_a_file_over_the_limit_is_refused_before_its_first_byte(http: httpx2.AsyncClient, office: Office) -> None:
    before = await everything(office)

    answer = await http.post("/uploads", headers={"Upload-Length": str(office.upload_limit_bytes + 1)})

    assert code_of(answer) == (413, "COLLECTIVE_FILE_TOO_LARGE")
    assert await everything(office) == before


async def test_too_many_small_pieces_are_refused(
    http: httpx2.AsyncClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable_uploads, "MOST_SEGMENTS", 2)
    address = await begun(http, 10)
    for offset in range(2):
        assert (await piece(http, address, offset, b"1")).status_code == 204
    before = await everything(office)

    assert code_of(await piece(http, address, 2, b"1")) == (400, "TOO_MANY_SEGMENTS")
    assert await everything(office) == before


async def test_an_abandoned_upload_is_gone_with_its_bytes(http: httpx2.AsyncClient, office: Office) -> None:
    address = await begun(http, 10)
    await piece(http, address, 0, b"12345")

    assert (await http.delete(address)).status_code == 204
    assert (await http.head(address)).status_code == 404
    assert stored_files(office) == []


@pytest.mark.parametrize("who", ["helpdesk", "nobody", "policy-admin"])
async def test_who_may_not_send_files_begins_none(http: httpx2.AsyncClient, office: Office, who: str) -> None:
    before = await everything(office)

    answer = await http.post("/uploads", headers={"Upload-Length": "10", "X-Persona": who})

    assert code_of(answer) == (403, "NOT_ALLOWED")
    assert await everything(office) == before


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("POST", "/uploads", {"Upload-Length": "x"}, (400, "MALFORMED_REQUEST")),
        ("POST", "/uploads", {"Upload-Defer-Length": "1"}, (400, "MALFORMED_REQUEST")),
        ("POST", "/uploads", {"Upload-Length": "5", "Upload-Metadata": "filename é"}, (400, "MALFORMED_REQUEST")),
        ("POST", "/uploads", {"Upload-Length": "5", "Tus-Resumable": "0.2.2"}, (412, "PROTOCOL_VERSION")),
        ("PATCH", "/uploads", {}, (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/uploads/x", {}, (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/uploads/x", {"X-HTTP-Method-Override": "GET"}, (405, "METHOD_NOT_ALLOWED")),
    ],
)
async def test_what_is_not_the_protocol_is_refused(
    http: httpx2.AsyncClient, office: Office, method: str, path: str, headers: dict[str, str], expected: Any
) -> None:
    before = await everything(office)
    encoded = [(name.encode(), text.encode()) for name, text in headers.items()]

    answer = await http.request(method, path, headers=encoded)

    assert code_of(answer) == expected
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert await everything(office) == before


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Type": "application/xml"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ({"Upload-Offset": "-1"}, (400, "MALFORMED_REQUEST")),
        ({"Upload-Checksum": "md5 aaaa"}, (400, "MALFORMED_REQUEST")),
        ({"Upload-Checksum": "sha256 ***"}, (400, "MALFORMED_REQUEST")),
        ({"Content-Encoding": "gzip"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
)
async def test_a_piece_that_is_not_as_it_should_be_is_refused(
    http: httpx2.AsyncClient, office: Office, headers: dict[str, str], expected: Any
) -> None:
    address = await begun(http, 5)
    before = await everything(office)

    answer = await http.patch(address, content=b"12345", headers={**PIECE, "Upload-Offset": "0", **headers})

    assert code_of(answer) == expected
    assert await everything(office) == before


async def test_clients_behind_a_narrow_network_post_what_they_mean(http: httpx2.AsyncClient) -> None:
    address = await begun(http, 5)
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = await http.post(address, content=b"12345", headers=headers)

    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "5")


async def test_without_a_token_nothing_is_begun(http: httpx2.AsyncClient, office: Office) -> None:
    before = await everything(office)
    del http.headers["X-Persona"]

    assert code_of(await http.post("/uploads", headers={"Upload-Length": "5"})) == (401, "UNAUTHENTICATED")
    assert await everything(office) == before
