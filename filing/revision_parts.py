"""The lines of a revision as the part of a file that the rules know, and what they add up to."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final

from domain.months import Month
from domain.performance import PerformanceLine, Totals
from domain.vocabulary import DeliveryStatus
from filing.line_forms import employment_of
from persistence.register import KnownConvention
from validation.configuration import rule_settings
from validation.document import Employee, Employment, Line, Part
from validation.totals import totals_of

_MOST_PERMILLE: Final = 1_000_000


def part_of(convention: KnownConvention, month: Month, version: int, lines: Sequence[PerformanceLine]) -> Part:
    """The part that a collective file would hold for these lines.

    Lines that stand one after the other and name the same employee are his, those of the same employment belong to it;
    someone who stands in two places stands twice, as in a file. A version after the first replaces what was accepted.
    """
    return Part(
        number=1,
        promotor=convention.promotor,
        reference=None,
        delivery_status=DeliveryStatus.NEW if version == 1 else DeliveryStatus.REPLACED,
        replaces=None,
        convention=convention.number,
        programme=convention.programme,
        month=month,
        employees=tuple(
            Employee(insz, employer, _employments(own))
            for (insz, employer), own in groupby(lines, key=lambda line: (line.insz, line.employer))
        ),
    )


def totals_of_part(part: Part) -> Totals:
    return totals_of(part, rule_settings())


def shares_of(part: Part) -> tuple[tuple[str, int], ...]:
    """For each INSZ of the part, the sum of Q/S of its employments in thousandths, rounded half up."""
    shares: dict[str, Fraction] = {}
    for employee in part.employees:
        shares[employee.insz] = shares.get(employee.insz, Fraction()) + sum(
            (
                Fraction(employment.weekly_hours_hundredths, employment.full_time_hours_hundredths)
                for employment in employee.employments
                if employment.full_time_hours_hundredths > 0
            ),
            start=Fraction(),
        )
    # Regimes that cannot exist are kept in a draft too: what they add up to has to fit its column.
    return tuple((insz, min(int(share * 1000 + Fraction(1, 2)), _MOST_PERMILLE)) for insz, share in shares.items())


def _employments(lines: Iterator[PerformanceLine]) -> tuple[Employment, ...]:
    return tuple(
        Employment(
            *employment,
            lines=tuple(
                Line(number, one.code, one.days_tenths, one.hours_hundredths, one.from_day, one.until_day)
                for number, one in enumerate(own, 1)
            ),
        )
        for employment, own in groupby(lines, key=employment_of)
    )
