"""Everybody who holds a role today, with how his organisation stands: what the effect of a policy is counted on."""

from dataclasses import dataclass
from datetime import datetime

from domain.months import Month, day_in_brussels
from domain.vocabulary import OrganisationKind, Role
from persistence.database import rows


@dataclass(frozen=True, slots=True)
class Footing:
    """The roles of a person in one organisation, and how that stands to any convention at all.

    *holds_upload* is a mandate that has begun, of either level; *holds_submit* one of level SUBMIT.
    """

    roles: frozenset[Role]
    kind: OrganisationKind
    is_blocked: bool
    is_admitted: bool
    owns: bool
    holds_upload: bool
    holds_submit: bool


@dataclass(frozen=True, slots=True)
class RoleHolder:
    user_id: str
    footings: frozenset[Footing]
    """How he stands in the organisations in which he holds a role; those where he stands alike are one."""

    places: tuple[tuple[str, Footing], ...] = ()
    """The id of each organisation in which he holds a role, with how he stands there."""


async def role_holders(moment: datetime) -> list[RoleHolder]:
    """Every person with a role in force at *moment*; one query."""
    today, month = day_in_brussels(moment), str(Month.at(moment))
    mandate = (
        "EXISTS (SELECT 1 FROM mandate m WHERE m.secretariat_id = o.id AND m.revoked_at IS NULL"
        " AND m.first_month <= ? AND m.level IN ({levels}))"
    )
    found = await rows(
        f"""
        WITH standing AS (
          SELECT o.id, o.kind,
            CASE WHEN o.blocked_since IS NULL THEN 0 ELSE 1 END AS is_blocked,
            CASE WHEN EXISTS (SELECT 1 FROM admission a WHERE a.organisation_id = o.id
              AND a.suspended_at IS NULL AND a.admitted_from <= ?) THEN 1 ELSE 0 END AS is_admitted,
            CASE WHEN EXISTS (SELECT 1 FROM convention c WHERE c.promotor_id = o.id) THEN 1 ELSE 0 END AS owns,
            CASE WHEN {mandate.format(levels="'UPLOAD', 'SUBMIT'")} THEN 1 ELSE 0 END AS holds_upload,
            CASE WHEN {mandate.format(levels="'SUBMIT'")} THEN 1 ELSE 0 END AS holds_submit
          FROM organisation o
        )
        SELECT DISTINCT g.user_id, g.role, standing.*
        FROM role_grant g JOIN standing ON standing.id = g.organisation_id
        WHERE g.revoked_at IS NULL AND g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until >= ?)
        """,
        [today, month, month, today, today],
    )
    roles: dict[tuple[str, str], set[Role]] = {}
    standing = {row["id"]: row for row in found}
    for row in found:
        roles.setdefault((row["user_id"], row["id"]), set()).add(Role(row["role"]))
    places: dict[str, list[tuple[str, Footing]]] = {}
    for (user_id, organisation_id), held in roles.items():
        row = standing[organisation_id]
        places.setdefault(user_id, []).append(
            (
                organisation_id,
                Footing(
                    roles=frozenset(held),
                    kind=OrganisationKind(row["kind"]),
                    is_blocked=bool(row["is_blocked"]),
                    is_admitted=bool(row["is_admitted"]),
                    owns=bool(row["owns"]),
                    holds_upload=bool(row["holds_upload"]),
                    holds_submit=bool(row["holds_submit"]),
                ),
            )
        )
    return [
        RoleHolder(user_id, frozenset(footing for _, footing in held), tuple(held)) for user_id, held in places.items()
    ]
