"""The audit trail: one entry for each act, in the transaction of the act, chained so that no entry can change unseen.

The hash of an entry covers its values and the hash before it. The series of sequence numbers is locked from the moment
that an entry takes its number until its transaction ends, so that sequence is the order of commits, without gaps.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from persistence.database import Connection, as_moment, rows
from persistence.number_series import reserve

SERIES: Final = "audit_entry"
NOTHING_BEFORE: Final = "0" * 64
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


async def verify_chain(connection: Connection | None = None) -> ChainCheck:
    """Read the whole chain and compute it anew; entries cut off at the end count as bad too."""
    series = await rows("SELECT next_number FROM number_series WHERE name = ?", [SERIES], connection)
    promised = int(series[0]["next_number"]) - 1 if series else 0
    sequence, previous_hash = 0, NOTHING_BEFORE
    while found := await rows(
        f"SELECT * FROM audit_entry WHERE sequence > ? ORDER BY sequence LIMIT {_STEP}", [sequence], connection
    ):
        for row in found:
            whole = row["sequence"] == sequence + 1 and row["previous_hash"] == previous_hash
            if not whole or row["hash"] != _hash(row):
                return ChainCheck(sequence, sequence + 1)
            sequence, previous_hash = row["sequence"], row["hash"]
    return ChainCheck(sequence, sequence + 1 if sequence < promised else None)


def _hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the values in one spelling: JSON with sorted names, moments in UTC to the microsecond."""
    values = {name: value for name, value in row.items() if name != "hash"}
    values["at"] = as_moment(values["at"]).astimezone(UTC).isoformat(timespec="microseconds")
    values["details"] = json.loads(values["details"])
    spelled = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
