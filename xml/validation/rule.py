"""What a business rule is: a number from the catalogue, a severity, the dates on which it holds, and one function.

A rule is declared where its function stands, with `@rule(...)`, and yields faults; it never decides what happens to the
file. Source of all numbers and severities: domain dossier, section 7.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from domain.vocabulary import Severity
from validation.document import Spot

Subject = TypeVar("Subject")
HERE = Spot()
Check = Callable[[Subject], Iterator["Fault"]]


class Reach(StrEnum):
    """What a rule must see at once, which decides where in the pipeline it runs.

    EMPLOYEE, PART: the read part alone. FILE: all parts of the file. REGISTER: a part beside what the department knows
    (conventions, mandates, fiches, earlier files). OFFER: a revision that is about to be tested or submitted.
    """

    EMPLOYEE = "EMPLOYEE"
    PART = "PART"
    FILE = "FILE"
    REGISTER = "REGISTER"
    OFFER = "OFFER"


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation: where, what was found, what was expected; *values* fill the sentences of the catalogue.

    *severity* is given only where a rule has more than one. *value* is personal data only in masked form.
    """

    spot: Spot = HERE
    value: str | None = None
    expected: str | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A rule and the dates between which it holds (both included; none is open).

    *keeps_out*: a part that breaks it is not loaded at all; other blocking faults load a draft to be corrected.
    """

    code: str
    severity: Severity
    reach: Reach
    check: Check[Subject]
    keeps_out: bool = False
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


def rule(
    code: str,
    severity: Severity,
    reach: Reach,
    *,
    keeps_out: bool = False,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Callable[[Check[Subject]], Rule[Subject]]:
    """Declare the decorated function as the rule *code*; its docstring is what the rules page says that it checks."""

    def declare(check: Check[Subject]) -> Rule[Subject]:
        return Rule(code, severity, reach, check, keeps_out, valid_from, valid_until)

    return declare
