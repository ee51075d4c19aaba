"""How many conventions a set of organisations reaches in given ways; each convention once, in one query."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.months import Month
from domain.vocabulary import Relation
from persistence.database import current_database, rows
from persistence.location import Dialect

_IDS = {
    Dialect.SQLITE: "(SELECT value FROM json_each(?))",
    Dialect.POSTGRESQL: "(SELECT jsonb_array_elements_text(CAST(CAST(? AS TEXT) AS JSONB)))",
}
"""A list of any length as one parameter: a statement takes 32 767 at most."""
_LEVELS = {Relation.MANDATED_TO_UPLOAD: "UPLOAD", Relation.MANDATED_TO_SUBMIT: "SUBMIT"}


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
    conditions: list[str] = []
    values: list[object] = []
    for is_blocked in (False, True):
        condition, more = _condition([reach for reach in reaches if reach.is_blocked is is_blocked], moment)
        if condition:
            free = "c.blocked_since IS NULL AND p.blocked_since IS NULL"
            conditions.append(f"({'NOT ' if is_blocked else ''}({free}) AND ({condition}))")
            values += more
    if not conditions:
        return 0
    found = await rows(
        "SELECT COUNT(*) AS reached FROM convention c JOIN organisation p ON p.id = c.promotor_id"
        f" WHERE {' OR '.join(conditions)}",
        values,
    )
    return found[0]["reached"]


def _condition(reaches: Collection[Reach], moment: datetime) -> tuple[str, list[object]]:
    """That a convention is in any of *reaches*, whether it is blocked or not; empty for none."""
    among = _IDS[current_database().dialect]
    ids = {reach.relation: json.dumps(sorted(reach.organisation_ids)) for reach in reaches if reach.organisation_ids}
    if Relation.DEPARTMENT in ids:
        return "1 = 1", []
    conditions: list[str] = []
    values: list[object] = []
    if Relation.OWNER in ids:
        conditions.append(f"c.promotor_id IN {among}")
        values.append(ids[Relation.OWNER])
    levels = [(level, ids[relation]) for relation, level in _LEVELS.items() if relation in ids]
    if levels:
        # CASE keeps the planner to one pass over the mandates: for each of a thousand secretariats an index is slower.
        held = " ".join([f"WHEN ? THEN m.secretariat_id IN {among}"] * len(levels))
        conditions.append(
            "c.id IN (SELECT DISTINCT m.convention_id FROM mandate m WHERE m.revoked_at IS NULL AND m.first_month <= ?"
            f" AND CASE m.level {held} ELSE FALSE END)"
        )
        values += [str(Month.at(moment)), *(value for pair in levels for value in pair)]
    return " OR ".join(conditions), values
