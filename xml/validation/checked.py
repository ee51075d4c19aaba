"""What checking one piece gives back: plain tuples, so that it crosses quickly from one process to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.findings import Finding, Place
from domain.performance import Totals
from domain.vocabulary import Severity
from validation.document import Employee, Employment, Line, Part
from validation.frame import Piece
from validation.reading import PartHead

PackedLine = tuple[int, str, int | None, int | None, date | None, date | None, int]
PackedEmployment = tuple[int, date, date | None, int, int, tuple[PackedLine, ...]]
PackedEmployee = tuple[str, str | None, tuple[PackedEmployment, ...]]

LineRow = tuple[
    int,
    str,
    str | None,
    int,
    date,
    date | None,
    int,
    int,
    str,
    int | None,
    int | None,
    date | None,
    date | None,
    int | None,
]
"""One performance line, its values in the order of the fields of `domain.performance.PerformanceLine`."""


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """One part of the file; *employees* are none when it breaks the schema, and then it has no rows.

    *promotor_ordinal* counts the promotors of the file from 1; *path* is the XPath of the part. *blocking* and
    *warnings* are exact. *is_kept_out*: it must not be loaded.
    """

    number: int
    promotor_ordinal: int
    path: str
    place: Place
    head: PartHead
    totals: Totals
    employees: tuple[PackedEmployee, ...] | None
    blocking: int
    warnings: int
    is_kept_out: bool

    def part(self) -> Part:
        """The part as the rules look at it; without employees when it is unreadable."""
        head = self.head
        return Part(
            number=self.number,
            promotor=head.promotor,
            reference=head.reference,
            delivery_status=head.delivery_status,
            replaces=head.replaces,
            convention=head.convention,
            programme=head.programme,
            month=head.month,
            employees=tuple(
                Employee(insz, employer, tuple(_employment(packed) for packed in employments))
                for insz, employer, employments in self.employees or ()
            ),
        )

    def rows(self) -> Iterator[LineRow]:
        """Its performance lines, numbered from 1, ready to be loaded in bulk."""
        number = 0
        for insz, employer, employments in self.employees or ():
            for employment, begin, end, weekly, full_time, lines in employments:
                for _, code, days, hours, first, last, source_line in lines:
                    number += 1
                    yield (
                        number,
                        insz,
                        employer,
                        employment,
                        begin,
                        end,
                        weekly,
                        full_time,
                        code,
                        days,
                        hours,
                        first,
                        last,
                        source_line,
                    )


@dataclass(frozen=True, slots=True)
class RangeResult:
    """What was found in one piece.

    *is_misplanned*: the piece is not what searching bytes had made of it; nothing else of the result holds, and the
    rest of the file must be planned again (`validation.planning.plan_again`). *findings* are in the order of the file,
    at most the cap for each code; *counts* are exact. *broken_promotors* are the ordinals (from 1 in the file) of
    promotors that break the schema themselves: none of their parts may be loaded, in whatever piece they stand.
    *unreadable_parts* counts the parts whose content is not known.
    """

    piece: Piece
    is_misplanned: bool = False
    parts: tuple[CheckedPart, ...] = ()
    findings: tuple[Finding, ...] = ()
    counts: Mapping[tuple[str, Severity], int] = field(default_factory=dict[tuple[str, Severity], int])
    broken_promotors: frozenset[int] = frozenset()
    unreadable_parts: int = 0
    schema_seconds: float = 0.0
    rules_seconds: float = 0.0


def pack(part: Part, source_lines: Iterator[int]) -> tuple[PackedEmployee, ...]:
    """The employees of *part* as plain tuples; *source_lines* holds one text line for each performance line."""
    return tuple(
        (
            employee.insz,
            employee.employer,
            tuple(
                (
                    employment.number,
                    employment.begin,
                    employment.end,
                    employment.weekly_hours_hundredths,
                    employment.full_time_hours_hundredths,
                    tuple(
                        (
                            line.number,
                            line.code,
                            line.days_tenths,
                            line.hours_hundredths,
                            line.from_day,
                            line.until_day,
                            next(source_lines),
                        )
                        for line in employment.lines
                    ),
                )
                for employment in employee.employments
            ),
        )
        for employee in part.employees
    )


def _employment(packed: PackedEmployment) -> Employment:
    number, begin, end, weekly, full_time, lines = packed
    return Employment(
        number,
        begin,
        end,
        weekly,
        full_time,
        tuple(Line(ordinal, code, days, hours, first, last) for ordinal, code, days, hours, first, last, _ in lines),
    )
