"""What parts add up to: employees, lines, hours, days and full-time equivalents, exact until rounded once a part."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from domain.months import Month
from domain.performance import Totals
from validation.configuration import RuleSettings, codes_subsidised_in
from validation.document import ControlTotals, Employment, Part
from validation.working_days import weekdays_in_month, weekdays_of

TEN_THOUSANDTHS = 10_000


def totals_of(part: Part, settings: RuleSettings) -> Totals:
    """What a part adds up to.

    The full-time equivalent of an employment is its subsidised hours over a full-time month, at most Q/S. A full-time
    month is S times the working weeks of the month; a working week is five weekdays, public holidays included. Days
    without hours count as hours at Q/5 a day, which is S/5 × Q/S. The sum is rounded half up, once for the part.
    Amounts that L-508 calls impossible count for nothing.
    """
    subsidised = codes_subsidised_in(settings, part.month, part.programme)
    weekdays = weekdays_of(part.month)
    lines = hours = days = 0
    # Employments with the same S have the same denominator: sum whole numbers first, make fractions last.
    shares: defaultdict[int, int] = defaultdict(int)
    for employee in part.employees:
        for employment in employee.employments:
            weekly = employment.weekly_hours_hundredths
            counted = 0
            for line in employment.lines:
                lines += 1
                hours += line.hours_hundredths or 0
                days += line.days_tenths or 0
                if line.code in subsidised:
                    if line.hours_hundredths is not None:
                        counted += 50 * line.hours_hundredths
                    elif line.days_tenths is not None:
                        counted += weekly * line.days_tenths
            shares[employment.full_time_hours_hundredths] += max(0, min(counted, 10 * weekly * weekdays))
    exact = sum((Fraction(share, 10 * full_time * weekdays) for full_time, share in shares.items() if full_time > 0))
    return Totals(len(part.employees), lines, hours, days, _rounded(Fraction(exact)))


def contracted_full_time_equivalents(part: Part) -> int:
    """The sum of Q/S of all employments, in ten-thousandths, rounded half up.

    An employment that covers only some weekdays of the month counts for that share of them.
    """
    shares: defaultdict[int, int] = defaultdict(int)
    for employee in part.employees:
        for employment in employee.employments:
            shares[employment.full_time_hours_hundredths] += _contracted(employment, part.month)
    weekdays = weekdays_of(part.month)
    exact = sum((Fraction(share, full_time * weekdays) for full_time, share in shares.items() if full_time > 0))
    return _rounded(Fraction(exact))


class FileTally:
    """Adds up the parts of one file for the comparison with its control totals, a part at a time.

    Promotors and conventions are counted once each, however many parts they have; an employee counts in every part.
    """

    def __init__(self) -> None:
        self._promotors: set[str] = set()
        self._conventions: set[str] = set()
        self._employees = self._lines = self._hours = self._days = 0

    def add(self, *, promotor: str, convention: str, totals: Totals) -> None:
        self._promotors.add(promotor)
        self._conventions.add(convention)
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


def _rounded(exact: Fraction) -> int:
    return (2 * exact.numerator * TEN_THOUSANDTHS + exact.denominator) // (2 * exact.denominator)
