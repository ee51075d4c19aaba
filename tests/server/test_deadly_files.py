"""Files that kill, fill or hang the process that checks them: each ends by itself, and others go on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from collective import codes_of, demo_office, loaded, persona, referenced, sample, send
from deadly import check_piece_of_poison, does_not_start

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from filing import checking
from filing.office import Office
from persistence.database import Database, rows
from persistence.models import CollectiveFileRow, ReportRow
from persistence.work import RELEASED
from server import check_process
from server.check_pool import CheckPool
from server.check_process import CheckLimits, DidNotStart
from server.worker import WorkerLimits, run_worker, work_once

CHECK = CheckLimits(memory_bytes=256 * 1024 * 1024, cpu_seconds=60, wall_seconds=300)
LIMITS = WorkerLimits(processes=2, lease_seconds=60, poll_seconds=0.05, stop_seconds=20, check=CHECK)


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def uploader(office: Office) -> Caller:
    return await persona(office, "uploader")


@asynccontextmanager
async def a_worker(office: Office, limits: WorkerLimits) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(office, limits, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 60)


async def all_ended() -> None:
    async with asyncio.timeout(120):
        while await CollectiveFileRow.filter(finished_at=None).exists():  # noqa: ASYNC110 - children change it
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("death", "because", "check"),
    [
        ("KILL", "CRASH", CHECK),
        ("FILL", "MEMORY", CHECK),
        ("BUSY", "TIME", replace(CHECK, cpu_seconds=2)),
    ],
)
async def test_f_03_a_file_that_ends_its_process_twice_is_not_fully_checked_and_others_go_on(
    office: Office,
    uploader: Caller,
    monkeypatch: pytest.MonkeyPatch,
    death: str,
    because: str,
    check: CheckLimits,
) -> None:
    monkeypatch.setattr(checking, "check_piece", check_piece_of_poison)
    data = referenced(sample(), f"POISON-{death}")
    poison = await send(office, uploader, data)
    good = await send(office, uploader, referenced(sample(), "GOOD"))

    async with a_worker(office, replace(LIMITS, check=check)):
        await all_ended()

    row = await CollectiveFileRow.get(id=poison.id)
    assert (row.state, row.stage, row.attempt) == (CollectiveFileState.NOT_FULLY_CHECKED, "WORKER_DIED", 2)
    assert (await ReportRow.get(collective_file_id=row.id)).verdict.value == "NOT_FULLY_CHECKED"
    found = await rows("SELECT code, severity, value, byte_offset FROM finding WHERE report_id = ?", [row.report_id])
    start = data.index(b"<Promotor>")
    assert found == [{"code": "F-009", "severity": "WARNING", "value": because, "byte_offset": start}]
    assert (await CollectiveFileRow.get(id=good.id)).state is CollectiveFileState.PROCESSED
    assert await codes_of(await CollectiveFileRow.get(id=good.id)) == []
    assert (await loaded())["performance_line"] == 22


async def test_a_file_whose_check_never_started_has_lost_no_attempt(
    office: Office, uploader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await send(office, uploader, sample())
    monkeypatch.setattr(check_process, "_serve", does_not_start)

    with CheckPool(1, CHECK) as pool, pytest.raises(DidNotStart):
        await work_once(office, LIMITS, pool)

    row = await CollectiveFileRow.get(id=sent.id)
    assert (row.state, row.lease_owner, row.interruptions) == (CollectiveFileState.CHECKING, RELEASED, 1)
    assert await loaded() == dict.fromkeys(await loaded(), 0)
