"""The policy that decides: its table in this process, and the accepted versions in the database that it must follow.

Every query that reads pairs also says which version is in force. A process whose table is another one loads that
version before it decides, so that a tightened policy takes effect on every worker at its next decision, without a
cache to expire.
"""

import asyncio
from dataclasses import dataclass

import structlog

from authz.decision_table import DecisionTable, load_decision_table
from domain.months import Clock
from persistence.database import Connection
from persistence.policies import accepted_policy, add_policy, latest_policy_sequence, policy_with_version
from persistence.unit_of_work import unit_of_work

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


async def policy_at_start(policy: bytes, model: str, clock: Clock) -> PolicyInForce:
    """Take the policy file into force, or the version in the database when the file is a stale copy of an older one.

    An edited file becomes a new version in the history. Raises `PolicyRefused` when the file is not acceptable: a
    server with a bad policy does not start.
    """
    table = await compile_policy(policy, model)
    latest = await latest_policy_sequence()
    known = await policy_with_version(table.version)
    if known is not None and latest is not None:
        if known != latest:
            log.warning("policy_file_is_stale", file=known, in_force=latest)
            stored = await accepted_policy(latest, None)
            return PolicyInForce(model, Accepted(latest, await compile_policy(stored.encode(), model)))
        return PolicyInForce(model, Accepted(latest, table))

    async def add(connection: Connection) -> int:
        return await add_policy(
            connection,
            version=table.version,
            policy=policy.decode("utf-8-sig"),
            author_id=None,
            reason="policy file at start",
            moment=clock(),
        )

    return PolicyInForce(model, Accepted(await unit_of_work(add), table))
