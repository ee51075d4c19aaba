"""Child processes that check: real ones, that really die, fill up and hang."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import deadly
import pytest

from filing.broken_off import CheckBrokeOff
from server import check_process
from server.check_pool import CheckPool
from server.check_process import CheckLimits, DidNotStart
from validation.broken_off import BrokenOff

LIMITS = CheckLimits(memory_bytes=256 * 1024 * 1024, cpu_seconds=60, wall_seconds=300)


@pytest.fixture
async def pool() -> AsyncGenerator[CheckPool]:
    with CheckPool(1, LIMITS) as pool:
        yield pool


async def test_calls_bring_back_what_the_function_answers_and_raises(pool: CheckPool) -> None:
    assert await pool(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError) as raised:
        await pool(divmod, 1, 0)
    assert "Traceback" in str(raised.value.__cause__)


async def test_check_processes_are_nice_to_others(pool: CheckPool) -> None:
    assert await pool(os.nice, 0) == min(19, os.nice(0) + 10)


async def test_a_child_serves_one_call_after_the_other(pool: CheckPool) -> None:
    first = await pool(os.getpid)

    assert await pool(os.getpid) == first != os.getpid()


@pytest.mark.parametrize("death", [deadly.exits, deadly.is_killed, deadly.crashes])
async def test_a_call_that_kills_its_process_says_so_and_the_next_gets_a_new_one(
    pool: CheckPool, death: Callable[[], None]
) -> None:
    first = await pool(os.getpid)

    with pytest.raises(CheckBrokeOff) as broken:
        await pool(death)

    assert broken.value.because is BrokenOff.CRASH
    assert await pool(os.getpid) != first


@pytest.mark.parametrize("bomb", [deadly.fills_memory, deadly.fills_memory_quietly])
async def test_a_call_that_fills_the_memory_is_stopped_by_the_limit(pool: CheckPool, bomb: Callable[[], int]) -> None:
    with pytest.raises(CheckBrokeOff) as broken:
        await pool(bomb)

    assert broken.value.because is BrokenOff.MEMORY


async def test_a_call_that_never_ends_its_work_is_stopped_by_its_processor_time() -> None:
    with CheckPool(1, replace(LIMITS, cpu_seconds=1)) as pool:
        for _ in range(2):
            # Each call has its own time, however much earlier ones took.
            assert await pool(process_time) < 1
        with pytest.raises(CheckBrokeOff) as broken:
            await pool(deadly.is_busy)

    assert broken.value.because is BrokenOff.TIME


@pytest.mark.parametrize("hanging", [deadly.hangs, deadly.is_deaf_and_busy])
async def test_a_call_that_hangs_is_stopped_by_the_clock_on_the_wall(hanging: Callable[[], None]) -> None:
    with CheckPool(1, replace(LIMITS, wall_seconds=0.5)) as pool:
        with pytest.raises(CheckBrokeOff) as broken:
            await pool(hanging)

        assert broken.value.because is BrokenOff.TIME
        assert await pool(divmod, 7, 2) == (3, 1)


async def test_one_that_dies_fails_no_call_beside_it(tmp_path: Path) -> None:
    with CheckPool(2, LIMITS) as pool:
        beside = asyncio.create_task(pool(deadly.waits_for, tmp_path / "go"))
        for death in (deadly.exits, deadly.is_killed, deadly.fills_memory):
            with pytest.raises(CheckBrokeOff):
                await pool(death)
        (tmp_path / "go").touch()

        assert await beside == "done"


async def test_one_that_is_killed_between_two_calls_fails_none(pool: CheckPool) -> None:
    os.kill(await pool(os.getpid), signal.SIGKILL)

    # The parent may see the death before the call or in it; then the call after it succeeds.
    try:
        answer = await pool(divmod, 7, 2)
    except CheckBrokeOff:
        answer = await pool(divmod, 7, 2)

    assert answer == (3, 1)


async def test_a_process_that_does_not_start_is_no_fault_of_what_was_to_be_done(
    pool: CheckPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(check_process, "_serve", deadly.does_not_start)
        with pytest.raises(DidNotStart):
            await pool(divmod, 7, 2)

    assert await pool(divmod, 7, 2) == (3, 1)


async def test_the_end_of_a_pool_waits_for_nothing_that_hangs() -> None:
    with CheckPool(1, LIMITS) as pool:
        child = await pool(os.getpid)
        hanging = asyncio.create_task(pool(deadly.hangs))
        await asyncio.sleep(0)

    with pytest.raises((CheckBrokeOff, asyncio.CancelledError)):
        await hanging
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
