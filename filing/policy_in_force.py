"""The policy that decides: its table in this process, and the accepted versions in the database that it must follow.

Every query that reads pairs also says which version is in force. A process whose table is another one loads that
version before it decides, so that a tightened policy takes effect on every worker at its next decision, without a
cache to expire.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from authz.decision_table import DecisionTable, load_decision_table
from authz.difference import difference
from domain.caller import Caller
from persistence.audit import AuditEntry, Detail, Outcome, append
from persistence.database import Connection
from persistence.policies import (
    accepted_policy,
    add_policy,
    latest_policy_sequence,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A policy version in this process: its number in the history and its compiled table."""

    sequence: int
    table: DecisionTable


class PolicyInForce:
    """Holds one reference to the table in force; swapping it is one assignment, so that a decision never sees half."""

    def __init__(self, model: str, accepted: Accepted) -> None:
        self.model = model
        self._accepted = accepted
        self._loading = asyncio.Lock()

    @property
    def sequence(self) -> int:
        return self._accepted.sequence

    async def table(self) -> DecisionTable:
        """The table of the latest accepted version."""
        return await self.table_of(await latest_policy_sequence() or self._accepted.sequence, None)

    async def table_of(self, sequence: int, connection: Connection | None) -> DecisionTable:
        """The table of version *sequence*, which becomes the one in this process when it is newer."""
        accepted = self._accepted
        if sequence == accepted.sequence:
            return accepted.table
        async with self._loading:
            if sequence != self._accepted.sequence:
                policy = await accepted_policy(sequence, connection)
                loaded = Accepted(sequence, await compile_policy(policy.encode(), self.model))
                log.info("policy_loaded", sequence=sequence, version=loaded.table.version)
                if sequence < self._accepted.sequence:
                    return loaded.table
                self._accepted = loaded
            return self._accepted.table


async def compile_policy(policy: bytes, model: str) -> DecisionTable:
    """Read, check and compile a policy; in a thread, because casbin is asked once for every cell.

    Raises `PolicyRefused` with every fault and its line.
    """
    return await asyncio.to_thread(load_decision_table, policy, model)


def encoded(policy: str) -> bytes:
    """The bytes that the strict reader judges; half a character pair, which JSON can hold, is for it to refuse."""
    return policy.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A policy to put in force, checked and compiled; *intention* is the mutation by which the trail knows it."""

    intention: str
    policy: str
    table: DecisionTable
    reason: str
    details: Mapping[str, Detail] = field(default_factory=dict[str, Detail])
    tests: str | None = None


async def put_in_force(
    connection: Connection, change: PolicyChange, *, before: DecisionTable, author: Caller | None, moment: datetime
) -> int:
    """Write the new version and its audit entry, last in the current transaction; answers its sequence.

    *before* is the table that was in force; what changes against it is kept with the version. Nothing may ask for the
    table in force afterwards in this transaction: a process must never decide by a version that is not committed.
    """
    sequence = await add_policy(
        connection,
        version=change.table.version,
        policy=change.policy.removeprefix("\ufeff"),
        author_id=author.user_id if author else None,
        reason=change.reason,
        moment=moment,
        tests=change.tests,
        changes="\n".join(difference(before, change.table).lines),
    )
    entry = AuditEntry(
        at=moment,
        user_id=author.user_id if author else None,
        organisation_id=author.organisation_id if author else None,
        action=change.intention,
        object_kind="Policy",
        object_id=str(sequence),
        outcome=Outcome.DONE,
        policy_version=before.version,
        details={"version": change.table.version, "reason": change.reason, **change.details},
    )
    await append(connection, entry)
    return sequence


async def in_database(sequence: int, model: str, connection: Connection | None) -> DecisionTable:
    """The table of a version of the history; raises `PolicyRefused` when this program does not accept it any more."""
    return await compile_policy((await accepted_policy(sequence, connection)).encode(), model)
