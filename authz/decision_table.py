"""Every answer of one accepted policy version, worked out once by casbin and looked up in about half a microsecond."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from types import MappingProxyType
from typing import NewType

from authz.invariants import broken_invariants
from authz.policy_faults import PolicyRefused
from authz.policy_file import read_policy
from authz.referee import model_definitions, rulings_by_casbin
from authz.rules import PolicyRules
from authz.rulings import Ruling, Rulings, rulings_by_hand
from domain.decisions import Pair
from domain.vocabulary import Action, Effect, Relation, Role

PolicyVersion = NewType("PolicyVersion", str)
"""Hash of the model, the vocabulary and the sorted rules: comments and the order of lines do not count."""

_ACTION_BITS: Mapping[Action, int] = {action: 1 << index for index, action in enumerate(Action)}
_ROLE_BITS: Mapping[Role, int] = {role: 1 << index for index, role in enumerate(Role)}
_KEPT_TABLES = 16
_ONE_AT_A_TIME = Lock()
"""casbin parses its matcher with `ast` at every question, and CPython 3.11 breaks when two threads do so at once."""


class RefereeDisagrees(AssertionError):
    """casbin and the rules themselves give different answers: a fault of ours, and the version is not used."""


@dataclass(frozen=True, slots=True)
class _Masks:
    """For each pair, what a line allows and what a line denies, a bit for each action (or role to grant)."""

    allowed: Mapping[Pair, int]
    denied: Mapping[Pair, int]

    def permit(self, pairs: Iterable[Pair], bit: int) -> bool:
        allowed = denied = 0
        for pair in pairs:
            allowed |= self.allowed.get(pair, 0)
            denied |= self.denied.get(pair, 0)
        return bool(allowed & ~denied & bit)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """The decisions of one policy version.

    A decision is over the (role, relation) pairs that hold on one object now for the user and the organisation that
    he acts for: allowed when some pair has an allow and no pair has a deny. No pairs, no right.
    """

    version: PolicyVersion
    rules: PolicyRules
    rulings: Rulings
    _actions: _Masks
    _grants: _Masks

    def permits(self, pairs: Collection[Pair], action: Action) -> bool:
        return self._actions.permit(pairs, _ACTION_BITS[action])

    def actions_for(self, pairs: Collection[Pair]) -> frozenset[Action]:
        """All that these pairs permit."""
        return frozenset(action for action in Action if self.permits(pairs, action))

    def may_grant(self, pairs: Collection[Pair], role: Role) -> bool:
        """Whether someone may give, or take away, *role*: his own roles, each with how he stands to the receiver."""
        return self._grants.permit(pairs, _ROLE_BITS[role])

    def granting_pairs(self, action: Action) -> frozenset[Pair]:
        """The pairs of which each allows the action, as long as no vetoing pair holds beside it."""
        return _pairs_with(self._actions.allowed, _ACTION_BITS[action])

    def vetoing_pairs(self, action: Action) -> frozenset[Pair]:
        """The pairs that deny the action, whatever other pairs hold."""
        return _pairs_with(self._actions.denied, _ACTION_BITS[action])

    def role_ever_permits(self, role: Role, action: Action) -> bool:
        """Whether there is any relation in which this role may do this."""
        return any(held is role for held, _ in self.granting_pairs(action))

    def granters_of(self, role: Role) -> frozenset[Role]:
        """The roles that may give this role to somebody."""
        return frozenset(granter for granter, _ in _pairs_with(self._grants.allowed, _ROLE_BITS[role]))

    def deciding_line(self, pairs: Iterable[Pair], action: Action) -> Ruling | None:
        """The line by which these pairs may or may not: the first deny in the file, else the first allow, else none."""
        return _deciding(self.rulings.actions.get((*pair, action)) for pair in pairs)

    def deciding_grant_line(self, pairs: Iterable[Pair], role: Role) -> Ruling | None:
        """The line by which these pairs may or may not give *role*, chosen as in `deciding_line`."""
        return _deciding(self.rulings.grants.get((*pair, role)) for pair in pairs)


def load_decision_table(policy: bytes, model_text: str) -> DecisionTable:
    """Accept a policy file and work out its table; some tenths of a second, so in a thread, never in a request.

    The same content is worked out once in a process. Raises `PolicyRefused` with every fault, or `ModelRefused`.
    """
    rules = read_policy(policy)
    broken = broken_invariants(rules)
    if broken:
        raise PolicyRefused(broken)
    return compile_rules(rules, model_text)


def compile_rules(rules: PolicyRules, model_text: str) -> DecisionTable:
    """The table of rules that are not asked to be safe; raises `RefereeDisagrees` unless casbin agrees with them."""
    with _ONE_AT_A_TIME:
        return _compiled(rules, model_text)


@lru_cache(maxsize=_KEPT_TABLES)
def _compiled(rules: PolicyRules, model_text: str) -> DecisionTable:
    rulings = rulings_by_casbin(rules, model_text)
    if rulings != rulings_by_hand(rules):
        raise RefereeDisagrees("casbin's table differs from the rules")
    return DecisionTable(
        version=policy_version(rules, model_text),
        rules=rules,
        rulings=Rulings(actions=MappingProxyType(rulings.actions), grants=MappingProxyType(rulings.grants)),
        _actions=_masks(((*cell[:2], _ACTION_BITS[cell[2]], ruling) for cell, ruling in rulings.actions.items())),
        _grants=_masks(((*cell[:2], _ROLE_BITS[cell[2]], ruling) for cell, ruling in rulings.grants.items())),
    )


def policy_version(rules: PolicyRules, model_text: str) -> PolicyVersion:
    """Hexadecimal, 64 characters; the same on every machine for files that say the same."""
    model = [f"{name} = {value}" for name, value in sorted(model_definitions(model_text).items())]
    vocabulary = [" ".join(word.value for word in words) for words in (Role, Relation, Action, Effect)]
    return PolicyVersion(hashlib.sha256("\n".join([*model, *vocabulary, *rules.sorted_texts]).encode()).hexdigest())


def _masks(cells: Iterable[tuple[Role, Relation, int, Ruling]]) -> _Masks:
    allowed: dict[Pair, int] = {}
    denied: dict[Pair, int] = {}
    for role, relation, bit, ruling in cells:
        masks = allowed if ruling.effect is Effect.ALLOW else denied
        masks[role, relation] = masks.get((role, relation), 0) | bit
    return _Masks(MappingProxyType(allowed), MappingProxyType(denied))


def _pairs_with(masks: Mapping[Pair, int], bit: int) -> frozenset[Pair]:
    return frozenset(pair for pair, mask in masks.items() if mask & bit)


def _deciding(rulings: Iterable[Ruling | None]) -> Ruling | None:
    found = [ruling for ruling in rulings if ruling is not None]
    denies = [ruling for ruling in found if ruling.effect is Effect.DENY]
    return min(denies or found, key=lambda ruling: ruling.line, default=None)
