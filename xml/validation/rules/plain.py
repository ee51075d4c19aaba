"""Seeing in one glance that an ordinary employee breaks no rule, which is so for nearly all of them.

A file of 100 MB holds some two hundred thousand employees. Fourteen rules that each look at one of them cost nine times
what one look costs, so the rules run only for who is not plainly fine: two contracts in a month, a begin or an end
inside it, an odd amount. Plainly fine means that no rule about an employee would say anything; a test compares both
over generated employees. A new rule about employees belongs in here too, or nobody who is plainly fine is asked about
it; another test asks for that.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from domain.identifiers import has_insz_check_digits, has_insz_date_range
from domain.months import Month
from validation.configuration import RuleSettings, codes_allowed_in
from validation.document import Employee, Line
from validation.working_days import bounds_of, days_between, weekdays_of

COVERED = frozenset(
    f"{letter}-{number}" for letter, numbers in (("N", (401, 402, 408)), ("L", range(501, 512))) for number in numbers
)
"""The rules whose bounds stand in this module too."""


@dataclass(frozen=True, slots=True)
class PlainMonth:
    """What an ordinary employee of one programme in one month may have, worked out once for both."""

    first_day: date
    last_day: date
    codes: frozenset[str]
    full_time_minimum: int
    full_time_maximum: int
    full_time_tenths: int
    part_time_tenths: int
    hours_factor: int
    low_factor: int
    low_percent: int
    high_factor: int
    high_percent: int

    def is_plainly_fine(self, employee: Employee) -> bool:
        """True only when no rule about an employee would find a fault; False says nothing."""
        insz = employee.insz
        if not (len(insz) == 11 and insz.isascii() and insz.isdigit()):
            return False
        if not (has_insz_check_digits(insz) and has_insz_date_range(insz)):
            return False
        if len(employee.employments) != 1:
            return False
        employment = employee.employments[0]
        end = employment.end
        if employment.begin > self.first_day or (end is not None and end < self.last_day):
            return False
        weekly, full_time = employment.weekly_hours_hundredths, employment.full_time_hours_hundredths
        if not (0 < weekly <= full_time and self.full_time_minimum <= full_time <= self.full_time_maximum):
            return False
        return self._are_plain(employment.lines, weekly, full_time)

    def _are_plain(self, lines: tuple[Line, ...], weekly: int, full_time: int) -> bool:
        is_full_time = weekly == full_time
        total_days = total_hours = paired_days = number = 0
        reached = None
        codes = self.codes
        for line in lines:
            days, hours = line.days_tenths, line.hours_hundredths
            if line.code not in codes or line.number <= number or days is None or days <= 0:
                return False
            if hours is not None:
                if not 0 < hours <= 240 * days:
                    return False
                total_hours += hours
                paired_days += days
            elif not is_full_time:
                return False
            if line.from_day is not None:
                if not self._is_in_order(line, days, reached):
                    return False
                reached = line.until_day
            total_days += days
            number = line.number
        return (
            0 < total_days <= (self.full_time_tenths if is_full_time else self.part_time_tenths)
            and total_hours * 500 <= weekly * self.hours_factor
            and total_hours * self.low_factor >= weekly * paired_days * self.low_percent
            and total_hours * self.high_factor <= full_time * paired_days * self.high_percent
        )

    def _is_in_order(self, line: Line, days: int, reached: date | None) -> bool:
        """Whether a dated line lies in the month and after the one before, and its days fit in its dates."""
        first, last = line.from_day, line.until_day
        if first is None or last is None or not self.first_day <= first <= last <= self.last_day:
            return False
        if reached is not None and first <= reached:
            return False
        return days <= 10 * (last.day - first.day + 1)


@cache
def plain_month(settings: RuleSettings, month: Month, programme: str) -> PlainMonth:
    first_day, last_day = bounds_of(month)
    regime, hours = settings.regime, settings.hours
    return PlainMonth(
        first_day=first_day,
        last_day=last_day,
        codes=codes_allowed_in(settings, month, programme),
        full_time_minimum=regime.full_time_minimum_hundredths,
        full_time_maximum=regime.full_time_maximum_hundredths,
        full_time_tenths=10 * days_between(first_day, last_day, regime.full_time_days_a_week),
        part_time_tenths=10 * days_between(first_day, last_day, regime.part_time_days_a_week),
        hours_factor=weekdays_of(month) * (100 + hours.tolerance_percent),
        low_factor=1000 * hours.longest_week_days,
        low_percent=100 - hours.ratio_tolerance_percent,
        high_factor=1000 * hours.shortest_week_days,
        high_percent=100 + hours.ratio_tolerance_percent,
    )
