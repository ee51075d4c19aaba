"""Migrating PostgreSQL: one advisory lock, and a catalogue made from nothing in a schema that is rolled back."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import asyncpg

from persistence.location import PostgresqlLocation
from persistence.migration_steps import LEDGER, Migration, compare, missing

_LOCK = 4_607_182_418_800_017_408
"""Any number that no other program uses for an advisory lock of this database."""
_SCRATCH = "mandaat_catalogue_check"

_CATALOGUE = """
WITH tables AS (
    SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
)
SELECT 'column ' || t.relname || '.' || a.attname AS name,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS definition
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint ' || t.relname || '.' || c.conname, pg_get_constraintdef(c.oid)
FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid
UNION ALL
SELECT 'index ' || i.relname, pg_get_indexdef(i.oid)
FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT 'trigger ' || t.relname || '.' || g.tgname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
UNION ALL
SELECT 'function ' || p.proname, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prokind = 'f'
"""


async def migrate(location: PostgresqlLocation, steps: Sequence[Migration]) -> list[str]:
    async with _connected(location) as connection:
        # Held by the session: a killed process gives it back.
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        to_apply = missing(steps, await _read_ledger(connection))
        for step in to_apply:
            await _apply(connection, step)
        compare(await _catalogue_from_nothing(connection, steps), await _catalogue(connection, "current_schema"))
        return [step.name for step in to_apply]


async def ledger_of(location: PostgresqlLocation) -> list[tuple[str, str]]:
    async with _connected(location) as connection:
        return await _read_ledger(connection)


@contextlib.asynccontextmanager
async def _connected(location: PostgresqlLocation) -> AsyncGenerator[Any]:
    connection: Any = await asyncpg.connect(
        host=location.host,
        port=location.port,
        user=location.user,
        password=location.password,
        database=location.name,
        ssl=location.ssl,
    )
    try:
        yield connection
    finally:
        await connection.close()


async def _read_ledger(connection: Any) -> list[tuple[str, str]]:
    if await connection.fetchval("SELECT to_regclass($1)", LEDGER) is None:
        return []
    return [
        tuple(row) for row in await connection.fetch(f'SELECT name, sha256 FROM {LEDGER} ORDER BY name COLLATE "C"')
    ]


async def _apply(connection: Any, step: Migration) -> None:
    async with connection.transaction():
        await connection.execute(step.sql)
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {LEDGER} "
            "(name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
        )
        await connection.execute(f"INSERT INTO {LEDGER} VALUES ($1, $2, now())", step.name, step.sha256)


async def _catalogue_from_nothing(connection: Any, steps: Sequence[Migration]) -> dict[str, str]:
    scratch = connection.transaction()
    await scratch.start()
    try:
        await connection.execute(f"CREATE SCHEMA {_SCRATCH}; SET LOCAL search_path TO {_SCRATCH}")
        for step in steps:
            await connection.execute(step.sql)
        return await _catalogue(connection, _SCRATCH)
    finally:
        await scratch.rollback()


async def _catalogue(connection: Any, schema: str) -> dict[str, str]:
    """Definition of every column, constraint, index, trigger and function of a schema, without the schema's name."""
    if schema == "current_schema":
        schema = await connection.fetchval("SELECT current_schema()")
    found = await connection.fetch(_CATALOGUE, schema)
    return {row["name"]: row["definition"].replace(f"{schema}.", "") for row in found}
