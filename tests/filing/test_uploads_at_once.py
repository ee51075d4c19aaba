"""How many files one organisation sends at the same moment: the next is refused unread, others do not notice."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from collective import demo_office, nothing_kept, persona, referenced, sample, send

from domain.caller import Caller
from domain.catalogue import problem_message
from domain.months import Clock
from domain.states import CollectiveFileState
from domain.vocabulary import Language, Mode
from filing.office import Office
from filing.receiving import SendCollectiveFile, SentFile, receive_collective_file
from filing.resumable_uploads import append_to_upload, begin_upload
from filing.uploads_at_once import TooManyUploads
from persistence.database import Database
from persistence.models import CollectiveFileRow

TEST = SendCollectiveFile(mode=Mode.TEST, checks_only=True)
BETA = sample().replace(b"<Ondernemingsnummer>0999000327<", b"<Ondernemingsnummer>0999000426<", 1)


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock, uploads_at_once=2)


@pytest.fixture
async def alfa(office: Office) -> Caller:
    return await persona(office, "uploader")


class Slow:
    """A file that comes in byte by byte, until it is told to go on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.began = asyncio.Event()
        self.may_end = asyncio.Event()

    async def content(self) -> AsyncGenerator[bytes]:
        yield self._data[:1]
        self.began.set()
        await self.may_end.wait()
        yield self._data[1:]

    async def sent(self, office: Office, caller: Caller) -> asyncio.Task[CollectiveFileRow]:
        task = asyncio.create_task(receive_collective_file(office, caller, TEST, SentFile(self.content(), "slow.xml")))
        await self.began.wait()
        return task


async def _never_read() -> AsyncGenerator[bytes]:
    raise AssertionError("not a byte is read")
    yield b""


async def test_a_18_of_uploads_at_a_time_one_too_many_is_refused_unread_and_the_others_end_well(
    office: Office, alfa: Caller
) -> None:
    slow = [Slow(sample()), Slow(referenced(sample(), "SECOND"))]
    tasks = [await each.sent(office, alfa) for each in slow]

    with pytest.raises(TooManyUploads) as refused:
        await receive_collective_file(office, alfa, TEST, SentFile(_never_read(), "third.xml"))

    assert (refused.value.found, refused.value.limit) == (2, 2)
    for each in slow:
        each.may_end.set()
    assert {(await task).state for task in tasks} == {CollectiveFileState.RECEIVED}
    assert await CollectiveFileRow.all().count() == 2


async def test_a_18_one_sender_that_is_slow_takes_room_from_no_other(office: Office, alfa: Caller) -> None:
    slow = [Slow(sample()), Slow(sample())]
    tasks = [await each.sent(office, alfa) for each in slow]

    row = await send(office, await persona(office, "uploader-beta"), BETA, mode=Mode.TEST, checks_only=True)

    assert row.state is CollectiveFileState.RECEIVED
    for each, task in zip(slow, tasks, strict=True):
        each.may_end.set()
        await task


async def test_a_18_an_upload_that_breaks_off_or_is_refused_gives_its_room_back(office: Office, alfa: Caller) -> None:
    async def broken() -> AsyncGenerator[bytes]:
        yield sample()[:5000]
        raise ConnectionResetError

    async with nothing_kept(office):
        for _ in range(3):
            with pytest.raises(ConnectionResetError):
                await receive_collective_file(office, alfa, TEST, SentFile(broken(), "x.xml"))
        task = await Slow(sample()).sent(office, alfa)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert (await send(office, alfa, sample())).state is CollectiveFileState.RECEIVED


async def test_a_18_stretches_of_resumable_uploads_count_as_well(office: Office, alfa: Caller) -> None:
    slow = [Slow(sample()), Slow(sample())]
    tasks = [await each.sent(office, alfa) for each in slow]
    row = await begin_upload(office, alfa, size_bytes=10, file_name=None)

    with pytest.raises(TooManyUploads):
        await append_to_upload(office, alfa, row, _never_read())

    for each, task in zip(slow, tasks, strict=True):
        each.may_end.set()
        await task


@pytest.mark.parametrize("language", list(Language))
def test_a_18_the_refusal_says_what_was_found_and_the_limit_in_every_language(language: Language) -> None:
    error = TooManyUploads(found=5, limit=4)

    message = problem_message(error.code, error.values, language)

    assert "5" in message
    assert "4" in message
