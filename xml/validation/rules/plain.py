"""Seeing in one glance that an ordinary employee breaks no rule, which is so for nearly all of them.

A file of 100 MB holds some two hundred thousand employees. Fourteen rules that each look at one of them cost nine times
what one look costs, so the rules run only for who is not plainly fine: two contracts in a month, a begin or an end
inside it, an odd amount. Plainly fine means that no rule about an employee would say anything; a test compares both
over generated employees. A new rule about employees belongs in here too, or nobody who is plainly fine is asked about
it; another test asks for that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import accumulate, islice, pairwise
from operator import lt

from domain.identifiers import has_insz_check_digits, has_insz_date_range
from domain.months import Month
from validation.columns import LineColumns, columns_of
from validation.configuration import RuleSettings, codes_allowed_in
from validation.document import Employee
from validation.working_days import FIVE_DAY_WEEK, bounds_of, days_between

COVERED = frozenset(
    f"{letter}-{number}" for letter, numbers in (("N", (401, 402, 408)), ("L", range(501, 512))) for number in numbers
)
"""The rules whose bounds stand in this module too."""


_MOST_HOURS = 240
"""In hundredths of an hour, for each tenth of a day."""
_FROM_ONE = tuple(range(1, 1_001))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of a month that an employment covers, and the most that can be worked on them."""

    first_day: date
    last_day: date
    full_time_tenths: int
    part_time_tenths: int
    hours_factor: int


@dataclass(frozen=True, slots=True)
class PlainMonth:
    """What an ordinary employee of one programme in one month may have, worked out once for both."""

    settings: RuleSettings
    whole: Stretch
    codes: frozenset[str]
    full_time_minimum: int
    full_time_maximum: int
    low_factor: int
    low_percent: int
    high_factor: int
    high_percent: int
    _stretches: dict[tuple[date, date], Stretch] = field(default_factory=dict[tuple[date, date], Stretch])

    def is_plainly_fine(self, employee: Employee) -> bool:
        """True only when no rule about an employee would find a fault; False says nothing."""
        return not self.unusual([employee])

    def unusual(self, employees: Sequence[Employee]) -> list[int]:
        """The ordinals of those of whom it is not plain that no rule about an employee would find a fault."""
        employments = [employment for one in employees for employment in one.employments]
        columns = columns_of(line for employment in employments for line in employment.lines)
        ends = list(accumulate((len(employment.lines) for employment in employments), initial=0))
        terms = [
            (one.begin, one.end, one.weekly_hours_hundredths, one.full_time_hours_hundredths) for one in employments
        ]
        judged = iter(PlainLines(self, columns).judge(terms, ends[:-1], ends[1:]))
        return [
            ordinal
            for ordinal, employee in enumerate(employees)
            if not all(tuple(islice(judged, len(employee.employments))))
            or not is_plain_number(employee.insz)
            or not follow_each_other([(one.number, one.begin, one.end) for one in employee.employments])
        ]

    def stretch(self, begin: date, end: date | None) -> Stretch | None:
        """None for an employment that does not touch the month."""
        first_day, last_day = self.whole.first_day, self.whole.last_day
        if begin <= first_day and (end is None or end >= last_day):
            return self.whole
        first, last = max(begin, first_day), last_day if end is None else min(end, last_day)
        if first > last:
            return None
        # A month has a few hundred of them.
        found = self._stretches.get((first, last))
        if found is None:
            found = self._stretches[first, last] = _stretch(self.settings, first, last)
        return found


PlainTerms = tuple[date, date | None, int, int]
"""Of an employment: begin, end, Q and S."""


class PlainLines:
    """Lines of many employments in one month, looked at together first.

    What must hold of every line alone holds of all of them in nearly every file, and then none is looked at again.
    """

    __slots__ = ("_columns", "_month")

    def __init__(self, month: PlainMonth, columns: LineColumns) -> None:
        self._month = month
        self._columns = columns

    def judge(self, employments: Iterable[PlainTerms], firsts: Sequence[int], lasts: Sequence[int]) -> list[bool]:
        """Whether nothing is wrong with each employment, which has the lines from a first to before a last."""
        month, columns = self._month, self._columns
        first_day, last_day, whole = month.whole.first_day, month.whole.last_day, month.whole
        least, most = month.full_time_minimum, month.full_time_maximum
        low_factor, low_percent = month.low_factor, month.low_percent
        high_factor, high_percent = month.high_factor, month.high_percent
        all_days, all_hours, all_paired = columns.days_before, columns.hours_before, columns.days_with_hours_before
        numbers, has_dates = columns.numbers, columns.has_dates
        are_all_possible = self._are_possible(0, len(columns.codes))
        judged: list[bool] = []
        for (begin, end, weekly, full_time), first, last in zip(employments, firsts, lasts, strict=True):
            covers = begin <= first_day and (end is None or end >= last_day)
            stretch = whole if covers else month.stretch(begin, end)
            days = all_days[last] - all_days[first]
            hours = all_hours[last] - all_hours[first]
            paired = all_paired[last] - all_paired[first]
            is_full_time = weekly == full_time
            judged.append(
                stretch is not None
                and 0 < weekly <= full_time
                and least <= full_time <= most
                and (is_full_time or paired == days)
                and 0 < days <= (stretch.full_time_tenths if is_full_time else stretch.part_time_tenths)
                and hours * 500 <= weekly * stretch.hours_factor
                and hours * low_factor >= weekly * paired * low_percent
                and hours * high_factor <= full_time * paired * high_percent
                and _rise(numbers[first:last])
                and (are_all_possible or self._are_possible(first, last))
                and (not has_dates or self._are_in_order(first, last, stretch))
            )
        return judged

    def _are_possible(self, first: int, last: int) -> bool:
        """Whether each line has an allowed code, days, and no more hours than its days have, or none."""
        columns = self._columns
        days = [day for day in columns.days[first:last] if day is not None]
        if len(days) < last - first or not self._month.codes.issuperset(columns.codes[first:last]):
            return False
        hours = columns.hours[first:last]
        return min(days, default=1) > 0 and all(
            hour is None or 0 < hour <= _MOST_HOURS * day for hour, day in zip(hours, days, strict=True)
        )

    def _are_in_order(self, first: int, last: int, stretch: Stretch) -> bool:
        """Whether dated lines lie in the stretch, each after the one before, and their days fit in their dates."""
        columns = self._columns
        reached = None
        for begin, end, days in zip(
            columns.from_days[first:last], columns.until_days[first:last], columns.days[first:last], strict=True
        ):
            if begin is None or end is None:
                continue
            if not stretch.first_day <= begin <= end <= stretch.last_day or (reached is not None and begin <= reached):
                return False
            if days is None or days > 10 * (end.day - begin.day + 1):
                return False
            reached = end
        return True


def is_plain_number(insz: str) -> bool:
    return (
        len(insz) == 11
        and insz.isascii()
        and insz.isdigit()
        and has_insz_check_digits(insz)
        and has_insz_date_range(insz)
    )


def follow_each_other(employments: Sequence[tuple[int, date, date | None]]) -> bool:
    """Whether employments, each with its number, begin and end, come one after the other and are numbered so."""
    return bool(employments) and all(
        earlier[0] < later[0] and earlier[2] is not None and earlier[2] < later[1]
        for earlier, later in pairwise(employments)
    )


def _rise(numbers: Sequence[int]) -> bool:
    count = len(numbers)
    return tuple(numbers) == _FROM_ONE[:count] or all(map(lt, numbers, numbers[1:]))


@cache
def plain_month(settings: RuleSettings, month: Month, programme: str) -> PlainMonth:
    regime, hours = settings.regime, settings.hours
    return PlainMonth(
        settings=settings,
        whole=_stretch(settings, *bounds_of(month)),
        codes=codes_allowed_in(settings, month, programme),
        full_time_minimum=regime.full_time_minimum_hundredths,
        full_time_maximum=regime.full_time_maximum_hundredths,
        low_factor=1000 * hours.longest_week_days,
        low_percent=100 - hours.ratio_tolerance_percent,
        high_factor=1000 * hours.shortest_week_days,
        high_percent=100 + hours.ratio_tolerance_percent,
    )


def _stretch(settings: RuleSettings, first: date, last: date) -> Stretch:
    regime = settings.regime
    return Stretch(
        first_day=first,
        last_day=last,
        full_time_tenths=10 * days_between(first, last, regime.full_time_days_a_week),
        part_time_tenths=10 * days_between(first, last, regime.part_time_days_a_week),
        hours_factor=days_between(first, last, FIVE_DAY_WEEK) * (100 + settings.hours.tolerance_percent),
    )
