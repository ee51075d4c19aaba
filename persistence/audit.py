"""The audit trail: one entry for each act, in the transaction of the act, chained so that no entry can change unseen.

The hash of an entry covers its values and the hash before it. The series of sequence numbers is locked from the moment
that an entry takes its number until its transaction ends, so that sequence is the order of commits, without gaps.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from tortoise.exceptions import BaseORMException

from persistence.database import Connection, as_moment, rows
from persistence.failures import is_damage
from persistence.file_readings import READING, indexed_between
from persistence.number_series import reserve

SERIES: Final = "audit_entry"
NOTHING_BEFORE: Final = "0" * 64
NOTHING_READ: Final = frozenset[str]()
_STEP: Final = 1000

Detail = str | int | bool | None | Sequence[str]


class Outcome(StrEnum):
    DONE = "DONE"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did or tried what, for whom, on what; *details* hold values that matter, never an INSZ."""

    at: datetime
    user_id: str | None
    organisation_id: str | None
    action: str
    object_kind: str
    object_id: str | None
    outcome: Outcome
    policy_version: str
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its sequence, hash and moment; kept elsewhere, it shows later that nothing was cut off."""

    sequence: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """How many entries were read, and the sequence of the first that is not what was written; none when all are."""

    entries: int
    first_bad: int | None


async def append(connection: Connection, entry: AuditEntry) -> int:
    """Write *entry* at the end of the chain, in the current transaction; answers its sequence."""
    sequence = await reserve(connection, SERIES, 1)
    before = await rows("SELECT hash FROM audit_entry WHERE sequence = ?", [sequence - 1], connection)
    previous_hash: str = before[0]["hash"] if before else NOTHING_BEFORE
    details = json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True, default=list)
    values: dict[str, Any] = {
        "sequence": sequence,
        "at": entry.at.astimezone(UTC),
        "user_id": entry.user_id,
        "organisation_id": entry.organisation_id,
        "action": str(entry.action),
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "outcome": str(entry.outcome),
        "policy_version": entry.policy_version,
        "details": details,
        "previous_hash": previous_hash,
    }
    values["hash"] = _hash(values)
    columns = ", ".join(values)
    await rows(
        f"INSERT INTO audit_entry ({columns}) VALUES ({', '.join('?' * len(values))})", [*values.values()], connection
    )
    return sequence


async def head_of_chain(connection: Connection | None = None) -> Head | None:
    """The newest entry; none while there is none."""
    found = await rows("SELECT sequence, hash, at FROM audit_entry ORDER BY sequence DESC LIMIT 1", [], connection)
    return Head(found[0]["sequence"], found[0]["hash"], as_moment(found[0]["at"])) if found else None


async def verify_chain(connection: Connection | None = None, *, anchor: Head | None = None) -> ChainCheck:
    """Read the whole chain and compute it anew; entries cut off at the end count as bad too.

    *anchor*: a head of earlier, which must still be in the chain. The index of who read what must say what the chain
    says.
    """
    series = await rows("SELECT next_number FROM number_series WHERE name = ?", [SERIES], connection)
    promised = int(series[0]["next_number"]) - 1 if series else 0
    sequence, previous_hash = 0, NOTHING_BEFORE
    while (found := await _entries_after(sequence, connection)) is None or found:
        if found is None:
            return ChainCheck(sequence, sequence + 1)
        indexed = await indexed_between(found[0]["sequence"], found[-1]["sequence"], connection)
        for row in found:
            follows = row["sequence"] == sequence + 1 and row["previous_hash"] == previous_hash
            if not follows or not _is_what_was_written(row, indexed.get(row["sequence"], NOTHING_READ)):
                return ChainCheck(sequence, sequence + 1)
            if anchor is not None and row["sequence"] == anchor.sequence and row["hash"] != anchor.hash:
                return ChainCheck(sequence, sequence + 1)
            sequence, previous_hash = row["sequence"], row["hash"]
    promised = max(promised, anchor.sequence if anchor else 0)
    return ChainCheck(sequence, sequence + 1 if sequence < promised else None)


async def _entries_after(sequence: int, connection: Connection | None) -> list[dict[str, Any]] | None:
    """The next entries, as many as can be read; none at all (`None`) when the very next one cannot."""
    for limit in (_STEP, 1):
        try:
            return await rows(
                f"SELECT * FROM audit_entry WHERE sequence > ? ORDER BY sequence LIMIT {limit}", [sequence], connection
            )
        except (BaseORMException, sqlite3.DatabaseError) as error:
            if not is_damage(error):
                raise
    return None


def _is_what_was_written(row: Mapping[str, Any], indexed: frozenset[str]) -> bool:
    try:
        read = frozenset(json.loads(row["details"])["files"]) if row["action"] == READING else NOTHING_READ
        return row["hash"] == _hash(row) and read == indexed
    except (ValueError, TypeError, KeyError):
        return False  # a moment or details that cannot even be read


def _hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the values in one spelling: JSON with sorted names, moments in UTC to the microsecond."""
    values = {name: value for name, value in row.items() if name != "hash"}
    values["at"] = as_moment(values["at"]).astimezone(UTC).isoformat(timespec="microseconds")
    values["details"] = json.loads(values["details"])
    spelled = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
