"""What the engines' errors mean: a broken constraint and its name, a collision worth another attempt, or an outage."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import ClassVar

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError

from domain.errors import DomainError

_BUSY = 5
_LOCKED = 6
_COLLISIONS = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_OUTAGES = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    # What asyncpg makes of a statement for a connection that the server is ending at this moment.
    asyncpg.InternalClientError,
    DBConnectionError,
    OSError,
    TimeoutError,
)
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")


class TemporarilyUnavailable(DomainError):
    """The database is busy or away; the same request may succeed a little later.

    What was asked has not been done, or, when the connection broke while committing, may have been done once: the
    caller repeats it with the same idempotency key.
    """

    code: ClassVar[str] = "TEMPORARILY_UNAVAILABLE"


def is_collision(error: BaseException) -> bool:
    """Whether another transaction was in the way and nothing was written."""
    for cause in _causes(error):
        if isinstance(cause, _COLLISIONS):
            return True
        if isinstance(cause, sqlite3.OperationalError):
            return cause.sqlite_errorcode & 0xFF in {_BUSY, _LOCKED}
    return False


def is_damage(error: BaseException) -> bool:
    """Whether what is stored cannot be read as what it should be: bytes on the disk have changed (SQLite)."""
    for cause in _causes(error):
        if isinstance(cause, sqlite3.DatabaseError):
            code = getattr(cause, "sqlite_errorcode", None)
            # Text that is not UTF-8 any more is told by the driver, without a code.
            return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in str(cause)
    return False


def is_outage(error: BaseException) -> bool:
    """Whether the server, its network or its disk is away or too slow."""
    # What asyncpg cannot send, a text that is not UTF-8 for one, is told as an error of its interface too.
    return any(isinstance(cause, _OUTAGES) and not isinstance(cause, ValueError) for cause in _causes(error))


def broken_constraint(error: BaseException, sqlite_unique_indexes: Mapping[tuple[str, ...], str]) -> str | None:
    """The name of the constraint, unique index or trigger that refused; the same on both engines.

    SQLite names the columns of a unique index, `table.column`, so those are looked up. None for anything else.
    """
    for cause in _causes(error):
        if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
            return cause.constraint_name
        if isinstance(cause, sqlite3.IntegrityError):
            return _sqlite_constraint(str(cause), sqlite_unique_indexes)
    return None


def _sqlite_constraint(message: str, unique_indexes: Mapping[tuple[str, ...], str]) -> str | None:
    if match := _SQLITE_UNIQUE.fullmatch(message):
        columns = tuple(match["columns"].split(", "))
        return unique_indexes.get(columns, f"{columns[0].split('.')[0]}_pkey")
    if match := _SQLITE_CHECK.match(message):
        return match["name"]
    # RAISE(ABORT, 'name') of a trigger is the whole message.
    return message if re.fullmatch(r"\w+", message) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and, for tortoise's wrappers, the engine's error inside it."""
    yield error
    if isinstance(error, BaseORMException):
        yield from (argument for argument in error.args if isinstance(argument, BaseException))
