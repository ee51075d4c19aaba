"""The lines of one accepted policy file, as values of the vocabulary; `None` is the `*` of the file."""

from dataclasses import dataclass
from typing import TypeAlias

from domain.vocabulary import Action, Effect, Relation, Role

WILDCARD = "*"


@dataclass(frozen=True, slots=True)
class ActionRule:
    """A `p` line: what a role may do with a thing to which its organisation stands in a relation."""

    line: int
    role: Role | None
    relation: Relation | None
    action: Action | None
    effect: Effect

    @property
    def fields(self) -> tuple[str, str, str, str]:
        """As casbin takes them."""
        return (_text(self.role), _text(self.relation), _text(self.action), self.effect.value)

    @property
    def text(self) -> str:
        """As the file writes it."""
        return ", ".join(("p", *self.fields))

    def matches(self, role: Role, relation: Relation, action: Action) -> bool:
        return self.role in (None, role) and self.relation in (None, relation) and self.action in (None, action)

    def covers(self, other: "ActionRule") -> bool:
        """Whether this line matches all that *other* matches."""
        return (
            self.role in (None, other.role)
            and self.relation in (None, other.relation)
            and self.action in (None, other.action)
        )


@dataclass(frozen=True, slots=True)
class GrantRule:
    """A `p2` line: which role a granter may give or take away; the second mandate is one."""

    line: int
    granter: Role | None
    relation: Relation | None
    role: Role | None
    effect: Effect

    @property
    def fields(self) -> tuple[str, str, str, str]:
        """As casbin takes them."""
        return (_text(self.granter), _text(self.relation), _text(self.role), self.effect.value)

    @property
    def text(self) -> str:
        """As the file writes it."""
        return ", ".join(("p2", *self.fields))

    def matches(self, granter: Role, relation: Relation, role: Role) -> bool:
        return self.granter in (None, granter) and self.relation in (None, relation) and self.role in (None, role)

    def covers(self, other: "GrantRule") -> bool:
        """Whether this line matches all that *other* matches."""
        return (
            self.granter in (None, other.granter)
            and self.relation in (None, other.relation)
            and self.role in (None, other.role)
        )


AnyRule: TypeAlias = ActionRule | GrantRule


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the file, kept so that the file can be written back whole."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """All lines of a policy file, in its order, each rule once.

    *repeats* are the lines that say again what an earlier line said; nothing is decided by them.
    """

    actions: tuple[ActionRule, ...]
    grants: tuple[GrantRule, ...]
    comments: tuple[Comment, ...] = ()
    repeats: tuple[AnyRule, ...] = ()

    @property
    def sorted_texts(self) -> tuple[str, ...]:
        """What the file says, whatever its order and comments: two files with the same texts decide the same."""
        return tuple(sorted(rule.text for rule in (*self.actions, *self.grants)))


def _text(value: Role | Relation | Action | None) -> str:
    return WILDCARD if value is None else value.value
