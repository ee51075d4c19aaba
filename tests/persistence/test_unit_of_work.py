"""A unit of work: whole or not at all, whatever its caller, its rivals or the engine do."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import Any

import asyncpg
import databases
import pytest
from uuid_utils.compat import uuid7

from domain.errors import DomainError
from domain.vocabulary import OrganisationKind
from persistence import unit_of_work as unit_of_work_module
from persistence.database import Connection, Database, rows
from persistence.database import database as open_database
from persistence.failures import TemporarilyUnavailable
from persistence.location import SqliteLocation
from persistence.models import OrganisationRow, UserRow
from persistence.unit_of_work import unit_of_work

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)


class SubjectTaken(DomainError):
    code = "SUBJECT_TAKEN"


async def add_user(connection: Connection, subject: str = "jan") -> str:
    user = await UserRow.create(
        using_db=connection.client, id=str(uuid7()), subject=subject, name="Jan", created_at=NOW
    )
    return user.id


async def subjects() -> list[str]:
    return [row["subject"] for row in await rows("SELECT subject FROM app_user ORDER BY subject")]


async def test_what_it_wrote_stands_when_it_has_answered(database: Database) -> None:
    user_id = await unit_of_work(add_user)

    assert await rows("SELECT id, subject FROM app_user") == [{"id": user_id, "subject": "jan"}]


async def test_what_it_wrote_is_gone_when_it_raised(database: Database) -> None:
    async def add_and_fail(connection: Connection) -> None:
        await add_user(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work(add_and_fail)

    assert await subjects() == []
    await unit_of_work(add_user)
    assert await subjects() == ["jan"]


async def test_models_and_plain_sql_inside_see_what_it_wrote_and_others_do_not(database: Database) -> None:
    inside: list[int] = []
    outside: list[int] = []

    async def add_and_count(connection: Connection) -> None:
        await add_user(connection)
        inside.extend([len(await subjects()), await UserRow.all().count()])
        outside.append(len(await rows("SELECT 1 FROM app_user", [], database_connection)))

    database_connection = database.connection
    await unit_of_work(add_and_count)

    assert inside == [1, 1]
    assert outside == [0]


async def test_a_broken_unique_index_becomes_the_domain_error_of_the_use_case(database: Database) -> None:
    await unit_of_work(add_user)

    with pytest.raises(SubjectTaken):
        await unit_of_work(add_user, refusals={"app_user_subject": SubjectTaken})

    assert await subjects() == ["jan"]


async def test_a_broken_check_and_a_broken_primary_key_are_told_apart_by_name(database: Database) -> None:
    async def add_organisation(connection: Connection, id: str, number: str) -> None:  # noqa: A002
        await OrganisationRow.create(
            using_db=connection.client, id=id, enterprise_number=number, name="A", kind=OrganisationKind.PROMOTOR
        )

    await unit_of_work(lambda connection: add_organisation(connection, "a", "0999000129"))

    with pytest.raises(SubjectTaken):
        await unit_of_work(
            lambda connection: add_organisation(connection, "b", "12"),
            refusals={"organisation_enterprise_number_form": SubjectTaken},
        )
    with pytest.raises(SubjectTaken):
        await unit_of_work(
            lambda connection: add_organisation(connection, "a", "0999000228"),
            refusals={"organisation_pkey": SubjectTaken},
        )
    assert len(await rows("SELECT 1 FROM organisation")) == 1


async def test_a_unit_inside_a_unit_is_a_mistake(database: Database) -> None:
    async def outer(connection: Connection) -> None:
        await unit_of_work(add_user)

    with pytest.raises(RuntimeError, match="inside another"):
        await unit_of_work(outer)

    assert await subjects() == []


async def test_a_task_that_was_made_in_a_unit_and_outlives_it_may_write(database: Database) -> None:
    ended = asyncio.Event()

    async def later() -> str:
        await ended.wait()
        return await unit_of_work(add_user)

    async def start(connection: Connection) -> asyncio.Task[str]:
        return asyncio.create_task(later())

    task = await unit_of_work(start)
    ended.set()

    assert await task
    assert await subjects() == ["jan"]


async def test_what_outlives_a_unit_cannot_write_with_its_connection(database: Database) -> None:
    kept: list[Connection] = []

    async def keep(connection: Connection) -> None:
        kept.append(connection)

    await unit_of_work(keep)

    with pytest.raises(RuntimeError, match="has ended"):
        await add_user(kept[0])
    assert await subjects() == []


async def test_rivals_read_and_write_one_after_the_other(database: Database) -> None:
    await rows("SELECT 1")

    async def count_up(connection: Connection) -> None:
        lock = " FOR UPDATE" if connection.locks_rows else ""
        found = await rows(f"SELECT next_number FROM number_series WHERE name = 'n'{lock}", [], connection)
        await asyncio.sleep(0)
        await rows(
            "UPDATE number_series SET next_number = ? WHERE name = 'n'", [found[0]["next_number"] + 1], connection
        )

    await unit_of_work(lambda connection: rows("INSERT INTO number_series VALUES ('n', 1)", [], connection))
    await asyncio.gather(*(unit_of_work(count_up) for _ in range(20)))

    assert await rows("SELECT next_number FROM number_series") == [{"next_number": 21}]


async def test_more_callers_than_places_wait_and_then_hear_to_try_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_of_work_module, "_PLACE_PATIENCE_SECONDS", 0.05)
    go_on = asyncio.Event()

    async def hold(connection: Connection) -> None:
        await go_on.wait()

    holders = [asyncio.create_task(unit_of_work(hold)) for _ in range(4)]
    await asyncio.sleep(0)

    with pytest.raises(TemporarilyUnavailable):
        await unit_of_work(add_user)

    go_on.set()
    await asyncio.gather(*holders)
    assert await subjects() == []
    await unit_of_work(add_user)
    assert await subjects() == ["jan"]


@asynccontextmanager
async def locked_by_another_program(database: Database, database_url: str) -> AsyncGenerator[None]:
    """The whole file on SQLite, one table on PostgreSQL."""
    if isinstance(database.location, SqliteLocation):
        with closing(sqlite3.connect(database.location.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    connection: Any = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE app_user IN EXCLUSIVE MODE")
        yield
    await connection.close()


async def test_a_database_that_stays_locked_is_a_typed_error_and_readers_go_on(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_of_work_module, "_COLLISION_PATIENCE_SECONDS", 0.3)

    async def add_impatiently(connection: Connection) -> None:
        if connection.locks_rows:
            await rows("SET LOCAL lock_timeout = '100ms'")
        await add_user(connection)

    async with locked_by_another_program(database, database_url):
        refused = asyncio.create_task(unit_of_work(add_impatiently))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(30):
            assert await subjects() == []
        with pytest.raises(TemporarilyUnavailable):
            await refused

    await unit_of_work(add_user)
    assert await subjects() == ["jan"]


async def test_readers_of_this_process_do_not_wait_for_a_unit_that_takes_long(database: Database) -> None:
    begun = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await add_user(connection)
        begun.set()
        await go_on.wait()

    unit = asyncio.create_task(unit_of_work(slow))
    await begun.wait()
    async with asyncio.timeout(10):
        assert await UserRow.all().count() == 0
    go_on.set()
    await unit
    assert await UserRow.all().count() == 1


class CancelledAtStep:
    """Awaits a coroutine and cancels it at its k-th suspension."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], step: int) -> None:
        self.coroutine = coroutine
        self.step = step
        self.reached = False

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self.coroutine.__await__()
        step = 0
        value: Any = None
        while True:
            try:
                waited_for = inner.send(value)
            except StopIteration as answer:
                return answer.value
            step += 1
            if step == self.step:
                self.reached = True
                inner.throw(asyncio.CancelledError())
            value = yield waited_for


async def test_a_caller_cancelled_at_any_step_leaves_the_database_usable_and_whole(database: Database) -> None:
    """The two rows of a unit stand together or not at all, and every later unit runs."""

    async def add_two(connection: Connection, step: int) -> None:
        await add_user(connection, f"{step}-a")
        await add_user(connection, f"{step}-b")

    for step in range(1, 60):
        attempt = CancelledAtStep(unit_of_work(lambda connection, step=step: add_two(connection, step)), step)
        try:
            await attempt
        except asyncio.CancelledError:
            continue
        if not attempt.reached:
            break
    await asyncio.sleep(0)
    if database.units:
        await asyncio.wait(database.units)

    written = await subjects()
    assert {subject.removesuffix("-a") for subject in written if subject.endswith("-a")} == {
        subject.removesuffix("-b") for subject in written if subject.endswith("-b")
    }
    async with asyncio.timeout(30):
        await asyncio.gather(*(unit_of_work(lambda c, n=n: add_two(c, 1000 + n)) for n in range(8)))
    assert len(await subjects()) == len(written) + 16


async def test_random_cancellations_of_many_callers_lose_and_halve_nothing(database: Database) -> None:
    async def add_two(connection: Connection, number: int) -> None:
        await add_user(connection, f"{number}-a")
        await add_user(connection, f"{number}-b")

    tasks = [asyncio.create_task(unit_of_work(lambda c, n=n: add_two(c, n))) for n in range(40)]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0.001 * (number % 3))
        if number % 2:
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    while database.units:
        await asyncio.wait(set(database.units))

    written = await subjects()
    assert len(written) % 2 == 0
    acknowledged = {f"{n}-a" for n, answer in enumerate(answers) if answer is None}
    assert acknowledged <= set(written)
    await unit_of_work(add_user)


@pytest.mark.only_on("postgresql", because="an embedded database has no server to lose")
async def test_a_server_that_drops_every_connection_is_a_typed_error_and_then_served_again(
    database: Database, database_url: str
) -> None:
    begun = asyncio.Event()
    dropped = asyncio.Event()

    async def interrupted(connection: Connection) -> None:
        await add_user(connection)
        begun.set()
        await dropped.wait()
        await add_user(connection, "piet")

    cut_off = asyncio.create_task(unit_of_work(interrupted))
    await begun.wait()
    await asyncio.to_thread(
        databases.on_server,
        database_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()",
    )
    dropped.set()

    with pytest.raises(TemporarilyUnavailable):
        await cut_off
    await asyncio.gather(*(unit_of_work(lambda c, n=n: add_user(c, str(n))) for n in range(8)))
    assert await subjects() == [str(n) for n in range(8)]


async def test_closing_waits_for_units_whose_callers_have_gone(database_url: str) -> None:
    begun = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await add_user(connection)
        begun.set()
        await asyncio.sleep(0.1)

    async with open_database(database_url):
        caller = asyncio.create_task(unit_of_work(slow))
        await begun.wait()
        caller.cancel()
    async with open_database(database_url):
        assert await subjects() == ["jan"]


async def test_a_process_has_one_database_open(database: Database, database_url: str) -> None:
    with pytest.raises(RuntimeError, match="open already"):
        async with open_database(database_url):
            pass

    await unit_of_work(add_user)
