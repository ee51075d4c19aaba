"""What parts add up to: employees, lines, hours, days and full-time equivalents, exact until rounded once a part."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import lcm
from operator import mul

from domain.months import Month
from domain.performance import Totals
from validation.columns import LineColumns, differences, sums_before
from validation.configuration import RuleSettings, codes_subsidised_in
from validation.document import ControlTotals, Employment, Line, Part
from validation.working_days import weekdays_in_month, weekdays_of

TEN_THOUSANDTHS = 10_000


@dataclass(frozen=True, slots=True)
class MonthOfTotals:
    """What counting the premium of one programme in one month needs."""

    subsidised: frozenset[str]
    weekdays: int


@cache
def month_of_totals(settings: RuleSettings, month: Month, programme: str) -> MonthOfTotals:
    return MonthOfTotals(codes_subsidised_in(settings, month, programme), weekdays_of(month))


def counted_share(weekly_hours_hundredths: int, lines: Iterable[Line], counting: MonthOfTotals) -> int:
    """The subsidised hours of one employment, at most Q for the month, in five-thousandths of an hour."""
    counted = 0
    for line in lines:
        if line.code in counting.subsidised:
            if line.hours_hundredths is not None:
                counted += 50 * line.hours_hundredths
            elif line.days_tenths is not None:
                counted += weekly_hours_hundredths * line.days_tenths
    return max(0, min(counted, 10 * weekly_hours_hundredths * counting.weekdays))


def counted_shares(columns: LineColumns, counting: MonthOfTotals, weekly: Sequence[int]) -> list[int]:
    """`counted_share` of each employment of the columns, given its Q."""
    subsidised, most_weeks = counting.subsidised, 10 * counting.weekdays
    counts = [code in subsidised for code in columns.codes]
    hours_before = sums_before(map(mul, columns.counted_hours, counts), columns.bounds)
    counted = [50 * hours for hours in differences(hours_before)]
    for line in columns.lone:
        if counts[line]:
            employment = columns.employment_of(line)
            counted[employment] += weekly[employment] * columns.counted_days[line]
    return [
        share if 0 <= share <= q * most_weeks else max(0, min(share, q * most_weeks))
        for share, q in zip(counted, weekly, strict=True)
    ]


def totals_from(
    month: Month,
    *,
    employees: int,
    lines: int,
    hours_hundredths: int,
    days_tenths: int,
    shares: Mapping[int, int],
) -> Totals:
    """Sums of a part; *shares* are those of `counted_share`, added up by S.

    Employments with the same S have the same denominator: whole numbers were summed first, fractions are made last.
    """
    weekdays = weekdays_of(month)
    months = [(share, 10 * full_time * weekdays) for full_time, share in shares.items() if full_time > 0]
    return Totals(employees, lines, hours_hundredths, days_tenths, _rounded_sum(months))


def totals_of(part: Part, settings: RuleSettings) -> Totals:
    """What a part adds up to.

    The full-time equivalent of an employment is its subsidised hours over a full-time month, at most Q/S. A full-time
    month is S times the working weeks of the month; a working week is five weekdays, public holidays included. Days
    without hours count as hours at Q/5 a day, which is S/5 × Q/S. The sum is rounded half up, once for the part.
    Amounts that L-508 calls impossible count for nothing.
    """
    counting = month_of_totals(settings, part.month, part.programme)
    lines = hours = days = 0
    shares: defaultdict[int, int] = defaultdict(int)
    for employee in part.employees:
        for employment in employee.employments:
            for line in employment.lines:
                lines += 1
                hours += line.hours_hundredths or 0
                days += line.days_tenths or 0
            weekly, full_time = employment.weekly_hours_hundredths, employment.full_time_hours_hundredths
            shares[full_time] += counted_share(weekly, employment.lines, counting)
    return totals_from(
        part.month,
        employees=len(part.employees),
        lines=lines,
        hours_hundredths=hours,
        days_tenths=days,
        shares=shares,
    )


def contracted_full_time_equivalents(part: Part) -> int:
    """The sum of Q/S of all employments, in ten-thousandths, rounded half up.

    An employment that covers only some weekdays of the month counts for that share of them.
    """
    shares: defaultdict[int, int] = defaultdict(int)
    for employee in part.employees:
        for employment in employee.employments:
            shares[employment.full_time_hours_hundredths] += _contracted(employment, part.month)
    weekdays = weekdays_of(part.month)
    return _rounded_sum([(share, full_time * weekdays) for full_time, share in shares.items() if full_time > 0])


class FileTally:
    """Adds up the parts of one file for the comparison with its control totals.

    Promotors and conventions are counted once each, however many parts they have; an employee counts in every part.
    """

    def __init__(self) -> None:
        self._promotors: set[str] = set()
        self._conventions: set[str] = set()
        self._employees = self._lines = self._hours = self._days = 0

    def add(self, *, promotor: str, convention: str, totals: Totals) -> None:
        self.add_all([promotor], [convention], totals)

    def add_all(self, promotors: Iterable[str], conventions: Iterable[str], totals: Totals) -> None:
        """Those of several parts, and what these come to together."""
        self._promotors.update(promotors)
        self._conventions.update(conventions)
        self._employees += totals.employees
        self._lines += totals.lines
        self._hours += totals.hours_hundredths
        self._days += totals.days_tenths

    def control_totals(self) -> ControlTotals:
        """What the file should have declared."""
        return ControlTotals(
            promotors=len(self._promotors),
            conventions=len(self._conventions),
            employees=self._employees,
            lines=self._lines,
            hours=Decimal(self._hours).scaleb(-2),
            days=Decimal(self._days).scaleb(-1),
        )


def _contracted(employment: Employment, month: Month) -> int:
    return max(0, employment.weekly_hours_hundredths) * weekdays_in_month(employment, month)


def _rounded_sum(fractions: Sequence[tuple[int, int]]) -> int:
    """The sum of numerators over denominators in ten-thousandths, rounded half up."""
    denominator = lcm(*(each for _, each in fractions))
    numerator = sum(share * (denominator // each) for share, each in fractions)
    return (2 * numerator * TEN_THOUSANDTHS + denominator) // (2 * denominator)
