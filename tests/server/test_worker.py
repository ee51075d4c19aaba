"""The worker: real child processes, an orderly stop, and what happens after a death."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from collective import codes_of, demo_office, loaded, parts_of, persona, referenced, sample, send
from structlog.testing import capture_logs

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from filing.office import Office
from persistence.database import Database, rows
from persistence.failures import TemporarilyUnavailable
from persistence.models import CollectiveFileRow
from server import worker
from server.check_pool import CheckPool
from server.check_process import CheckLimits
from server.worker import WorkerLimits, run_worker, work_once

CHECK = CheckLimits(memory_bytes=256 * 1024 * 1024, cpu_seconds=60, wall_seconds=300)
LIMITS = WorkerLimits(processes=1, lease_seconds=5, poll_seconds=0.05, stop_seconds=20, check=CHECK)
PROGRAM = Path(__file__).with_name("worker_process.py")


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def uploader(office: Office) -> Caller:
    return await persona(office, "uploader")


async def ended(file_id: str, *, within: float = 30.0) -> CollectiveFileRow:
    """The file once it has its outcome; fails the test when that takes too long."""
    async with asyncio.timeout(within):
        while True:
            row = await CollectiveFileRow.get(id=file_id)
            if row.state.is_final:
                return row
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_worker(office: Office, **changed: Any) -> AsyncGenerator[asyncio.Event]:
    """A worker in this process with a child of its own, stopped in good order at the end."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(office, LIMITS, stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def test_a_worker_checks_what_waits_in_child_processes_until_it_is_stopped(
    office: Office, uploader: Caller
) -> None:
    first = await send(office, uploader, sample())

    async with a_worker(office):
        row = await ended(first.id)
        second = await send(office, uploader, referenced(sample("part-without-mandate.xml"), "SECOND"))
        late = await ended(second.id)

    assert (row.state, await codes_of(row)) == (CollectiveFileState.PROCESSED, [])
    assert list((await parts_of(late)).values()) == ["NOT_LOADED", "NOT_LOADED", "NOT_LOADED"]


async def test_the_end_of_a_check_tells_how_much_was_left_to_a_parser(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())

    with CheckPool(1, CHECK) as pool, capture_logs() as logged:
        await work_once(office, LIMITS, pool)

    (end,) = (entry for entry in logged if entry["event"] == "check_ended")
    assert (end["slices"], end["slices_missed"]) == (1, 0)


async def test_a_check_process_that_is_killed_costs_its_file_one_attempt_at_most(
    office: Office, uploader: Caller
) -> None:
    await send(office, uploader, sample())
    with CheckPool(1, CHECK) as pool:
        pid = await pool(os.getpid)
        os.kill(pid, signal.SIGKILL)

        # Its death shows before the file is given to it, or after.
        while await work_once(office, LIMITS, pool):
            pass

    (row,) = await CollectiveFileRow.all()
    assert row.state is CollectiveFileState.PROCESSED
    assert row.attempt in (1, 2)


async def test_a_worker_that_is_killed_loses_the_file_to_the_next_one(
    office: Office, uploader: Caller, database: Database, database_url: str, tmp_path: Path
) -> None:
    sent = await send(office, uploader, sample())
    given = {
        "database_url": database_url,
        "file_store_url": f"file://{tmp_path / 'files'}",
        "receipt_key_path": str(tmp_path / "receipt.pem"),
        "lease_seconds": "60",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, str(PROGRAM), json.dumps(given))
    async with asyncio.timeout(30):
        while (await CollectiveFileRow.get(id=sent.id)).state is CollectiveFileState.RECEIVED:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    # The lease of the dead one ends; nobody waits a minute for that here.
    await rows("UPDATE collective_file SET lease_until = received_at WHERE state = 'CHECKING'")

    async with a_worker(office):
        row = await ended(sent.id)

    assert row.state is CollectiveFileState.PROCESSED
    assert (await loaded())["performance_line"] == 22
    assert len(await rows("SELECT id FROM report")) == 1


async def test_an_idle_worker_keeps_house_once_an_hour_and_outlives_its_failing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Office] = []

    async def unavailable(given: Office) -> None:
        kept.append(given)
        raise TemporarilyUnavailable

    async def times_within(polls: int) -> int:
        kept.clear()
        pauses = 0
        enough = asyncio.Event()
        pause = worker._pause

        async def counted(stop: asyncio.Event, seconds: float) -> None:
            nonlocal pauses
            pauses += 1
            if pauses == polls:
                enough.set()
            await pause(stop, seconds)

        with monkeypatch.context() as patched:
            patched.setattr(worker, "_pause", counted)
            async with a_worker(office), asyncio.timeout(30):
                await enough.wait()
        return len(kept)

    monkeypatch.setattr(worker, "keep_house", unavailable)
    hourly = await times_within(8)
    monkeypatch.setattr(worker, "_HOUSEKEEPING_SECONDS", 0)
    always = await times_within(8)

    assert hourly == 1
    assert always > 1
