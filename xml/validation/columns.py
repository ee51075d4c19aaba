"""Performance lines of many employments side by side, one column for each of their values.

What is asked of an employment (sums, bounds) is a difference of two running sums, and what must hold of every line is
asked of a whole column at once. That costs a fraction of looking at one line after the other.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from operator import sub
from typing import cast

from validation.document import Employment

LineHead = tuple[int, str, int | None, int, int]
"""The number, the code, the days; the days that count, none for none; the most hours that they may have."""
LineDates = tuple[date, date, int]
"""From, until; the most days, in tenths, that lie between."""

_MOST_HOURS = 240
"""In hundredths of an hour, for each tenth of a day."""
_IMPOSSIBLE = -1


def line_head(number: int, code: str, days_tenths: int | None) -> LineHead:
    if days_tenths is None:
        return number, code, None, 0, _IMPOSSIBLE
    return number, code, days_tenths, days_tenths, _MOST_HOURS * days_tenths if days_tenths > 0 else _IMPOSSIBLE


def line_dates(from_day: date, until_day: date) -> LineDates:
    return from_day, until_day, 10 * ((until_day - from_day).days + 1) if from_day <= until_day else _IMPOSSIBLE


class LineColumns:
    """*bounds* has the ordinal of the first line of each employment, and the number of all lines at its end.

    *counted_days* and *counted_hours* are amounts without none; *lone* are the ordinals of lines without hours, *dated*
    of those with *dates*. Of each employment: *days*, *hours*, and *paired*, the days of lines that have hours too;
    *days_before* and *hours_before* are those of all employments before it, and of all.
    """

    __slots__ = (
        "bounds",
        "codes",
        "counted_days",
        "counted_hours",
        "dated",
        "dates",
        "days",
        "days_before",
        "hours",
        "hours_before",
        "line_days",
        "line_hours",
        "lone",
        "most_hours",
        "numbers",
        "paired",
    )

    def __init__(
        self,
        heads: Iterable[LineHead],
        hours: list[int | None],
        dates: Sequence[LineDates],
        *,
        dated: Sequence[int],
        bounds: Sequence[int],
    ) -> None:
        self.bounds = bounds
        self.numbers, self.codes, self.line_days, self.counted_days, self.most_hours = (
            zip(*heads, strict=True) if hours else ((),) * 5
        )
        self.line_hours = hours
        self.dated, self.dates = dated, dates
        self.lone: list[int] = []
        self.counted_hours = cast("list[int]", hours)
        if None in hours:
            self.lone = [ordinal for ordinal, hour in enumerate(hours) if hour is None]
            self.counted_hours = [hour or 0 for hour in hours]
        self.days_before = sums_before(self.counted_days, bounds)
        self.hours_before = sums_before(self.counted_hours, bounds)
        self.days = differences(self.days_before)
        self.hours = differences(self.hours_before)
        self.paired = list(self.days)
        for ordinal in self.lone:
            self.paired[self.employment_of(ordinal)] -= self.counted_days[ordinal]

    def employment_of(self, line: int) -> int:
        """The ordinal of the employment that has the line with that ordinal."""
        return bisect_right(self.bounds, line) - 1


def columns_of(employments: Sequence[Employment]) -> LineColumns:
    lines = [line for employment in employments for line in employment.lines]
    dates = {
        ordinal: line_dates(line.from_day, line.until_day)
        for ordinal, line in enumerate(lines)
        if line.from_day is not None and line.until_day is not None
    }
    return LineColumns(
        [line_head(line.number, line.code, line.days_tenths) for line in lines],
        [line.hours_hundredths for line in lines],
        list(dates.values()),
        dated=list(dates),
        bounds=list(accumulate((len(employment.lines) for employment in employments), initial=0)),
    )


def sums_before(amounts: Iterable[int], bounds: Iterable[int]) -> list[int]:
    """Of all the amounts before each bound."""
    before = list(accumulate(amounts, initial=0))
    return [before[bound] for bound in bounds]


def differences(numbers: Sequence[int]) -> list[int]:
    """Between each and the next one."""
    return list(map(sub, numbers[1:], numbers))
