"""One transaction of either engine, entered and left so that a failure at any step gives its connection back.

Only `persistence.unit_of_work` opens one: in a task that nobody cancels. Tortoise's own context manager leaves a pooled
connection behind when BEGIN fails, and begins SQLite transactions that fail as soon as they write after another writer.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from tortoise.backends.asyncpg.client import TransactionWrapper as PostgresqlTransaction
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.backends.sqlite.client import SqliteTransactionWrapper as SqliteTransaction
from tortoise.connection import get_connections

from persistence.database import Connection, Database
from persistence.postgresql import PostgresqlClient

_CONNECTION_PATIENCE_SECONDS: Final = 5.0


@asynccontextmanager
async def transaction(database: Database) -> AsyncGenerator[Connection]:
    """Commit at the end of the block, roll back when it raises; models find the transaction by themselves."""
    client = database.client
    if isinstance(client, SqliteClient):
        async with _sqlite(database, client) as connection:
            yield connection
    elif isinstance(client, PostgresqlClient):
        async with _postgresql(database, client) as connection:
            yield connection
    else:
        raise TypeError(f"no transactions on {type(client).__name__}")


@asynccontextmanager
async def _sqlite(database: Database, client: SqliteClient) -> AsyncGenerator[Connection]:
    writer = database.sqlite_writer
    if writer is None:
        raise RuntimeError("the connection that writes to SQLite is not open")
    wrapper = SqliteTransaction(client)
    wrapper._connection = writer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - not the one that reads
    async with database.sqlite_writer_lock:
        await writer.execute("BEGIN IMMEDIATE")
        try:
            async with _in_use(wrapper):
                yield Connection(wrapper, database.dialect)
            await writer.execute("COMMIT")
        except BaseException:
            # A full disk rolls back by itself; a second ROLLBACK would hide the cause.
            if writer.in_transaction:
                await writer.execute("ROLLBACK")
            raise


@asynccontextmanager
async def _postgresql(database: Database, client: PostgresqlClient) -> AsyncGenerator[Connection]:
    wrapper = PostgresqlTransaction(client)
    async with client.borrowed(patience_seconds=_CONNECTION_PATIENCE_SECONDS) as pooled:
        wrapper._connection = pooled  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        async with pooled.transaction(), _in_use(wrapper):
            yield Connection(wrapper, database.dialect)


@asynccontextmanager
async def _in_use(wrapper: SqliteTransaction | PostgresqlTransaction) -> AsyncGenerator[None]:
    token = get_connections().set(wrapper.connection_name, wrapper)
    try:
        yield
    finally:
        get_connections().reset(token)
        # A task born in the block and still running has this wrapper: it must not write into the next transaction.
        wrapper._connection = cast("Any", _Ended())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above


class _Ended:
    """Stands where the connection of an ended transaction was."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("this unit of work has ended: a task that outlives it needs a unit of its own")
