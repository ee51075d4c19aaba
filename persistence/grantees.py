"""Everybody who stands in some relation to one convention now, with the pairs that each of them holds; one query."""

from dataclasses import dataclass
from datetime import datetime

from domain.decisions import Pair
from domain.months import Month, day_in_brussels
from domain.vocabulary import OrganisationKind, Role
from persistence.database import rows
from persistence.standing import Asked, relations_in


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """A person who holds a role today in an organisation that is related to the convention, or in the department."""

    user_id: str
    organisation_id: str
    organisation_kind: OrganisationKind
    pairs: frozenset[Pair]


async def stakeholders_of(convention_id: str, moment: datetime) -> list[Stakeholder]:
    """By name of organisation, then of person. The same pairs as `standing_on_conventions` gives each of them."""
    today = day_in_brussels(moment)
    found = await rows(
        """
        SELECT o.id AS organisation_id, o.kind, g.user_id, g.role,
          CASE WHEN c.promotor_id = o.id THEN 1 ELSE 0 END AS is_owner,
          CASE WHEN o.blocked_since IS NULL THEN 0 ELSE 1 END AS is_blocked,
          CASE WHEN c.blocked_since IS NULL AND promotor.blocked_since IS NULL THEN 0 ELSE 1 END AS convention_blocked,
          held.level
        FROM convention c
        JOIN organisation promotor ON promotor.id = c.promotor_id
        CROSS JOIN organisation o
        LEFT JOIN (
          SELECT secretariat_id, MAX(CASE level WHEN 'SUBMIT' THEN 2 ELSE 1 END) AS level
          FROM mandate WHERE convention_id = ? AND revoked_at IS NULL AND first_month <= ?
          GROUP BY secretariat_id
        ) held ON held.secretariat_id = o.id
        JOIN role_grant g ON g.organisation_id = o.id AND g.revoked_at IS NULL
          AND g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until >= ?)
        JOIN app_user u ON u.id = g.user_id
        WHERE c.id = ? AND (o.id = c.promotor_id OR o.kind = 'DEPARTMENT' OR held.level IS NOT NULL)
        ORDER BY o.name, o.id, u.name, u.id
        """,
        [convention_id, str(Month.at(moment)), today, today, convention_id],
    )
    asked = Asked(convention_id)
    people: dict[tuple[str, str], tuple[OrganisationKind, set[Pair]]] = {}
    for row in found:
        key = (row["user_id"], row["organisation_id"])
        _, pairs = people.setdefault(key, (OrganisationKind(row["kind"]), set()))
        pairs |= {(Role(row["role"]), relation) for relation in relations_in(row, asked)}
    return [
        Stakeholder(user_id, organisation_id, kind, frozenset(pairs))
        for (user_id, organisation_id), (kind, pairs) in people.items()
    ]
