"""Claiming work: one holder at a time, fair between senders, and a fence that only the holder passes."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from collective import demo_office, persona, referenced, sample, send
from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from domain.vocabulary import Mode, Verdict
from filing.office import Office
from persistence import work
from persistence.database import Connection, Database, rows
from persistence.models import CollectiveFileRow, ReportRow
from persistence.number_series import reserve
from persistence.unit_of_work import unit_of_work
from persistence.work import Claimed, Fence, GivenBack, LeaseLost, claim, finish, heartbeat, note_revisions, release

TEST = sample().replace(b"<Omgeving>P<", b"<Omgeving>T<")
BETA = TEST.replace(b"<Ondernemingsnummer>0999000327<", b"<Ondernemingsnummer>0999000426<", 1)


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def alfa(office: Office) -> Caller:
    return await persona(office, "uploader")


async def waiting(office: Office, caller: Caller, reference: str, data: bytes = TEST) -> str:
    return (await send(office, caller, referenced(data, reference), mode=Mode.TEST)).id


async def taken(owner: str = "one") -> Claimed | None:
    return await unit_of_work(lambda connection: claim(connection, f"{owner}:{uuid7()}", 60))


async def held() -> Claimed:
    claimed = await taken()
    assert claimed is not None
    return claimed


async def expire(file_id: str) -> None:
    """As when no heartbeat came for the whole lease."""
    await rows("UPDATE collective_file SET lease_until = received_at WHERE id = ?", [file_id])


async def give_back(claimed: Claimed, because: GivenBack) -> None:
    await unit_of_work(lambda connection: release(connection, claimed.fence, because))


async def lease_ended(file_id: str, ago: timedelta) -> None:
    await rows("UPDATE collective_file SET lease_until = ? WHERE id = ?", [datetime.now(UTC) - ago, file_id])


async def received(file_id: str, ago: timedelta) -> None:
    await rows("UPDATE collective_file SET received_at = ? WHERE id = ?", [datetime.now(UTC) - ago, file_id])


async def interrupt(claimed: Claimed) -> None:
    await give_back(claimed, GivenBack.INTERRUPTED)


async def taken_over(file_id: str) -> Claimed:
    """One who held the file until another took it."""
    lost = await held()
    await expire(file_id)
    await held()
    return lost


async def beat(fence: Fence) -> None:
    await unit_of_work(
        lambda connection: heartbeat(connection, fence, stage="checking", progress_bytes=10, lease_seconds=60)
    )


async def test_a_file_is_claimed_once(office: Office, alfa: Caller) -> None:
    file_id = await waiting(office, alfa, "A")

    claimed = await held()

    assert (claimed.file.id, claimed.fence.attempt, claimed.file.state) == (file_id, 1, CollectiveFileState.CHECKING)
    assert await taken() is None


async def test_without_work_nothing_is_claimed(office: Office) -> None:
    assert await taken() is None


async def test_workers_that_claim_at_once_get_different_files(office: Office, alfa: Caller) -> None:
    ids = {await waiting(office, alfa, str(number)) for number in range(4)}

    claimed = await asyncio.gather(*(taken(str(number)) for number in range(6)))

    assert {one.file.id for one in claimed if one is not None} == ids
    assert claimed.count(None) == 2


async def test_a_sender_with_fewer_files_under_way_goes_first(office: Office, alfa: Caller) -> None:
    beta = await persona(office, "uploader-beta")
    first = await waiting(office, alfa, "A1")
    await waiting(office, alfa, "A2")
    theirs = await waiting(office, beta, "B1", BETA)

    order = [(await held()).file.id for _ in range(2)]

    assert order == [first, theirs]


async def test_a_small_file_goes_before_a_large_one(office: Office, alfa: Caller) -> None:
    large = await waiting(office, alfa, "LARGE", TEST + b"\n" * 1_200_000)
    small = await waiting(office, alfa, "SMALL")

    order = [(await held()).file.id for _ in range(2)]

    assert order == [small, large]


async def test_a_file_whose_check_broke_off_lets_all_others_go_first(office: Office, alfa: Caller) -> None:
    beta = await persona(office, "uploader-beta")
    hanging = await waiting(office, alfa, "HANGING")
    await received(hanging, timedelta(hours=1))
    await give_back(await held(), GivenBack.BROKEN_OFF)
    small = await waiting(office, alfa, "SMALL")
    large = await waiting(office, beta, "LARGE", BETA + b"\n" * 1_200_000)
    for young in (small, large):
        await received(young, timedelta(seconds=1))

    order = [await held() for _ in range(3)]

    assert {one.file.id for one in order[:2]} == {small, large}
    assert (order[2].file.id, order[2].fence.attempt) == (hanging, 2)


async def test_a_file_whose_worker_died_lets_others_go_first(office: Office, alfa: Caller) -> None:
    deadly = await waiting(office, alfa, "DEADLY")
    await held()
    await lease_ended(deadly, timedelta(seconds=1))
    other = await waiting(office, alfa, "OTHER")

    assert [(await held()).file.id for _ in range(2)] == [other, deadly]


async def test_a_file_whose_check_broke_off_waits_for_others_so_long_and_no_longer(
    office: Office, alfa: Caller
) -> None:
    hanging = await waiting(office, alfa, "HANGING")
    await give_back(await held(), GivenBack.BROKEN_OFF)
    others = [await waiting(office, alfa, str(number)) for number in range(2)]

    first = await held()
    await lease_ended(hanging, timedelta(minutes=11))
    then = await held()

    assert first.file.id == others[0]
    assert then.file.id == hanging


@pytest.mark.parametrize("because", [GivenBack.STOPPED, GivenBack.INTERRUPTED])
async def test_a_file_that_was_let_go_through_no_fault_of_its_own_keeps_its_place(
    office: Office, alfa: Caller, because: GivenBack
) -> None:
    first = await waiting(office, alfa, "FIRST")
    await give_back(await held(), because)
    await lease_ended(first, timedelta(seconds=1))
    await waiting(office, alfa, "OTHER")

    assert (await held()).file.id == first


async def test_a_lease_that_ended_is_taken_over_under_a_higher_number(office: Office, alfa: Caller) -> None:
    await waiting(office, alfa, "A")
    lost = await held()
    await expire(lost.file.id)

    holder = await held()

    assert (holder.file.id, holder.fence.attempt) == (lost.file.id, 2)
    with pytest.raises(LeaseLost):
        await beat(lost.fence)
    await beat(holder.fence)


async def test_a_heartbeat_keeps_a_lease(office: Office, alfa: Caller) -> None:
    await waiting(office, alfa, "A")
    claimed = await held()
    await expire(claimed.file.id)

    await beat(claimed.fence)

    assert await taken() is None
    row = await CollectiveFileRow.get(id=claimed.file.id)
    assert row.stage == "checking"
    assert row.progress_bytes == 10


async def finished(fence: Fence) -> None:
    async def work(connection: Connection) -> None:
        report_id = await reserve(connection, "report", 1)
        await ReportRow.create(
            using_db=connection.client,
            id=report_id,
            collective_file_id=fence.file_id,
            verdict=Verdict.VALID,
            stages=[],
            counts=[],
            is_capped=False,
            rule_set="1",
            made_at=datetime.now(UTC),
        )
        await finish(connection, fence, state=CollectiveFileState.PROCESSED, report_id=report_id, stage=None)

    await unit_of_work(work)


async def test_only_the_holder_finishes_and_only_once(office: Office, alfa: Caller) -> None:
    await waiting(office, alfa, "A")
    lost = await held()
    await expire(lost.file.id)
    holder = await held()

    with pytest.raises(LeaseLost):
        await finished(lost.fence)
    await finished(holder.fence)
    with pytest.raises(LeaseLost):
        await finished(holder.fence)
    assert (await CollectiveFileRow.get(id=holder.file.id)).state is CollectiveFileState.PROCESSED


async def test_the_range_of_a_lost_attempt_is_handed_to_the_next(office: Office, alfa: Caller) -> None:
    await waiting(office, alfa, "A")
    lost = await held()
    await unit_of_work(lambda connection: note_revisions(connection, lost.fence, 5, 9))
    await unit_of_work(lambda connection: release(connection, lost.fence, GivenBack.BROKEN_OFF))

    assert (await held()).left_behind == (5, 9)


async def test_an_outage_is_no_attempt_and_the_file_rests_before_it_is_taken_up_again(
    office: Office, alfa: Caller
) -> None:
    file_id = await waiting(office, alfa, "A")
    await interrupt(await held())

    assert await taken() is None
    await expire(file_id)
    assert (await held()).fence.attempt == 1


async def test_a_file_that_the_database_never_manages_runs_out_of_attempts(
    office: Office, alfa: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_INTERRUPTIONS", 2)
    file_id = await waiting(office, alfa, "A")
    attempts: list[int] = []
    for _ in range(5):
        claimed = await held()
        attempts.append(claimed.fence.attempt)
        await interrupt(claimed)
        await expire(file_id)

    assert attempts == [1, 1, 1, 2, 3]


async def test_who_lost_the_lease_gives_nothing_back(office: Office, alfa: Caller) -> None:
    lost = await taken_over(await waiting(office, alfa, "A"))
    before = await rows("SELECT * FROM collective_file")

    for because in GivenBack:
        await unit_of_work(lambda connection, because=because: release(connection, lost.fence, because))

    assert await rows("SELECT * FROM collective_file") == before
