"""Migrating an SQLite file: a lock file beside it, a copy before every change, foreign keys off while tables move.

With foreign keys on, rebuilding a parent table deletes its children without a word; they are off for the steps and the
whole file is checked before a step is committed.
"""

import asyncio
import contextlib
import fcntl
import re
import sqlite3
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from persistence.migration_steps import LEDGER, Migration, MigrationRefused, compare, missing

_WAIT_FOR_WRITERS_SECONDS = 30.0


async def migrate(path: Path, steps: Sequence[Migration]) -> list[str]:
    return await asyncio.to_thread(_migrate, path, steps)


async def ledger_of(path: Path) -> list[tuple[str, str]]:
    return await asyncio.to_thread(_ledger_of, path)


def _migrate(path: Path, steps: Sequence[Migration]) -> list[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path), contextlib.closing(_connect(path)) as connection:
        ledger = _read_ledger(connection)
        to_apply = missing(steps, ledger)
        if to_apply and ledger:
            _keep_a_copy(connection, path, before=to_apply[0].name)
        for step in to_apply:
            _apply(connection, step)
        compare(_catalogue_from_nothing(steps), _catalogue(connection))
        return [step.name for step in to_apply]


def _ledger_of(path: Path) -> list[tuple[str, str]]:
    if not path.exists():
        return []
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return _read_ledger(connection)


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    """Wait until no other process migrates this file; a lock of a killed process ends with it."""
    with path.with_name(f"{path.name}.migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_FOR_WRITERS_SECONDS)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def _read_ledger(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [LEDGER]).fetchone()
    return connection.execute(f"SELECT name, sha256 FROM {LEDGER} ORDER BY name").fetchall() if known else []


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    try:
        # executescript commits what is open before it starts, so the script begins its own transaction.
        connection.executescript(f"BEGIN IMMEDIATE;\n{step.sql}")
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {LEDGER} "
            "(name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL)"
        )
        connection.execute(
            f"INSERT INTO {LEDGER} VALUES (?, ?, ?)", [step.name, step.sha256, datetime.now(UTC).isoformat(" ")]
        )
        _refuse_orphans(connection, step)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_orphans(connection: sqlite3.Connection, step: Migration) -> None:
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise MigrationRefused(f"after migration {step.name}, rows of {orphans[0][0]} point at nothing")


def _keep_a_copy(connection: sqlite3.Connection, path: Path, *, before: str) -> None:
    """Copy the whole database beside itself; never over an earlier copy."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    unfinished = path.with_name(f"{path.name}.before-{before}-{moment}.unfinished")
    with contextlib.closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.rename(unfinished.with_suffix(""))


def _catalogue_from_nothing(steps: Sequence[Migration]) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in steps:
            connection.executescript(step.sql)
        return _catalogue(connection)


def _catalogue(connection: sqlite3.Connection) -> dict[str, str]:
    """Definition of every table, index and trigger; a table's holds its columns and checks."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {f"{kind} {name}": re.sub(r"\s+", " ", sql) for kind, name, sql in found}
