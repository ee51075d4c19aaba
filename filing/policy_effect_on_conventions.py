"""What another policy does to each role: which action on how many conventions, and for how many people.

Set-wise: the persons are grouped by how they stand, and the conventions are counted by the database, so that it costs
the same for a hundred conventions as for a hundred thousand.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from authz.decision_table import DecisionTable
from domain.decisions import Pair
from domain.vocabulary import Action, OrganisationKind, Relation, Role
from persistence.conventions_reached import Reach, conventions_reached
from persistence.role_holders import Footing, RoleHolder

_WAYS: dict[Relation, tuple[Relation, ...]] = {
    Relation.OWNER: (Relation.OWNER,),
    Relation.MANDATED_TO_UPLOAD: (Relation.MANDATED_TO_UPLOAD,),
    Relation.MANDATED_TO_SUBMIT: (Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT),
    Relation.DEPARTMENT: (Relation.DEPARTMENT,),
}
"""The ways to stand to a convention, with all relations that hold together then."""


@dataclass(frozen=True, slots=True)
class RoleEffect:
    """People with *role* who gain (or lose) *action* on conventions, and on how many different ones."""

    role: Role
    action: Action
    is_gain: bool
    users: int
    conventions: int


async def effects_on_roles(
    before: DecisionTable, after: DecisionTable, holders: Collection[RoleHolder], moment: datetime
) -> list[RoleEffect]:
    """Every effect, by role and action in the order of the vocabulary; losses before gains."""
    effects: list[RoleEffect] = []
    for role in Role:
        for action in Action:
            for is_gain in (False, True):
                effect = await _effect(before, after, holders, moment, role, action, is_gain=is_gain)
                if effect is not None:
                    effects.append(effect)
    return effects


async def _effect(
    before: DecisionTable,
    after: DecisionTable,
    holders: Collection[RoleHolder],
    moment: datetime,
    role: Role,
    action: Action,
    *,
    is_gain: bool,
) -> RoleEffect | None:
    without, having = (before, after) if is_gain else (after, before)
    if not any(held is role for held, _ in having.granting_pairs(action)):
        return None
    users: set[str] = set()
    reached: dict[tuple[Relation, bool], set[str]] = {}
    for holder in holders:
        for organisation_id, footing in holder.places:
            for way in _ways_open_to(footing, role):
                for is_blocked in (False, True):
                    pairs = _pairs(footing, way, is_blocked=is_blocked)
                    if having.permits(pairs, action) and not without.permits(pairs, action):
                        users.add(holder.user_id)
                        reached.setdefault((way, is_blocked), set()).add(organisation_id)
    reaches = [Reach(way, is_blocked, frozenset(ids)) for (way, is_blocked), ids in reached.items()]
    conventions = await conventions_reached(reaches, moment)
    return RoleEffect(role, action, is_gain, len(users), conventions) if conventions else None


def _ways_open_to(footing: Footing, role: Role) -> list[Relation]:
    if role not in footing.roles:
        return []
    is_open = {
        Relation.OWNER: footing.owns,
        Relation.MANDATED_TO_UPLOAD: footing.holds_upload,
        Relation.MANDATED_TO_SUBMIT: footing.holds_submit,
        Relation.DEPARTMENT: footing.kind is OrganisationKind.DEPARTMENT,
    }
    return [way for way in _WAYS if is_open[way]]


def _pairs(footing: Footing, way: Relation, *, is_blocked: bool) -> frozenset[Pair]:
    added = (Relation.BLOCKED,) if is_blocked or footing.is_blocked else ()
    return frozenset((role, relation) for role in footing.roles for relation in (*_WAYS[way], *added))
