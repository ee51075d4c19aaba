"""Writing down a policy that waits for a second administrator: one proposes, another approves."""

from datetime import datetime

from domain.caller import Caller
from filing.policy_in_force import PolicyChange
from persistence.audit import AuditEntry, Outcome, append
from persistence.database import Connection
from persistence.models import PolicyProposalRow
from persistence.policy_proposals import add_proposal


async def propose(
    connection: Connection, change: PolicyChange, *, before: str, author: Caller, moment: datetime
) -> PolicyProposalRow:
    """Write the proposal and its audit entry, last in the current transaction; the policy in force stays."""
    proposal = await add_proposal(
        connection,
        version=change.table.version,
        base_version=before,
        policy=change.policy.removeprefix("\ufeff"),
        tests=change.tests,
        reason=change.reason,
        proposed_by=author.user_id,
        moment=moment,
    )
    entry = AuditEntry(
        at=moment,
        user_id=author.user_id,
        organisation_id=author.organisation_id,
        action=change.intention,
        object_kind="PolicyProposal",
        object_id=proposal.id,
        outcome=Outcome.DONE,
        policy_version=before,
        details={"proposed": change.table.version, "reason": change.reason, **change.details},
    )
    await append(connection, entry)
    return proposal
