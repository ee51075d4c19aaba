"""Idempotency keys: one effect and one answer, however often and however much at once a request comes."""

import asyncio
from datetime import datetime, timedelta

import pytest
from builders import NOW, a_user, an_organisation, new_id

from domain.errors import IdempotencyKeyReused
from persistence.database import Connection, Database, rows
from persistence.idempotency import Answered, IdempotencyKey, answered, forget_keys_before, remember
from persistence.unit_of_work import unit_of_work


@pytest.fixture
async def key(database: Database) -> IdempotencyKey:
    async def make(connection: Connection) -> IdempotencyKey:
        organisation = await an_organisation(connection)
        user = await a_user(connection)
        return IdempotencyKey(organisation.id, user.id, "k1", "submit", "a" * 64)

    return await unit_of_work(make)


async def test_an_answered_key_gives_its_answer_again(key: IdempotencyKey) -> None:
    assert await answered(key) is None

    await unit_of_work(lambda c: remember(c, key, Answered("PerformanceFile", "p1"), NOW))

    assert await answered(key) == Answered("PerformanceFile", "p1")


async def test_the_same_key_for_another_request_is_refused(key: IdempotencyKey) -> None:
    await unit_of_work(lambda c: remember(c, key, Answered("PerformanceFile", "p1"), NOW))

    for other in (
        IdempotencyKey(key.organisation_id, key.user_id, "k1", "submit", "b" * 64),
        IdempotencyKey(key.organisation_id, key.user_id, "k1", "withdraw", "a" * 64),
    ):
        with pytest.raises(IdempotencyKeyReused):
            await answered(other)
    assert await answered(IdempotencyKey(key.organisation_id, key.user_id, "k2", "submit", "b" * 64)) is None


async def test_eight_at_once_have_one_effect_and_one_answer(key: IdempotencyKey) -> None:
    async def act(connection: Connection) -> Answered:
        if earlier := await answered(key, connection):
            return earlier
        answer = Answered("PerformanceFile", new_id())
        await an_organisation(connection, name="effect")
        await asyncio.sleep(0.01)
        await remember(connection, key, answer, NOW)
        return answer

    answers = await asyncio.gather(*(unit_of_work(act) for _ in range(8)))

    assert len(set(answers)) == 1
    assert len(await rows("SELECT 1 FROM organisation WHERE name = 'effect'")) == 1


async def test_old_keys_are_forgotten(key: IdempotencyKey) -> None:
    await unit_of_work(lambda c: remember(c, key, Answered("PerformanceFile", "p1"), NOW))

    assert await forgotten(NOW) == 0
    assert await forgotten(NOW + timedelta(seconds=1)) == 1
    assert await answered(key) is None


async def test_keys_of_operations_that_are_excepted_are_never_forgotten(key: IdempotencyKey) -> None:
    await unit_of_work(lambda c: remember(c, key, Answered("PerformanceFile", "p1"), NOW))

    assert await forgotten(NOW + timedelta(days=4000), except_of=("submit", "other")) == 0
    assert await answered(key) == Answered("PerformanceFile", "p1")


async def forgotten(before: datetime, *, except_of: tuple[str, ...] = ("other",)) -> int:
    return await unit_of_work(lambda c: forget_keys_before(c, before, except_of=except_of))
