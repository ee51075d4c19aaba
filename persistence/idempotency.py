"""Keys of requests that were answered, so that a retry gets the same answer and nothing happens twice.

Look up first and remember last, in the unit of work of the act itself. Of two at once the second breaks the index
`idempotency_key`; its unit of work then runs again and finds the answer of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from domain.errors import IdempotencyKeyReused
from persistence.database import Connection, rows
from persistence.placeholders import a_list


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key with what it was used for; *request_sha256* covers everything that makes two requests differ."""

    organisation_id: str
    user_id: str
    key: str
    operation: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first request led to: the kind and the id of the thing."""

    kind: str
    id: str


async def answered(key: IdempotencyKey, connection: Connection | None = None) -> Answered | None:
    """The answer that this very request got, if it got one; raises `IdempotencyKeyReused` for another request."""
    found = await rows(
        "SELECT operation, request_sha256, result_kind, result_id FROM idempotency"
        " WHERE organisation_id = ? AND user_id = ? AND key = ?",
        [key.organisation_id, key.user_id, key.key],
        connection,
    )
    if not found:
        return None
    if (found[0]["operation"], found[0]["request_sha256"]) != (key.operation, key.request_sha256):
        raise IdempotencyKeyReused
    return Answered(found[0]["result_kind"], found[0]["result_id"])


async def remember(connection: Connection, key: IdempotencyKey, answer: Answered, moment: datetime) -> None:
    await rows(
        "INSERT INTO idempotency (id, organisation_id, user_id, key, operation, request_sha256, result_kind, result_id,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            str(uuid7()),
            key.organisation_id,
            key.user_id,
            key.key,
            key.operation,
            key.request_sha256,
            answer.kind,
            answer.id,
            moment,
        ],
        connection,
    )


async def forget_keys_before(connection: Connection, moment: datetime, *, except_of: Sequence[str]) -> int:
    """Forget keys answered before *moment*, but never those of the operations *except_of*; answers how many."""
    found = await rows(
        f"DELETE FROM idempotency WHERE created_at < ? AND operation NOT IN {a_list(len(except_of))} RETURNING id",
        [moment, *except_of],
        connection,
    )
    return len(found)
