"""Seeing in one glance that an ordinary employee breaks no rule, which is so for nearly all of them.

A file of 100 MB holds some two hundred thousand employees. Fourteen rules that each look at one of them cost nine times
what one look costs, so the rules run only for who is not plainly fine: two contracts in a month, a begin or an end
inside it, an odd amount. Plainly fine means that no rule about an employee would say anything; a test compares both
over generated employees. A new rule about employees belongs in here too, or nobody who is plainly fine is asked about
it; another test asks for that.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain, compress, count, islice, pairwise, repeat
from operator import ge, gt, lt

from domain.identifiers import has_insz_check_digits, has_insz_date_range
from domain.months import Month
from validation.columns import LineColumns, columns_of, differences
from validation.configuration import RuleSettings, codes_allowed_in
from validation.document import Employee
from validation.working_days import FIVE_DAY_WEEK, bounds_of, days_between

COVERED = frozenset(
    f"{letter}-{number}" for letter, numbers in (("N", (401, 402, 408)), ("L", range(501, 512))) for number in numbers
)
"""The rules whose bounds stand in this module too."""


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
        columns = columns_of(employments)
        terms = [
            (None, one.number, one.begin, one.end, one.weekly_hours_hundredths, one.full_time_hours_hundredths)
            for one in employments
        ]
        judged = iter(PlainLines(self, columns).judge(terms))
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


PlainTerms = tuple[object, int, date, date | None, int, int]
"""Of an employment: what is not looked at, its number, begin and end, Q and S."""


class PlainLines:
    """Lines of many employments in one month, looked at together.

    What must hold of every line holds of all of them in nearly every file, and is asked of all of them at once.
    """

    __slots__ = ("_columns", "_month")

    def __init__(self, month: PlainMonth, columns: LineColumns) -> None:
        self._month = month
        self._columns = columns

    def judge(self, employments: Iterable[PlainTerms]) -> list[bool]:
        """Whether nothing is wrong with each employment of the columns."""
        month, columns = self._month, self._columns
        first_day, last_day, whole = month.whole.first_day, month.whole.last_day, month.whole
        least, most = month.full_time_minimum, month.full_time_maximum
        low_factor, low_percent = month.low_factor, month.low_percent
        high_factor, high_percent = month.high_factor, month.high_percent
        judged: list[bool] = []
        amounts = zip(employments, columns.days, columns.hours, columns.paired, strict=True)
        for (_, _, begin, end, weekly, full_time), days, hours, paired in amounts:
            is_whole = begin <= first_day and (end is None or end >= last_day)
            stretch = whole if is_whole else month.stretch(begin, end)
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
                and (is_whole or self._have_dates_in(stretch, len(judged)))
            )
        for line in chain(self._odd_lines(), self._odd_dates() if columns.dated else ()):
            judged[columns.employment_of(line)] = False
        return judged

    def _odd_lines(self) -> Iterator[int]:
        """The ordinals of lines without an allowed code, days, or possible hours, or numbered below the one before."""
        columns, numbers = self._columns, self._columns.numbers
        yield from compress(count(), map(gt, columns.counted_hours, columns.most_hours))
        least = min(columns.counted_hours, default=1)
        if least < 0 or (least == 0 and 0 in columns.line_hours):
            yield from (at for at, hours in enumerate(columns.line_hours) if hours is not None and hours <= 0)
        forbidden = set(columns.codes) - self._month.codes
        if forbidden:
            yield from (at for at, code in enumerate(columns.codes) if code in forbidden)
        from_one = chain.from_iterable(range(1, lines + 1) for lines in differences(columns.bounds))
        if tuple(from_one) != tuple(numbers):
            yield from set(compress(count(1), map(ge, numbers, islice(numbers, 1, None)))).difference(columns.bounds)

    def _odd_dates(self) -> Iterator[int]:
        """The ordinals of lines with dates outside of the month, before those of an earlier line, or too few."""
        columns, whole = self._columns, self._month.whole
        dated, bounds = columns.dated, columns.bounds
        begins, ends, most_days = zip(*columns.dates, strict=True)
        days = map(columns.counted_days.__getitem__, dated)
        yield from compress(dated, map(gt, days, most_days))
        yield from compress(dated, map(lt, begins, repeat(whole.first_day)))
        yield from compress(dated, map(gt, ends, repeat(whole.last_day)))
        for earlier, later in compress(pairwise(dated), map(ge, ends, islice(begins, 1, None))):
            if bounds[bisect_right(bounds, earlier)] > later:
                yield later

    def _have_dates_in(self, stretch: Stretch, employment: int) -> bool:
        columns = self._columns
        first, last = (bisect_left(columns.dated, bound) for bound in columns.bounds[employment : employment + 2])
        return all(
            stretch.first_day <= begin and end <= stretch.last_day for begin, end, _ in columns.dates[first:last]
        )


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
