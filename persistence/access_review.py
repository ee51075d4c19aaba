"""Rights that nobody seems to need: role grants and mandates without a sign of use, and mandates that end soon.

A role is used when its holder did something for that organisation (the audit trail) or uploaded for it; a mandate when
the secretariat sent something for the convention. Reading leaves no sign here, so this is a list to ask about, not to
revoke from.
"""

from datetime import datetime, timedelta

from domain.months import Month, day_in_brussels
from persistence.database import rows
from persistence.models import MandateRow, RoleGrantRow


async def unused_role_grants(moment: datetime, *, days: int, limit: int) -> list[RoleGrantRow]:
    """Grants in force, given more than *days* ago, whose holder did nothing since; oldest first."""
    since, today = moment - timedelta(days=days), day_in_brussels(moment)
    found = await rows(
        """
        SELECT g.* FROM role_grant g
        WHERE g.revoked_at IS NULL AND g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until >= ?)
          AND g.granted_at < ?
          AND NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.organisation_id = g.organisation_id
            AND e.user_id = g.user_id AND e.outcome = 'DONE' AND e.at >= ?)
          AND NOT EXISTS (SELECT 1 FROM collective_file f WHERE f.sender_id = g.organisation_id
            AND f.uploaded_by = g.user_id AND f.received_at >= ?)
        ORDER BY g.granted_at, g.id LIMIT ?
        """,
        [today, today, since, since, since, limit],
    )
    return [RoleGrantRow(**row) for row in found]


async def unused_mandates(moment: datetime, *, days: int, limit: int) -> list[MandateRow]:
    """Mandates in force, given more than *days* ago, under which nothing was sent since; oldest first."""
    since, month = moment - timedelta(days=days), str(Month.at(moment))
    found = await rows(
        """
        SELECT m.* FROM mandate m
        WHERE m.revoked_at IS NULL AND m.first_month <= ? AND (m.last_month IS NULL OR m.last_month >= ?)
          AND m.granted_at < ?
          AND NOT EXISTS (SELECT 1 FROM collective_file f JOIN collective_file_part p ON p.collective_file_id = f.id
            WHERE f.sender_id = m.secretariat_id AND p.convention_id = m.convention_id AND f.received_at >= ?)
        ORDER BY m.granted_at, m.id LIMIT ?
        """,
        [month, month, since, since, limit],
    )
    return [MandateRow(**row) for row in found]


async def ending_mandates(moment: datetime, *, days: int, limit: int) -> list[MandateRow]:
    """Mandates in force whose last month ends within *days*; those that end first come first."""
    this, until = str(Month.at(moment)), str(Month.at(moment + timedelta(days=days)))
    found = await rows(
        "SELECT m.* FROM mandate m WHERE m.revoked_at IS NULL AND m.first_month <= ? AND m.last_month >= ?"
        " AND m.last_month < ? ORDER BY m.last_month, m.id LIMIT ?",
        [this, this, until, limit],
    )
    return [MandateRow(**row) for row in found]
