"""A resumable upload that is named in a mutation becomes a collective file, once, for nobody but its sender."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api import Api
from collective import demo_office, in_pieces, kept, persona, sample, stored_files

from domain.months import Clock
from domain.vocabulary import Mode
from filing.housekeeping import keep_house
from filing.office import Office
from filing.receiving import SendCollectiveFile
from filing.resumable_uploads import SEGMENT_BYTES, append_to_upload, begin_upload, take_in_upload
from graph.uploads import resumable_upload_id, resumable_upload_key
from persistence.database import rows
from persistence.file_store import SEGMENTS, FileStore, StoredBytesMissing
from server.settings import Settings

TAKE_IN = """mutation ($input: CollectiveFileUploadInput!) { collectiveFileUpload(input: $input) { __typename
  ... on CollectiveFileUploaded { collectiveFile { id sha256 fileName state mode } }
  ... on Problem { code message path } } }"""
TEST = """mutation ($input: CollectiveFileTestInput!) { collectiveFileTest(input: $input) { __typename
  ... on CollectiveFileTested { collectiveFile { id mode checksOnly } } ... on Problem { code path } } }"""


@pytest.fixture
async def office(api: Api, settings: Settings, clock: Clock) -> Office:
    return await demo_office(Path(settings.file_store_url.removeprefix("file://")), clock)


async def sent(office: Office, data: bytes, *, whole: bytes | None = None, who: str = "uploader") -> str:
    """An upload of which *data* has come in, of *whole* when that is more."""
    caller = await persona(office, who)
    row = await begin_upload(office, caller, size_bytes=len(whole or data), file_name="oktober.xml")
    await append_to_upload(office, caller, row, in_pieces(data))
    return resumable_upload_id(row.id)


async def take_in(api: Api, upload: str, *, who: str = "uploader", key: str = "k", mode: str = "PRODUCTION") -> Any:
    given = {"upload": upload, "mode": mode, "idempotencyKey": key}
    return (await api.as_(who).execute(TAKE_IN, {"input": given})).data["collectiveFileUpload"]


async def everything(office: Office) -> Any:
    return await rows("SELECT * FROM resumable_upload ORDER BY id"), await kept(office)


async def test_a_finished_upload_becomes_a_collective_file(api: Api, office: Office) -> None:
    upload = await sent(office, sample())

    answer = await take_in(api, upload)

    assert answer["__typename"] == "CollectiveFileUploaded"
    assert (answer["collectiveFile"]["fileName"], answer["collectiveFile"]["state"]) == ("oktober.xml", "RECEIVED")
    (row,) = await rows("SELECT store_key FROM collective_file")
    assert stored_files(office) == [row["store_key"]]


async def test_a_repeated_request_is_answered_the_same_although_the_bytes_are_gone(api: Api, office: Office) -> None:
    upload = await sent(office, sample())
    first = await take_in(api, upload)
    before = await everything(office)

    again = await take_in(api, upload)

    assert again == first
    assert await everything(office) == before


async def test_an_upload_can_be_tested_only(api: Api, office: Office) -> None:
    upload = await sent(office, sample())

    answer = await api.as_("uploader").execute(TEST, {"input": {"upload": upload}})
    then = await take_in(api, upload)

    assert answer.data["collectiveFileTest"]["collectiveFile"]["checksOnly"] is True
    assert (then["code"], then["path"]) == ("INVALID_VALUE", ["upload"])


async def test_an_upload_that_is_not_complete_is_refused_and_stays(api: Api, office: Office) -> None:
    data = sample()
    upload = await sent(office, data[:1000], whole=data)
    before = await everything(office)

    answer = await take_in(api, upload)

    assert (answer["code"], answer["path"]) == ("INVALID_VALUE", ["upload"])
    assert "1000 bytes" in answer["message"]
    assert await everything(office) == before


async def test_a_refused_file_can_be_named_again(api: Api, office: Office) -> None:
    upload = await sent(office, sample())
    before = await everything(office)

    answer = await take_in(api, upload, mode="TEST")
    after = await everything(office)

    assert answer["__typename"] == "CollectiveFileRefused"
    assert after == before
    assert (await take_in(api, upload))["__typename"] == "CollectiveFileUploaded"


@pytest.mark.parametrize("who", ["submitter", "uploader-beta", "promotor"])
async def test_a_19_an_upload_of_somebody_else_is_taken_in_as_little_as_none(
    api: Api, office: Office, who: str
) -> None:
    upload = await sent(office, sample())
    before = await everything(office)

    foreign, absent = await take_in(api, upload, who=who, mode="TEST"), await take_in(api, "none", who=who, mode="TEST")

    assert foreign == absent
    assert foreign["__typename"] != "CollectiveFileUploaded"
    assert await everything(office) == before


async def test_a_request_brings_a_file_or_names_one(api: Api, office: Office) -> None:
    before = await everything(office)
    given = {"mode": "PRODUCTION", "idempotencyKey": "k"}

    answer = await api.as_("uploader").execute(TAKE_IN, {"input": given})

    problem = answer.data["collectiveFileUpload"]
    assert (problem["code"], problem["path"]) == ("INVALID_VALUE", ["file"])
    assert await everything(office) == before


async def test_an_upload_that_is_not_finished_in_time_is_gone_with_its_bytes(
    api: Api, office: Office, clock: Clock
) -> None:
    late = await sent(office, b"x" * 10, whole=b"x" * 20)
    await rows("UPDATE resumable_upload SET expires_at = ?", [clock()])
    young = await sent(office, b"y" * 10, whole=b"y" * 20)

    refused = await take_in(api, late)
    await keep_house(office, store_clock=lambda: clock() - timedelta(days=1))

    assert (refused["code"], refused["path"]) == ("INVALID_VALUE", ["upload"])
    assert len(await rows("SELECT id FROM resumable_upload")) == len(stored_files(office)) == 1
    assert resumable_upload_id((await rows("SELECT id FROM resumable_upload"))[0]["id"]) == young


LONG = sample() + b"\n" * SEGMENT_BYTES
"""In two stretches."""


def after_its_first_piece(monkeypatch: pytest.MonkeyPatch, what: Callable[[], Awaitable[Any]]) -> None:
    """*what* happens once, while the stretches of an upload are being read."""
    read = FileStore.read
    waiting = [what]

    async def interrupted(self: FileStore, key: str, *, sha256: str) -> AsyncGenerator[bytes]:
        async for piece in read(self, key, sha256=sha256):
            yield piece
            if key.startswith(SEGMENTS) and waiting:
                await waiting.pop()()

    monkeypatch.setattr(FileStore, "read", interrupted)


async def test_an_upload_that_expires_while_it_is_read_is_to_be_sent_again_and_leaves_nothing(
    api: Api, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await everything(office)
    upload = await sent(office, LONG)

    async def expire() -> None:
        await rows("UPDATE resumable_upload SET expires_at = ?", [clock()])
        await keep_house(office)

    after_its_first_piece(monkeypatch, expire)

    answer = await take_in(api, upload)

    assert (answer["__typename"], answer["code"], answer["path"]) == ("InvalidInput", "UPLOAD_GONE", ["upload"])
    assert "stuur het bestand opnieuw" in answer["message"]
    assert await everything(office) == before
    assert (await take_in(api, await sent(office, LONG)))["__typename"] == "CollectiveFileUploaded"


async def test_of_two_requests_that_take_an_upload_in_at_once_both_are_answered_with_the_one_file(
    api: Api, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await sent(office, LONG)
    other: list[Any] = []

    async def overtake() -> None:
        other.append(await take_in(api, upload))

    after_its_first_piece(monkeypatch, overtake)

    answer = await take_in(api, upload)

    assert answer["__typename"] == "CollectiveFileUploaded"
    assert [answer] == other
    (row,) = await rows("SELECT store_key FROM collective_file")
    assert stored_files(office) == [row["store_key"]]


async def test_bytes_that_are_missing_for_no_reason_are_a_fault_of_ours(office: Office) -> None:
    upload = await sent(office, LONG)
    gone = (await rows("SELECT store_key FROM resumable_segment ORDER BY first_byte"))[-1]["store_key"]
    await office.store.delete(gone)
    before = await everything(office)

    with pytest.raises(StoredBytesMissing):
        await take_in_upload(
            office,
            await persona(office, "uploader"),
            resumable_upload_key(upload),
            SendCollectiveFile(mode=Mode.PRODUCTION),
        )

    assert await everything(office) == before
