"""Working days of a month and of an employment inside it, remembered because every employee asks the same."""

from datetime import date, timedelta
from functools import cache, lru_cache

from domain.months import Month
from validation.document import Employment

FIVE_DAY_WEEK = 5


@cache
def weekdays_of(month: Month) -> int:
    """Mondays to Fridays of the month; five of them are one working week."""
    return month.weekdays


@cache
def bounds_of(month: Month) -> tuple[date, date]:
    """First and last day of the month."""
    return month.first_day, month.last_day


@lru_cache(maxsize=4096)
def days_between(first: date, last: date, days_a_week: int) -> int:
    """How many days from *first* to *last*, both included, fall on the first *days_a_week* days of a week."""
    span = (last - first).days + 1
    return sum(1 for offset in range(span) if (first + timedelta(days=offset)).weekday() < days_a_week)


def days_in_month(employment: Employment, month: Month) -> tuple[date, date] | None:
    """First and last day of the employment inside the month; none when it does not touch the month."""
    first, last = bounds_of(month)
    begin = max(employment.begin, first)
    end = last if employment.end is None else min(employment.end, last)
    return (begin, end) if begin <= end else None


def weekdays_in_month(employment: Employment, month: Month) -> int:
    """Mondays to Fridays of the employment inside the month."""
    first, last = bounds_of(month)
    if employment.begin <= first and (employment.end is None or employment.end >= last):
        return weekdays_of(month)
    days = days_in_month(employment, month)
    return 0 if days is None else days_between(*days, FIVE_DAY_WEEK)
