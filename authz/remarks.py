"""What is allowed in a policy file but probably not meant: warnings for the administrator who edits it."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from authz.policy_faults import FaultLevel, PolicyFault
from authz.rules import WILDCARD, ActionRule, AnyRule, GrantRule, PolicyRules
from domain.role_places import ROLE_PLACES
from domain.vocabulary import Effect, OrganisationKind, Relation, Role

_Rule = TypeVar("_Rule", ActionRule, GrantRule)

_RELATION_PLACES = {
    Relation.OWNER: OrganisationKind.PROMOTOR,
    Relation.MANDATED_TO_UPLOAD: OrganisationKind.SECRETARIAT,
    Relation.MANDATED_TO_SUBMIT: OrganisationKind.SECRETARIAT,
    Relation.DEPARTMENT: OrganisationKind.DEPARTMENT,
}
"""The kind of organisation that can stand in a relation; the others are open to every kind."""


def remarks(rules: PolicyRules) -> list[PolicyFault]:
    """Every warning, by line."""
    found = [
        *_repeated(rules),
        *_overruled(rules.actions),
        *_overruled(rules.grants),
        *_impossible(rules),
        *_denies_beyond_their_role(rules),
        *_too_wide(rules),
    ]
    return sorted(found, key=lambda fault: fault.line or 0)


def _repeated(rules: PolicyRules) -> Iterator[PolicyFault]:
    first = {rule.text: rule.line for rule in (*rules.actions, *rules.grants)}
    for rule in rules.repeats:
        yield _remark("POLICY_DUPLICATE", rule, other=str(first[rule.text]))


def _overruled(rules: Sequence[_Rule]) -> Iterator[PolicyFault]:
    """Lines that change nothing: a wider line says the same, or a deny takes away all that an allow gives."""
    for rule in rules:
        for other in rules:
            if other is rule or not other.covers(rule):
                continue
            if other.effect is rule.effect:
                yield _remark("POLICY_SHADOWED", rule, other=str(other.line))
                break
            if other.effect is Effect.DENY:
                yield _remark("POLICY_CONTRADICTED", rule, other=str(other.line))
                break


def _impossible(rules: PolicyRules) -> Iterator[PolicyFault]:
    """Lines about a role in a relation that its kind of organisation never stands in."""
    for rule in (*rules.actions, *rules.grants):
        role = rule.role if isinstance(rule, ActionRule) else rule.granter
        if role is not None and rule.relation is not None and not _can_stand(role, rule.relation):
            yield _remark("POLICY_IMPOSSIBLE_PAIR", rule, role=role, relation=rule.relation)


def _denies_beyond_their_role(rules: PolicyRules) -> Iterator[PolicyFault]:
    """A deny for one role also binds who holds another role beside it: a deny wins over every pair."""
    for rule in rules.actions:
        if rule.effect is Effect.DENY and rule.role is not None:
            yield _remark("POLICY_DENY_BINDS_PERSON", rule, role=rule.role)


def _too_wide(rules: PolicyRules) -> Iterator[PolicyFault]:
    """A deny with two asterisks or more takes away more than anybody reads in it, also what is invented later."""
    for rule in (*rules.actions, *rules.grants):
        if rule.fields[:3].count(WILDCARD) > 1:
            yield _remark("POLICY_TOO_WIDE", rule)


def _can_stand(role: Role, relation: Relation) -> bool:
    place = _RELATION_PLACES.get(relation)
    return place is None or place in ROLE_PLACES[role]


def _remark(code: str, rule: AnyRule, **values: str) -> PolicyFault:
    return PolicyFault(code, FaultLevel.WARNING, rule.line, 1, {"rule": rule.text, **values})
