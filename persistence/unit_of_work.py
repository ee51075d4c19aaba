"""The only way to write: a function that runs whole, in a transaction, in a task that its caller cannot cancel.

A caller that is cancelled at the wrong step would take a pooled connection with it, or leave SQLite locked for the
whole process. So every unit runs in a task of its own and its caller only waits; a caller that gives up does not know
whether the unit committed, which is what idempotency keys are for.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from domain.errors import DomainError
from persistence.database import Connection, Database, current_database, rows
from persistence.failures import TemporarilyUnavailable, broken_constraint, is_collision, is_outage
from persistence.location import Dialect
from persistence.transaction import transaction

Result = TypeVar("Result")

_PLACE_PATIENCE_SECONDS: Final = 5.0
_COLLISION_PATIENCE_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 0.25
_RETRIED_CONSTRAINTS: Final = frozenset({"idempotency_key"})
"""Broken by a twin of this request that committed first: the next attempt finds its answer."""


@dataclass(slots=True)
class _Running:
    ended: bool = False


_surrounding: ContextVar[_Running | None] = ContextVar("surrounding_unit_of_work", default=None)


async def unit_of_work(
    work: Callable[[Connection], Awaitable[Result]],
    *,
    refusals: Mapping[str, Callable[[], DomainError]] | None = None,
) -> Result:
    """Run *work* in one transaction and answer what it answers; whatever it raises rolls back and goes on.

    *work* may run more than once (another transaction was in the way), so it does nothing but read and write the
    database. *refusals* gives the domain error for a constraint, unique index or trigger by its name. Raises
    `TemporarilyUnavailable` when no place came free or the database stays locked or away.
    """
    if is_inside_unit_of_work():
        raise RuntimeError("a unit of work inside another: pass the connection on instead")
    database = current_database()
    await _take_place(database)
    task = asyncio.create_task(_attempts(database, work, refusals or {}))
    database.units.add(task)
    task.add_done_callback(database.units.discard)
    task.add_done_callback(lambda _: database.places.release())
    return await asyncio.shield(task)


def is_inside_unit_of_work() -> bool:
    """Whether the running task is, or was born in, a unit of work that has not ended."""
    running = _surrounding.get()
    return running is not None and not running.ended


async def _take_place(database: Database) -> None:
    try:
        async with asyncio.timeout(_PLACE_PATIENCE_SECONDS):
            await database.places.acquire()
    except TimeoutError as error:
        raise TemporarilyUnavailable from error


async def _attempts(
    database: Database,
    work: Callable[[Connection], Awaitable[Result]],
    refusals: Mapping[str, Callable[[], DomainError]],
) -> Result:
    running = _Running()
    _surrounding.set(running)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _COLLISION_PATIENCE_SECONDS
    pause = 0.01
    try:
        while True:
            try:
                async with transaction(database) as connection:
                    return await work(connection)
            except DomainError:
                raise
            except Exception as error:
                if not await _worth_another_attempt(database, error, refusals):
                    raise
                if loop.time() > deadline:
                    raise TemporarilyUnavailable from error
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads attempts, hides nothing
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
    finally:
        running.ended = True


async def _worth_another_attempt(
    database: Database, error: Exception, refusals: Mapping[str, Callable[[], DomainError]]
) -> bool:
    """Whether only another transaction was in the way; raises the domain error that *error* stands for, if any."""
    if is_collision(error):
        return True
    name = broken_constraint(error, await sqlite_unique_indexes(database))
    if name in _RETRIED_CONSTRAINTS:
        return True
    if name is not None and name in refusals:
        refusal = refusals[name]()
        raise refusal from error
    if is_outage(error):
        raise TemporarilyUnavailable from error
    return False


async def sqlite_unique_indexes(database: Database) -> Mapping[tuple[str, ...], str]:
    """Names of unique indexes by their columns (`table.column`), which is all that SQLite tells of a violation."""
    if database.dialect is not Dialect.SQLITE:
        return {}
    found: list[dict[str, Any]] = await rows(
        """
        SELECT i.name AS name, t.name || '.' || c.name AS indexed
        FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
        WHERE t.type = 'table' AND i."unique" = 1 AND i.origin = 'c'
        ORDER BY i.name, c.seqno
        """,
        connection=database.connection,
    )
    columns: dict[str, tuple[str, ...]] = {}
    for row in found:
        columns[row["name"]] = (*columns.get(row["name"], ()), row["indexed"])
    return {indexed: name for name, indexed in columns.items()}
