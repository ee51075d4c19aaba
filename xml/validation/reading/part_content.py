"""What is gathered of one part while it is read: its employees as plain tuples, who of them needs a closer look, sums.

Both ways of reading fill it: the canonical spelling in one go, document trees employee by employee.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import overload

from domain.months import Month
from domain.performance import Totals
from validation.configuration import rule_settings
from validation.document import Employee, Employment, Line
from validation.rules.plain import plain_month
from validation.totals import counted_share, month_of_totals, totals_from

Terms = tuple[str | None, int, date, date | None, int, int]
"""Of an employment: the employer, its number, begin and end, Q and S."""
PackedLine = tuple[int, str, int | None, int | None, date | None, date | None, int]
"""In the order of the fields of `validation.document.Line`; then its text line, counted from that of its employment."""
PackedEmployment = tuple[Terms, tuple[PackedLine, ...], int]
"""The last value is the text line from which those of its lines are counted."""
PackedEmployee = tuple[str, Terms, tuple[PackedLine, ...], int, tuple[PackedEmployment, ...]]
"""The INSZ, the first employment, and the others.

Equal terms and equal lines of different employees may be one and the same tuple, which costs no memory and crosses
between processes once: that is why whatever differs from one to the next stands outside of them.
"""

_INSZ = itemgetter(0)


@dataclass(slots=True)
class PartContent:
    """*unusual* are the ordinals (from 0) of the employees that are not plainly fine; *shares* are by S."""

    # A file has tens of thousands of parts: `list` makes a list in a fifth of the time of `list[int]`.
    employees: list[PackedEmployee] = field(default_factory=list)
    unusual: list[int] = field(default_factory=list)
    lines: int = 0
    hours_hundredths: int = 0
    days_tenths: int = 0
    shares: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add_all(self, employees: Sequence[Employee], source_lines: Iterator[int], month: Month, programme: str) -> None:
        """Look at *employees* and keep them; *source_lines* holds one text line for each performance line."""
        settings = rule_settings()
        counting = month_of_totals(settings, month, programme)
        unusual = plain_month(settings, month, programme).unusual(employees)
        self.unusual += (len(self.employees) + ordinal for ordinal in unusual)
        for employee in employees:
            for employment in employee.employments:
                lines = employment.lines
                self.lines += len(lines)
                self.hours_hundredths += sum(line.hours_hundredths or 0 for line in lines)
                self.days_tenths += sum(line.days_tenths or 0 for line in lines)
                weekly = employment.weekly_hours_hundredths
                self.shares[employment.full_time_hours_hundredths] += counted_share(weekly, lines, counting)
            self.employees.append(_packed(employee, source_lines))

    def extend(self, other: "PartContent") -> None:
        """What follows in a later slice."""
        self.unusual += (len(self.employees) + ordinal for ordinal in other.unusual)
        self.employees += other.employees
        self.lines += other.lines
        self.hours_hundredths += other.hours_hundredths
        self.days_tenths += other.days_tenths
        for full_time, share in other.shares.items():
            self.shares[full_time] += share

    def totals(self, month: Month) -> Totals:
        return totals_from(
            month,
            employees=len(self.employees),
            lines=self.lines,
            hours_hundredths=self.hours_hundredths,
            days_tenths=self.days_tenths,
            shares=self.shares,
        )

    def has_repeated_number(self) -> bool:
        """Whether an INSZ stands twice."""
        return len(set(map(_INSZ, self.employees))) < len(self.employees)


class Unpacked(Sequence[Employee]):
    """Packed employees, each made into an `Employee` only when it is asked for.

    The last one is kept: thousands of findings can be about one employee with thousands of lines.
    """

    def __init__(self, packed: Sequence[PackedEmployee]) -> None:
        self._packed = packed
        self._last: tuple[int, Employee] | None = None

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, index: int) -> Employee: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Employee]: ...
    def __getitem__(self, index: int | slice) -> Employee | Sequence[Employee]:
        if isinstance(index, slice):
            return Unpacked(self._packed[index])
        if self._last is None or self._last[0] != index:
            insz, terms, lines, first_line, others = self._packed[index]
            employments = (_employment(packed) for packed in ((terms, lines, first_line), *others))
            self._last = (index, Employee(insz, terms[0], tuple(employments)))
        return self._last[1]


def pack(insz: str, employments: Sequence[PackedEmployment]) -> PackedEmployee:
    return (insz, *employments[0], tuple(employments[1:]))


def pack_line(line: Line, further: int) -> PackedLine:
    """*further* is its text line, counted from that of its employment."""
    return (
        line.number,
        line.code,
        line.days_tenths,
        line.hours_hundredths,
        line.from_day,
        line.until_day,
        further,
    )


def _packed(employee: Employee, source_lines: Iterator[int]) -> PackedEmployee:
    employments = (
        (
            (
                employee.employer,
                employment.number,
                employment.begin,
                employment.end,
                employment.weekly_hours_hundredths,
                employment.full_time_hours_hundredths,
            ),
            tuple(pack_line(line, next(source_lines)) for line in employment.lines),
            0,
        )
        for employment in employee.employments
    )
    return pack(employee.insz, tuple(employments))


def _employment(packed: PackedEmployment) -> Employment:
    (_, number, begin, end, weekly, full_time), lines, _ = packed
    return Employment(number, begin, end, weekly, full_time, tuple(Line(*line[:6]) for line in lines))
