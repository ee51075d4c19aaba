"""Filling a database by the hundred thousand rows, as an operator who owns it could: COPY, or one SQLite transaction.

Triggers and indexes of a table are away while it is filled; everything else goes through the columns of the tables as
they are, so that a change of a migration shows here at once.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from persistence.database import bound
from persistence.location import SqliteLocation, read_location


@dataclass(frozen=True, slots=True)
class Filling:
    """Rows for one table; values as Python has them."""

    table: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[str | int | date | datetime | None]]


def fill(database_url: str, fillings: Iterable[Filling]) -> float:
    """Write all *fillings*, in their order; answers the seconds that it took."""
    begun = time.perf_counter()
    location = read_location(database_url)
    if isinstance(location, SqliteLocation):
        with contextlib.closing(sqlite3.connect(location.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            for filling in fillings:
                _fill_sqlite(connection, filling)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        for filling in fillings:
            asyncio.run(_fill_postgresql(database_url, filling))
    return time.perf_counter() - begun


def one_value(database_url: str, statement: str) -> Any:
    """The first column of the first row that *statement* answers."""
    location = read_location(database_url)
    if isinstance(location, SqliteLocation):
        with contextlib.closing(sqlite3.connect(location.path)) as connection:
            return connection.execute(statement).fetchone()[0]

    async def ask() -> Any:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def _fill_sqlite(connection: sqlite3.Connection, filling: Filling) -> None:
    connection.execute("BEGIN IMMEDIATE")
    away = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('trigger', 'index')"
        " AND sql IS NOT NULL ORDER BY type",
        [filling.table],
    ).fetchall()
    for kind, name, _ in away:
        connection.execute(f"DROP {kind} {name}")
    marks = ", ".join("?" * len(filling.columns))
    connection.executemany(
        f"INSERT INTO {filling.table} ({', '.join(filling.columns)}) VALUES ({marks})",
        ([bound(value) for value in row] for row in filling.rows),
    )
    for _, _, sql in away:
        connection.execute(sql)
    connection.execute("COMMIT")


async def _fill_postgresql(database_url: str, filling: Filling) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        # A replica fires no triggers and checks no foreign keys.
        await connection.execute("SET session_replication_role = replica")
        await connection.copy_records_to_table(filling.table, records=filling.rows, columns=list(filling.columns))
        await connection.execute(f"ANALYZE {filling.table}")
    finally:
        await connection.close()
