"""The open database of this process: its connections, and reading it in plain SQL.

One engine per process: tortoise keeps prepared statements by table name, not by engine.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import aiosqlite
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from persistence.finding_together import FindingTogether
from persistence.location import Dialect, Location, SqliteLocation, read_location
from persistence.placeholders import numbered
from persistence.postgresql import PostgresqlClient

_ALIAS: Final = "default"
_SQLITE_BUSY_TIMEOUT_MILLISECONDS: Final = 250
"""Short, because the wait happens inside the engine; `unit_of_work` waits longer, between attempts."""

_CONNECT_PATIENCE_SECONDS: Final = 5
_LOCK_PATIENCE_SECONDS: Final = 5
_IDLE_IN_TRANSACTION_SECONDS: Final = 60
"""A process that hangs in the middle of a transaction lets go of its locks after this."""


Record = Any
"""A row of either driver: a sequence of its values that also gives each by the name of its column."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where statements go: inside a unit of work its transaction, else any connection of the pool."""

    client: BaseDBAsyncClient
    dialect: Dialect

    @property
    def locks_rows(self) -> bool:
        """Whether FOR UPDATE and FOR SHARE exist; on SQLite a writing transaction is alone anyway."""
        return self.dialect is Dialect.POSTGRESQL


@dataclass(slots=True)
class Database:
    """The open database; *places* bounds how many units of work run at once, *units* are those that do.

    *client* holds the pool, outside any transaction. *sqlite_writer* is the one connection that writes to SQLite, so
    that readers of this process never wait behind it; *sqlite_finder* is the one of `found_by_key`, and *finder* what
    asks for it on PostgreSQL.
    """

    location: Location
    client: BaseDBAsyncClient
    places: asyncio.Semaphore
    units: set["asyncio.Task[Any]"] = field(default_factory=set["asyncio.Task[Any]"])
    sqlite_writer: aiosqlite.Connection | None = None
    sqlite_writer_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sqlite_finder: sqlite3.Connection | None = None
    finder: FindingTogether | None = None

    @property
    def dialect(self) -> Dialect:
        return self.location.dialect

    @property
    def connection(self) -> Connection:
        """Any connection of the pool, also inside a unit of work: it does not see what that has not committed."""
        return Connection(self.client, self.dialect)


_open: list[Database] = []


def current_database() -> Database:
    """The database that this process has open; raises `RuntimeError` when there is none."""
    if not _open:
        raise RuntimeError("no database is open: enter persistence.database.database(url) first")
    return _open[0]


@asynccontextmanager
async def database(url: str, *, pool_size: int = 10, command_timeout_seconds: float = 30.0) -> AsyncGenerator[Database]:
    """Open the migrated database at *url* for this process, and close it when every unit of work has ended.

    Makes the folder of an SQLite file, never tables: `persistence.migration.migrate` does that. On SQLite one unit of
    work runs at a time, whatever *pool_size*.
    """
    if _open:
        raise RuntimeError("this process has a database open already")
    location = read_location(url)
    context = await Tortoise.init(
        config={
            "connections": {_ALIAS: _engine(location, pool_size, command_timeout_seconds)},
            "apps": {"models": {"models": ["persistence.models"], "default_connection": _ALIAS}},
        },
        use_tz=True,
        timezone="UTC",
        _enable_global_fallback=True,
    )
    opened = Database(location, get_connection(_ALIAS), asyncio.Semaphore(pool_size))
    try:
        await _connect(opened)
        _open.append(opened)
        yield opened
    finally:
        _open.clear()
        if opened.units:
            await asyncio.wait(opened.units)
        if opened.finder is not None:
            await opened.finder.finish()
        if opened.sqlite_writer is not None:
            await opened.sqlite_writer.close()
        if opened.sqlite_finder is not None:
            opened.sqlite_finder.close()
        await context.close_connections()


async def _connect(opened: Database) -> None:
    """Connect now, so that a wrong address stops the start instead of the first request."""
    if isinstance(opened.location, SqliteLocation):
        opened.location.path.parent.mkdir(parents=True, exist_ok=True)
        opened.sqlite_writer = await aiosqlite.connect(opened.location.path, isolation_level=None)
        opened.sqlite_writer.row_factory = sqlite3.Row
        for pragma, value in SQLITE_PRAGMAS.items():
            await opened.sqlite_writer.execute(f"PRAGMA {pragma}={value}")
        opened.sqlite_finder = sqlite3.connect(opened.location.path, timeout=0, isolation_level=None)
        opened.sqlite_finder.row_factory = sqlite3.Row
        opened.sqlite_finder.execute("PRAGMA query_only=ON")
    if isinstance(opened.client, PostgresqlClient):
        opened.finder = FindingTogether(opened.client)
    await rows("SELECT 1", [], opened.connection)


SQLITE_PRAGMAS: Final = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": _SQLITE_BUSY_TIMEOUT_MILLISECONDS,
}


def _engine(location: Location, pool_size: int, command_timeout_seconds: float) -> dict[str, Any]:
    if isinstance(location, SqliteLocation):
        return {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": str(location.path), **SQLITE_PRAGMAS},
        }
    return {
        "engine": "persistence.postgresql",
        "credentials": {
            "host": location.host,
            "port": location.port,
            "user": location.user,
            "password": location.password,
            "database": location.name,
            "minsize": 1,
            "maxsize": pool_size,
            "timeout": _CONNECT_PATIENCE_SECONDS,
            "command_timeout": command_timeout_seconds,
            "application_name": "mandaat",
            "reset": _nothing_to_reset,
            "server_settings": {
                "lock_timeout": f"{_LOCK_PATIENCE_SECONDS}s",
                "idle_in_transaction_session_timeout": f"{_IDLE_IN_TRANSACTION_SECONDS}s",
            },
            **({"ssl": location.ssl} if location.ssl else {}),
        },
    }


async def rows(sql: str, parameters: Sequence[Any] = (), connection: Connection | None = None) -> list[dict[str, Any]]:
    """Run one statement with `?` for each parameter and answer what it returns, also of `UPDATE … RETURNING`.

    Without *connection*: the transaction of the surrounding unit of work, else a connection of the pool. SQLite
    answers moments and days as text and truth as 0 and 1: `as_moment`, `as_day` and `bool` read both engines' form.
    """
    client, statement, values = _as_sent(sql, parameters, connection)
    return await client.execute_query_dict(statement, values)


async def records(sql: str, parameters: Sequence[Any] = (), connection: Connection | None = None) -> Sequence[Record]:
    """As `rows`, in the driver's own form, which costs nothing to make: for what answers many rows at a time."""
    client, statement, values = _as_sent(sql, parameters, connection)
    _, found = await client.execute_query(statement, values)
    return found


async def found_by_key(sql: str, parameters: Sequence[Any]) -> Sequence[Record]:
    """As `rows`, for a SELECT that finds a few rows by unique keys, outside of any unit of work.

    On SQLite in this thread: that takes microseconds, to hand it to another thread and back ten times as long. On
    PostgreSQL together with what else is asked at the same moment.
    """
    opened = current_database()
    if opened.sqlite_finder is not None:
        try:
            values = [value if type(value) is str else bound(value) for value in parameters]
            return opened.sqlite_finder.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            pass  # somebody has the file for himself; the other connections can wait
    if opened.finder is not None:
        return await opened.finder.found(sql, parameters)
    return await rows(sql, parameters, opened.connection)


def _as_sent(sql: str, parameters: Sequence[Any], connection: Connection | None) -> tuple[Any, str, list[Any]]:
    """Where a statement goes, its text and its values there; tortoise leaves the types of what comes back open."""
    chosen = connection or Connection(get_connection(_ALIAS), current_database().dialect)
    if chosen.dialect is Dialect.POSTGRESQL:
        return chosen.client, numbered(sql), list(parameters)
    return chosen.client, sql, [value if type(value) is str else bound(value) for value in parameters]


async def _nothing_to_reset(_connection: object) -> None:
    """Nobody changes the session of a pooled connection; asyncpg would ask to reset it after every statement."""


def bound(value: Any) -> Any:
    """A parameter as SQLite takes it: moments are text in UTC, so that text order is time order; days are text too."""
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else value


def moment_text(moment: datetime) -> str:
    """How SQLite keeps a moment."""
    return moment.astimezone(UTC).isoformat(" ")


def as_moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
