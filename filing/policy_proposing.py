"""Writing down a policy that waits for a second administrator: one proposes, another approves."""

from datetime import datetime

from domain.caller import Caller
from filing.policy_in_force import PolicyChange
from persistence.audit import AuditEntry, Outcome, append
from persistence.database import Connection
from persistence.models import PolicyProposalRow
from persistence.policy_proposals import add_proposal, answer_for


async def propose(
    connection: Connection, change: PolicyChange, *, before: str, author: Caller | None, moment: datetime
) -> PolicyProposalRow:
    """Write the proposal and its audit entry, last in the current transaction; the policy in force stays.

    Without *author* it comes from the file on disk, and nobody answers for it yet.
    """
    proposal = await add_proposal(
        connection,
        version=change.table.version,
        base_version=before,
        policy=change.policy.removeprefix("\ufeff"),
        tests=change.tests,
        reason=change.reason,
        proposed_by=author.user_id if author else None,
        moment=moment,
    )
    await _record(connection, change, proposal.id, before=before, author=author, moment=moment)
    return proposal


async def vouch(
    connection: Connection,
    change: PolicyChange,
    proposal: PolicyProposalRow,
    *,
    before: str,
    author: Caller,
    moment: datetime,
) -> PolicyProposalRow:
    """Make *author* the one who answers for a proposal of the file on disk, so that another one can approve it."""
    await answer_for(connection, proposal.id, proposed_by=author.user_id, reason=change.reason)
    await _record(connection, change, proposal.id, before=before, author=author, moment=moment)
    proposal.proposed_by, proposal.reason = author.user_id, change.reason
    return proposal


async def _record(
    connection: Connection,
    change: PolicyChange,
    proposal_id: str,
    *,
    before: str,
    author: Caller | None,
    moment: datetime,
) -> None:
    entry = AuditEntry(
        at=moment,
        user_id=author.user_id if author else None,
        organisation_id=author.organisation_id if author else None,
        action=change.intention,
        object_kind="PolicyProposal",
        object_id=proposal_id,
        outcome=Outcome.DONE,
        policy_version=before,
        details={"proposed": change.table.version, "reason": change.reason, **change.details},
    )
    await append(connection, entry)
