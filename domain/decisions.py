"""What a decision on a right says, beyond yes or no: what is missing, and whom to ask for it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.errors import DomainError
from domain.vocabulary import Action, Relation, Role

Pair = tuple[Role, Relation]
"""A role of the user together with how his acting organisation stands to the object."""


class Lack(StrEnum):
    """The one thing that stands between a caller and a right."""

    FIRST_MANDATE = "FIRST_MANDATE"
    MANDATE_PERIOD = "MANDATE_PERIOD"
    MANDATE_LEVEL = "MANDATE_LEVEL"
    ROLE = "ROLE"
    ADMISSION = "ADMISSION"
    BLOCKED = "BLOCKED"
    SELF = "SELF"
    NOT_FORESEEN = "NOT_FORESEEN"


class Ask(StrEnum):
    """Who can mend it."""

    PROMOTOR = "PROMOTOR"
    HELPDESK = "HELPDESK"
    LOCAL_ADMINISTRATOR = "LOCAL_ADMINISTRATOR"
    NOBODY = "NOBODY"


@dataclass(frozen=True, slots=True)
class Missing:
    """One missing thing; *values* fill its sentence (`LACK_<lack>` in the message catalogue).

    *since* is the first day without a mandate, a role or an admission that was there before, or the first day of a
    block; none when there never was one, or when that is not known.
    """

    lack: Lack
    ask: Ask
    values: dict[str, str] = field(default_factory=dict[str, str])
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may this caller do this": with the line that says so, or with what is missing.

    *line* is the line number in the policy of the rule that decided, none when no rule did.
    """

    allowed: bool
    action: Action
    pairs: tuple[Pair, ...]
    policy_version: str
    line: int | None = None
    rule: str | None = None
    missing: tuple[Missing, ...] = ()


class NotAllowed(DomainError):
    """The caller sees the thing but may not do this with it; the decision says what is missing."""

    code = "NOT_ALLOWED"

    def __init__(self, decision: Decision, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, action=decision.action)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class GrantDecision:
    """The answer to "may this caller give, or take away, this role", as `Decision` is for an action."""

    allowed: bool
    role: Role
    pairs: tuple[Pair, ...]
    policy_version: str
    line: int | None = None
    rule: str | None = None
    missing: tuple[Missing, ...] = ()


class GrantNotAllowed(DomainError):
    """The caller may not give or take away this role here; the decision says what is missing."""

    code = "GRANT_NOT_ALLOWED"

    def __init__(self, decision: GrantDecision, *, path: tuple[str, ...] = ("role",)) -> None:
        super().__init__(path=path, role=decision.role)
        self.decision = decision
