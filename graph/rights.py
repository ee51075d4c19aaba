"""How a type says which right its objects need, or why they need none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from domain.vocabulary import Action

Declared = TypeVar("Declared", bound=type)
_RIGHT = "__declared_right__"


@dataclass(frozen=True, slots=True)
class Right:
    """What a declaration says: the action that is needed, or the reason why none is.

    *as_owner*: because the acting organisation is the promotor, and for no other reason. *by_grant_lines*: not an
    action decides but the role that is given or taken away, by the policy's lines p2.
    """

    action: Action | None
    reason: str = ""
    by_grant_lines: bool = False
    as_owner: bool = False

    def __str__(self) -> str:
        if self.by_grant_lines:
            return "a grant line (p2) of the policy"
        if self.as_owner:
            return f"{self.action} as owner"
        return str(self.action) if self.action else f"public: {self.reason}"


def reached_by(action: Action) -> Callable[[Declared], Declared]:
    """Objects of this type enter an answer only through a door that asks for *action*."""
    return _declaring(Right(action))


def public_type(reason: str) -> Callable[[Declared], Declared]:
    """Objects of this type show nothing that their holder may not see; *reason* says why."""
    return _declaring(Right(None, reason))


def right_of(declared: type) -> Right | None:
    """What the type itself declares; nothing is inherited, so that a new type never gets a right by accident."""
    return declared.__dict__.get(_RIGHT)


def _declaring(right: Right) -> Callable[[Declared], Declared]:
    def declare(declared: Declared) -> Declared:
        setattr(declared, _RIGHT, right)
        return declared

    return declare
