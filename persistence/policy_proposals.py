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
    proposed_by: str,
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


async def waiting_proposals(base_version: str) -> list[PolicyProposalRow]:
    """Those that can still be approved while *base_version* is in force, newest first."""
    query = PolicyProposalRow.filter(base_version=base_version, approved_by=None)
    return await query.order_by("-proposed_at", "-id")


async def approve(connection: Connection, proposal_id: str, *, approved_by: str, moment: datetime) -> None:
    """Once; a constraint keeps who proposed it from approving it."""
    await rows(
        "UPDATE policy_proposal SET approved_by = ?, approved_at = ? WHERE id = ? AND approved_by IS NULL",
        [approved_by, moment, proposal_id],
        connection,
    )
