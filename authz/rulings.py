"""What a policy says of each single cell, worked out from its rules by hand: what casbin must answer too.

A cell is (role, relation, action), or (granter, relation, role) for the giving of roles. Of the lines that match it
the first deny rules; without a deny the last allow does; without any line nothing does and the answer is no. First and
last are casbin's own choice among lines that say the same, so that both can be compared to the line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from authz.rules import AnyRule, PolicyRules
from domain.vocabulary import Action, Effect, Relation, Role


@dataclass(frozen=True, slots=True)
class Ruling:
    """The line that decides a cell."""

    effect: Effect
    line: int
    text: str

    @classmethod
    def by(cls, rule: AnyRule) -> "Ruling":
        return cls(rule.effect, rule.line, rule.text)


ActionCell: TypeAlias = tuple[Role, Relation, Action]
GrantCell: TypeAlias = tuple[Role, Relation, Role]

ACTION_CELLS: tuple[ActionCell, ...] = tuple(product(Role, Relation, Action))
GRANT_CELLS: tuple[GrantCell, ...] = tuple(product(Role, Relation, Role))


@dataclass(frozen=True, slots=True)
class Rulings:
    """The deciding line of every cell on which the policy says something."""

    actions: Mapping[ActionCell, Ruling]
    grants: Mapping[GrantCell, Ruling]


def ruling_on(rules: PolicyRules, role: Role, relation: Relation, action: Action) -> Ruling | None:
    """The line that decides one cell, straight from the rules."""
    return _ruling(rule for rule in rules.actions if rule.matches(role, relation, action))


def rulings_by_hand(rules: PolicyRules) -> Rulings:
    """Every ruling, straight from the rules."""
    actions = {cell: ruling_on(rules, *cell) for cell in ACTION_CELLS}
    grants = {cell: _ruling(rule for rule in rules.grants if rule.matches(*cell)) for cell in GRANT_CELLS}
    return Rulings(
        actions={cell: ruling for cell, ruling in actions.items() if ruling is not None},
        grants={cell: ruling for cell, ruling in grants.items() if ruling is not None},
    )


def _ruling(matching: Iterable[AnyRule]) -> Ruling | None:
    allowed_by: AnyRule | None = None
    for rule in matching:
        if rule.effect is Effect.DENY:
            return Ruling.by(rule)
        allowed_by = rule
    return None if allowed_by is None else Ruling.by(allowed_by)
