"""What another policy does to each role: which action on how many conventions, and for how many people.

Set-wise: the persons are grouped by how they stand, and the conventions are counted by the database, so that it costs
little more for a hundred thousand conventions and twenty thousand people than for a hundred.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Concerned:
    """Whom one effect concerns, and by which organisations they reach the conventions, each way apart."""

    users: set[str] = field(default_factory=set[str])
    organisations: dict[tuple[Relation, bool], set[str]] = field(default_factory=dict[tuple[Relation, bool], set[str]])


async def effects_on_roles(
    before: DecisionTable, after: DecisionTable, holders: Collection[RoleHolder], moment: datetime
) -> list[RoleEffect]:
    """Every effect, by role and action in the order of the vocabulary; losses before gains."""
    places: dict[Footing, list[tuple[str, str]]] = {}
    for holder in holders:
        for organisation_id, footing in holder.places:
            places.setdefault(footing, []).append((holder.user_id, organisation_id))
    concerned: dict[tuple[Role, Action, bool], _Concerned] = {}
    for footing, people in places.items():
        for role, action, is_gain, way in _changes(before, after, footing):
            one = concerned.setdefault((role, action, is_gain), _Concerned())
            one.users.update(user_id for user_id, _ in people)
            one.organisations.setdefault(way, set()).update(organisation_id for _, organisation_id in people)
    counted: dict[frozenset[Reach], int] = {}
    effects: list[RoleEffect] = []
    for role, action, is_gain in _in_order(concerned):
        one = concerned[role, action, is_gain]
        reaches = frozenset(Reach(*way, frozenset(ids)) for way, ids in one.organisations.items())
        if reaches not in counted:
            counted[reaches] = await conventions_reached(reaches, moment)
        if counted[reaches]:
            effects.append(RoleEffect(role, action, is_gain, len(one.users), counted[reaches]))
    return effects


def _changes(
    before: DecisionTable, after: DecisionTable, footing: Footing
) -> Iterator[tuple[Role, Action, bool, tuple[Relation, bool]]]:
    """What someone who stands so gains or loses, by each role that has the action at all, and in which way."""
    for role in footing.roles:
        for way in _ways_open_to(footing, role):
            for is_blocked in (False, True):
                pairs = _pairs(footing, way, is_blocked=is_blocked)
                could, can = before.actions_for(pairs), after.actions_for(pairs)
                for action in could ^ can:
                    having = after if action in can else before
                    if having.role_ever_permits(role, action):
                        yield role, action, action in can, (way, is_blocked)


def _in_order(keys: Collection[tuple[Role, Action, bool]]) -> Iterator[tuple[Role, Action, bool]]:
    return (
        (role, action, is_gain)
        for role in Role
        for action in Action
        for is_gain in (False, True)
        if (role, action, is_gain) in keys
    )


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
