"""What the rules say of an employee's employments, worked out once for all employees who are alike but for their INSZ.

It depends on the employments, the month and the programme of the part, and on nothing else. Where a program wrote a
wrong code or a wrong month, it did so for many people in the same way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any

from domain.months import Month
from domain.vocabulary import DeliveryStatus, Severity
from validation.configuration import rule_settings
from validation.contexts import EmployeeContext
from validation.document import Employee, Part
from validation.placing import Tally
from validation.reading.part_content import PackedEmployee, Terms
from validation.rule import Fault, Rule
from validation.rules import check_employments

MOST_REMEMBERED = 20_000
"""So many lines and faults; then all are forgotten, because a hostile file repeats none."""

_Conditions = tuple[Month, str]
"""The month and the programme."""
_Employments = tuple[Terms, tuple[Any, ...], tuple[tuple[Any, ...], ...]]
"""The terms and the lines of the first one, then those of the others; lines without their text lines."""
_WITHOUT_TEXT_LINE = itemgetter(slice(-1))


@dataclass(frozen=True, slots=True)
class Said:
    """*faults* are those of an employee with ordinal 0; *codes*, *counts* and *tally* are theirs."""

    faults: tuple[tuple[Rule[Any], Fault], ...]
    codes: frozenset[str]
    counts: Mapping[tuple[str, Severity], int]
    tally: Tally

    def of_employee(self, ordinal: int) -> Iterator[tuple[Rule[Any], Fault]]:
        for rule, fault in self.faults:
            yield rule, replace(fault, spot=replace(fault.spot, employee=ordinal))


class SaidOfEmployments:
    """What was said in all months and under all programmes, never more than a bound."""

    def __init__(self) -> None:
        self.remembered = 0
        self._under: dict[_Conditions, dict[_Employments, Said]] = {}

    def of(self, part: Part, employees: Sequence[PackedEmployee], ordinals: Iterable[int]) -> Iterator[Said]:
        """What rules say of each of those with *ordinals* in *part*; *employees* are the packed form of all."""
        conditions = (part.month, part.programme)
        known = self._under.setdefault(conditions, {})
        for ordinal in ordinals:
            _, terms, lines, _, others = employees[ordinal]
            own = tuple(map(_WITHOUT_TEXT_LINE, lines))
            further = tuple((other[0], *map(_WITHOUT_TEXT_LINE, other[1])) for other in others)
            employments = (terms, own, further)
            said = known.get(employments)
            if said is None:
                said = _said(*conditions, part.employees[ordinal])
                self._make_room(said, employments)
                known = self._under.setdefault(conditions, known)
                known[employments] = said
            yield said

    def _make_room(self, said: Said, employments: _Employments) -> None:
        _, lines, others = employments
        more = 1 + len(said.faults) + len(lines) + sum(map(len, others))
        self.remembered += more
        if self.remembered > MOST_REMEMBERED:
            for known in self._under.values():
                known.clear()
            self._under.clear()
            self.remembered = more


@lru_cache(maxsize=1)
def said_of_employments() -> SaidOfEmployments:
    """Remembered for the life of the process."""
    return SaidOfEmployments()


def _said(month: Month, programme: str, employee: Employee) -> Said:
    # Of the part and of the person a rule gets no more than what is remembered by.
    part = Part(0, "", None, DeliveryStatus.NEW, None, "", programme, month, ())
    nameless = Employee("", employee.employer, employee.employments)
    faults = tuple(check_employments(EmployeeContext(part, nameless, 0, rule_settings())))
    tally = Tally()
    counts: Counter[tuple[str, Severity]] = Counter()
    for rule, fault in faults:
        severity = fault.severity or rule.severity
        tally.count(severity, keeps_out=rule.keeps_out)
        counts[rule.code, severity] += 1
    return Said(faults, frozenset(code for code, _ in counts), counts, tally)
