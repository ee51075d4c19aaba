"""What another policy would do to people: how many gain or lose an action, by the roles that they hold today."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from authz.decision_table import DecisionTable
from domain.decisions import Pair
from domain.vocabulary import Action, OrganisationKind, Relation
from persistence.role_holders import Footing, RoleHolder


@dataclass(frozen=True, slots=True)
class Affected:
    """How many people can do *action* on something and could not, or the other way round."""

    action: Action
    gaining: int
    losing: int


def people_affected(before: DecisionTable, after: DecisionTable, holders: Collection[RoleHolder]) -> list[Affected]:
    """The actions with which anything changes for anybody, in the order of the vocabulary.

    A person can do an action when there is any kind of thing on which he may, for any of his organisations: it counts
    people, not conventions, and looks at each different footing once.
    """
    alike = Counter(holder.footings for holder in holders)
    footings = frozenset[Footing]().union(*alike)
    could = {footing: _possible(before, footing) for footing in footings}
    can = {footing: _possible(after, footing) for footing in footings}
    affected: list[Affected] = []
    for action in Action:
        gaining = losing = 0
        for held, people in alike.items():
            was = any(action in could[footing] for footing in held)
            becomes = any(action in can[footing] for footing in held)
            gaining += people if becomes and not was else 0
            losing += people if was and not becomes else 0
        if gaining or losing:
            affected.append(Affected(action, gaining, losing))
    return affected


def _possible(table: DecisionTable, footing: Footing) -> frozenset[Action]:
    """All that someone on this footing may do with any kind of thing."""
    found: set[Action] = set()
    for relations in _kinds_of_things(footing):
        pairs = _pairs(footing, relations)
        found |= table.actions_for(pairs) - {Action.UPLOAD}
        # Only uploads ask for an admission; the test mode, which needs none, is no reason to call it possible.
        added = () if footing.is_admitted else (Relation.NOT_ADMITTED,)
        if table.permits(pairs | _pairs(footing, added), Action.UPLOAD):
            found.add(Action.UPLOAD)
    return frozenset(found)


def _kinds_of_things(footing: Footing) -> Iterator[tuple[Relation, ...]]:
    """The relations that can hold together on one thing."""
    blocked = (Relation.BLOCKED,) if footing.is_blocked else ()
    everywhere = (Relation.DEPARTMENT,) if footing.kind is OrganisationKind.DEPARTMENT else ()
    yield (*everywhere, *blocked)
    yield (Relation.OWN_ORGANISATION, *everywhere, *blocked)
    if footing.owns:
        yield (Relation.OWNER, *everywhere, *blocked)
    if footing.holds_upload:
        yield (Relation.MANDATED_TO_UPLOAD, *everywhere, *blocked)
    if footing.holds_submit:
        yield (Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT, *everywhere, *blocked)


def _pairs(footing: Footing, relations: Collection[Relation]) -> frozenset[Pair]:
    return frozenset((role, relation) for role in footing.roles for relation in relations)
