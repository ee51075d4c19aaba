"""Deadlines that share one timer: each ends its own block, and none ends another's."""

import asyncio

import pytest

from graph.patience import Patience

SHORT, NEVER = 0.01, 3600


async def long(patience: Patience) -> None:
    with patience.deadline():
        await asyncio.sleep(NEVER)


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        await long(Patience(SHORT))


async def test_each_is_ended_in_its_turn_also_those_that_come_later() -> None:
    patience = Patience(SHORT)

    for _ in range(2):
        found = await asyncio.gather(*(long(patience) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in found] == [TimeoutError] * 3


async def test_what_is_done_in_time_is_left_alone() -> None:
    patience = Patience(SHORT)
    with patience.deadline():
        await asyncio.sleep(0)

    # The timer that watched it goes off for another that began later.
    with pytest.raises(TimeoutError):
        await long(patience)


async def test_a_block_whose_deadline_is_lifted_takes_as_long_as_it_takes() -> None:
    patience = Patience(SHORT)
    with patience.deadline() as deadline:
        deadline.lift()
        with pytest.raises(TimeoutError):
            await long(patience)
        await asyncio.sleep(0)


async def test_who_is_cancelled_by_another_is_cancelled_and_not_late() -> None:
    task = asyncio.create_task(long(Patience(NEVER)))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_another_error_passes_as_it_is() -> None:
    with pytest.raises(LookupError), Patience(NEVER).deadline():
        raise LookupError


def test_in_another_event_loop_it_watches_anew() -> None:
    patience = Patience(SHORT)

    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(long(patience))


def test_outside_of_any_task_there_is_nothing_to_end() -> None:
    with pytest.raises(RuntimeError), Patience(NEVER).deadline():
        pass
