"""Policies that wait for a second administrator."""

from datetime import datetime

from uuid_utils.compat import uuid7

from persistence.database import Connection, rows
from persistence.models import PolicyProposalRow


async def add_proposal(
    connection: Connection,
    *,
    version: str,
    base_version: str,
    policy: str,
    tests: str | None,
    reason: str,
    proposed_by: str | None,
    moment: datetime,
) -> PolicyProposalRow:
    return await PolicyProposalRow.create(
        using_db=connection.client,
        id=str(uuid7()),
        version=version,
        base_version=base_version,
        policy=policy,
        tests=tests,
        reason=reason,
        proposed_by=proposed_by,
        proposed_at=moment,
    )


async def proposal_with(proposal_id: str, connection: Connection | None = None) -> PolicyProposalRow | None:
    found = await rows("SELECT * FROM policy_proposal WHERE id = ?", [proposal_id], connection)
    return PolicyProposalRow(**found[0]) if found else None


async def waiting_proposals(base_version: str, connection: Connection | None = None) -> list[PolicyProposalRow]:
    """Those that can still be approved while *base_version* is in force, newest first."""
    found = await rows(
        "SELECT * FROM policy_proposal WHERE base_version = ? AND approved_by IS NULL"
        " ORDER BY proposed_at DESC, id DESC",
        [base_version],
        connection,
    )
    return [PolicyProposalRow(**row) for row in found]


async def drop_those_from_file(connection: Connection, base_version: str) -> None:
    """Forget what the file said before its latest edit, as long as nobody answers for it; the audit trail keeps it."""
    await rows(
        "DELETE FROM policy_proposal WHERE base_version = ? AND proposed_by IS NULL AND approved_by IS NULL",
        [base_version],
        connection,
    )


async def answer_for(connection: Connection, proposal_id: str, *, proposed_by: str, reason: str) -> None:
    """Give a proposal that came from the file its first administrator."""
    await rows(
        "UPDATE policy_proposal SET proposed_by = ?, reason = ? WHERE id = ? AND proposed_by IS NULL",
        [proposed_by, reason, proposal_id],
        connection,
    )


async def approve(connection: Connection, proposal_id: str, *, approved_by: str, moment: datetime) -> None:
    """Once; a constraint keeps who proposed it from approving it."""
    await rows(
        "UPDATE policy_proposal SET approved_by = ?, approved_at = ? WHERE id = ? AND approved_by IS NULL",
        [approved_by, moment, proposal_id],
        connection,
    )
