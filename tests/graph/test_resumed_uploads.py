"""A resumable upload that is named in a mutation becomes a collective file, once, for nobody but its sender."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api import Api
from collective import demo_office, in_pieces, kept, persona, sample, stored_files

from domain.months import Clock
from filing.housekeeping import keep_house
from filing.office import Office
from filing.resumable_uploads import append_to_upload, begin_upload
from graph.uploads import resumable_upload_id
from persistence.database import rows
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
