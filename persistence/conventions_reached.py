"""How many conventions a set of organisations reaches in given ways; each convention once, in one query."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.months import Month
from domain.vocabulary import Relation
from persistence.database import rows


@dataclass(frozen=True, slots=True)
class Reach:
    """Organisations that stand in *relation* to conventions that are blocked, or are not.

    MANDATED_TO_UPLOAD are mandates of level UPLOAD alone; DEPARTMENT reaches every convention.
    """

    relation: Relation
    is_blocked: bool
    organisation_ids: frozenset[str]


async def conventions_reached(reaches: Collection[Reach], moment: datetime) -> int:
    """The number of different conventions in any of *reaches* at *moment*."""
    wanted = [reach for reach in reaches if reach.organisation_ids]
    if not wanted:
        return 0
    conditions: list[str] = []
    values: list[object] = []
    for reach in wanted:
        condition, more = _condition(reach, str(Month.at(moment)))
        blocked = "c.blocked_since IS NULL AND p.blocked_since IS NULL"
        conditions.append(f"(({'NOT ' if reach.is_blocked else ''}({blocked})) AND {condition})")
        values += more
    found = await rows(
        "SELECT COUNT(*) AS reached FROM convention c JOIN organisation p ON p.id = c.promotor_id"
        f" WHERE {' OR '.join(conditions)}",
        values,
    )
    return found[0]["reached"]


def _condition(reach: Reach, month: str) -> tuple[str, Sequence[object]]:
    ids = sorted(reach.organisation_ids)
    marks = ", ".join("?" * len(ids))
    match reach.relation:
        case Relation.OWNER:
            return f"c.promotor_id IN ({marks})", ids
        case Relation.MANDATED_TO_UPLOAD | Relation.MANDATED_TO_SUBMIT:
            level = "UPLOAD" if reach.relation is Relation.MANDATED_TO_UPLOAD else "SUBMIT"
            return (
                "c.id IN (SELECT m.convention_id FROM mandate m WHERE m.revoked_at IS NULL AND m.first_month <= ?"
                f" AND m.level = ? AND m.secretariat_id IN ({marks}))"
            ), [month, level, *ids]
        case _:
            return "1 = 1", []
