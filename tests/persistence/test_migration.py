"""Migrations: once, whole, with a copy first, and only on a database that is what its ledger says."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import databases
import pytest
from builders import a_user

from persistence import migration
from persistence.database import database as open_database
from persistence.database import rows
from persistence.location import Dialect
from persistence.migration import MigrationRefused, migrate, pending
from persistence.migration_steps import Migration, migrations
from persistence.unit_of_work import unit_of_work

ON_SQLITE = databases.engine() is Dialect.SQLITE


@pytest.fixture
async def nowhere_yet(tmp_path: Path) -> AsyncGenerator[str]:
    """The URL of a database without tables."""
    if ON_SQLITE:
        yield f"sqlite://{tmp_path / 'new' / 'mandaat.sqlite3'}"
        return
    server = os.environ[databases.SERVER_VARIABLE]
    name = f"mandaat_test_{uuid4().hex}"
    await asyncio.to_thread(databases.on_server, server, f"CREATE DATABASE {name}")
    yield databases.named(server, name)
    await asyncio.to_thread(databases.drop_databases, server, name)


@asynccontextmanager
async def statements(url: str) -> AsyncGenerator[Any]:
    """Run plain statements on a database, without our own layers."""
    if ON_SQLITE:
        with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as connection:

            async def run(sql: str) -> Sequence[Any]:
                return connection.execute(sql).fetchall()

            yield run
        return
    connection = await asyncpg.connect(url)
    yield connection.fetch
    await connection.close()


def with_steps(monkeypatch: pytest.MonkeyPatch, *more: Migration) -> None:
    """Let this version have more steps than it has."""
    steps = (*migrations(databases.engine()), *more)
    monkeypatch.setattr(migration, "migrations", lambda _: steps)


STEPS = [step.name for step in migrations(databases.engine())]
ANOTHER_TABLE = Migration(
    "9999_more", "CREATE TABLE more (id INTEGER NOT NULL, CONSTRAINT more_pkey PRIMARY KEY (id));"
)


async def test_a_new_database_is_migrated_once(nowhere_yet: str) -> None:
    assert await pending(nowhere_yet) == STEPS
    assert await migrate(nowhere_yet) == STEPS
    assert await pending(nowhere_yet) == []
    assert await migrate(nowhere_yet) == []


@pytest.mark.only_on("sqlite", because="a file")
async def test_asking_what_is_pending_makes_nothing(nowhere_yet: str) -> None:
    await pending(nowhere_yet)

    assert not Path(nowhere_yet.removeprefix("sqlite://")).parent.exists()


MIGRATE = """
import asyncio, sys
from persistence.migration import migrate
print("ready", flush=True)
sys.stdin.readline()
print(asyncio.run(migrate(sys.argv[1])))
"""


async def migrating_process(*arguments: str, script: str = MIGRATE) -> asyncio.subprocess.Process:
    """A process that migrates as soon as a line comes."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *arguments, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


def go_on(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


async def test_of_four_processes_at_once_one_applies_and_all_succeed(nowhere_yet: str) -> None:
    processes = [await migrating_process(nowhere_yet) for _ in range(4)]
    for process in processes:
        go_on(process)
    answers = [await process.communicate() for process in processes]

    assert [error for _, error in answers] == [b""] * 4
    assert sorted(output for output, _ in answers) == sorted([f"{STEPS}\n".encode()] + [b"[]\n"] * 3)


MIGRATE_WITH_ONE_MORE = """
import sys
from persistence import migration
from persistence.migration_steps import Migration, migrations
migration.migrations = lambda dialect: (*migrations(dialect), Migration("9999_more", sys.argv[2]))
"""
SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n;"
    if ON_SQLITE
    else "SELECT pg_sleep(2);"
)


async def test_a_migration_that_is_killed_in_a_step_is_rolled_back_and_runs_again(
    nowhere_yet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ANOTHER_TABLE.sql + SLOW
    process = await migrating_process(nowhere_yet, step, script=MIGRATE_WITH_ONE_MORE + MIGRATE)
    go_on(process)
    async with asyncio.timeout(60):
        while await pending(nowhere_yet):  # noqa: ASYNC110 - the event is in another process
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    _, error = await process.communicate()
    assert (process.returncode, error) == (-signal.SIGKILL, b"")

    with_steps(monkeypatch, ANOTHER_TABLE)
    assert await pending(nowhere_yet) == ["9999_more"]
    assert await migrate(nowhere_yet) == ["9999_more"]


async def test_a_step_that_fails_leaves_nothing_of_itself(nowhere_yet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(nowhere_yet)
    with_steps(monkeypatch, Migration("0002_broken", "CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);"))

    with pytest.raises((sqlite3.OperationalError, asyncpg.DuplicateTableError)):
        await migrate(nowhere_yet)

    assert await pending(nowhere_yet) == ["0002_broken"]
    with_steps(monkeypatch, ANOTHER_TABLE)
    assert await migrate(nowhere_yet) == ["9999_more"]


async def test_a_database_of_a_newer_version_is_refused(nowhere_yet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        with_steps(newer, ANOTHER_TABLE)
        await migrate(nowhere_yet)

    for attempt in (migrate, pending):
        with pytest.raises(MigrationRefused, match="9999_more, which this version does not know"):
            await attempt(nowhere_yet)


async def test_a_step_with_other_content_is_refused(nowhere_yet: str) -> None:
    await migrate(nowhere_yet)
    async with statements(nowhere_yet) as run:
        await run("UPDATE schema_migration SET sha256 = 'other'")

    with pytest.raises(MigrationRefused, match="0001_initial was applied with other content"):
        await migrate(nowhere_yet)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP INDEX mandate_of_secretariat", "index mandate_of_secretariat is missing"),
        ("ALTER TABLE mandate RENAME COLUMN level TO tier", "mandate"),
        ("DROP TABLE finding", "finding"),
        (
            "DROP TRIGGER audit_entry_is_not_deleted" + ("" if ON_SQLITE else " ON audit_entry"),
            "audit_entry_is_not_deleted is missing",
        ),
    ],
)
async def test_a_database_that_was_changed_by_hand_is_refused_by_name(
    nowhere_yet: str, change: str, named: str
) -> None:
    await migrate(nowhere_yet)
    async with statements(nowhere_yet) as run:
        await run(change)

    with pytest.raises(MigrationRefused, match=named):
        await migrate(nowhere_yet)


@pytest.mark.only_on("postgresql", because="SQLite cannot do this to a table without making it anew")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE mandate DROP CONSTRAINT mandate_months", "constraint mandate.mandate_months is missing"),
        ("ALTER TABLE mandate ALTER COLUMN level DROP NOT NULL", "column mandate.level is different"),
        (
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_is_not_deleted",
            "audit_entry_is_not_deleted is different",
        ),
    ],
)
async def test_a_table_that_was_loosened_by_hand_is_refused_by_name(nowhere_yet: str, change: str, named: str) -> None:
    await migrate(nowhere_yet)
    async with statements(nowhere_yet) as run:
        await run(change)

    with pytest.raises(MigrationRefused, match=named):
        await migrate(nowhere_yet)


async def test_what_an_operator_adds_for_himself_is_his(nowhere_yet: str) -> None:
    await migrate(nowhere_yet)
    async with statements(nowhere_yet) as run:
        await run("CREATE INDEX my_own ON mandate (level)")
        await run("CREATE TABLE notes (id INTEGER)")

    assert await migrate(nowhere_yet) == []


@pytest.mark.only_on("sqlite", because="PostgreSQL is backed up by its operator")
async def test_a_filled_file_is_copied_before_a_change_and_keeps_every_row(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step makes a parent table anew, which with foreign keys on would delete what points at it."""
    async with open_database(database_url):
        user = await unit_of_work(a_user)
        insert = (
            "INSERT INTO policy_version (sequence, version, policy, author_id, reason, activated_at)"
            " VALUES (1, 'v', 'p', ?, 'r', '2026-11-05 08:00:00+00:00')"
        )
        await unit_of_work(lambda c: rows(insert, [user.id], c))
    definition = migrations(Dialect.SQLITE)[0].sql.split("CREATE TABLE app_user (")[1].split(";")[0]
    with_steps(
        monkeypatch,
        Migration(
            "9999_rebuild",
            f"CREATE TABLE app_user_new ({definition};"
            "INSERT INTO app_user_new SELECT * FROM app_user; DROP TABLE app_user;"
            "ALTER TABLE app_user_new RENAME TO app_user;"
            "CREATE UNIQUE INDEX app_user_subject ON app_user (subject);",
        ),
    )

    assert await migrate(database_url) == ["9999_rebuild"]

    path = Path(database_url.removeprefix("sqlite://"))
    (copy,) = path.parent.glob("mandaat.sqlite3.before-9999_rebuild-*")
    for file in (path, copy):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT id FROM app_user").fetchall() == [(user.id,)]
            assert connection.execute("SELECT author_id FROM policy_version").fetchall() == [(user.id,)]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM schema_migration").fetchall() == [(step,) for step in STEPS]


@pytest.mark.only_on("sqlite", because="PostgreSQL checks foreign keys in every step")
async def test_a_step_that_leaves_rows_pointing_at_nothing_is_rolled_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(database_url):
        user = await unit_of_work(a_user)
        insert = (
            "INSERT INTO policy_version (sequence, version, policy, author_id, reason, activated_at)"
            " VALUES (1, 'v', 'p', ?, 'r', '2026-11-05 08:00:00+00:00')"
        )
        await unit_of_work(lambda c: rows(insert, [user.id], c))
    with_steps(monkeypatch, Migration("0002_careless", "DELETE FROM app_user;"))

    with pytest.raises(MigrationRefused, match="rows of policy_version point at nothing"):
        await migrate(database_url)

    async with statements(database_url) as run:
        assert await run("SELECT COUNT(*) FROM app_user") == [(1,)]
    assert await pending(database_url) == ["0002_careless"]
