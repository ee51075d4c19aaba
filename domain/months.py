"""Calendar months and periods of months, as conventions, mandates and performance files count them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from domain.errors import InvalidValue

Clock = Callable[[], datetime]
"""Answers the present moment, with a time zone; an argument everywhere, so that tests pin it."""

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
BRUSSELS = ZoneInfo("Europe/Brussels")


def system_clock() -> datetime:
    return datetime.now(UTC)


def day_in_brussels(moment: datetime) -> date:
    """The calendar day of the department at *moment*: deadlines and validities follow it, not UTC."""
    return moment.astimezone(BRUSSELS).date()


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month; orders by time, and its text `2026-10` sorts the same way."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM`; raises `InvalidValue` on anything else."""
        match = _MONTH.fullmatch(text)
        if match is None or match[1] == "0000":
            raise InvalidValue("month", found=text[:20], expected="YYYY-MM, for example 2026-10")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """The month that it is in Brussels at *moment*."""
        return cls.of(day_in_brussels(moment))

    def plus(self, months: int) -> "Month":
        """The month so many months later; earlier when negative."""
        years, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, index + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    @property
    def days(self) -> int:
        return self.last_day.day

    @property
    def weekdays(self) -> int:
        """Mondays to Fridays in the month, public holidays included."""
        return sum(1 for day in range(1, self.days + 1) if date(self.year, self.number, day).weekday() < 5)

    def has_ended_on(self, day: date) -> bool:
        return day > self.last_day

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class MonthPeriod:
    """Months from first to last, both included; no last month reaches for ever."""

    first: Month
    last: Month | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise InvalidValue("lastMonth", found=str(self.last), expected=f"{self.first} or later")

    def covers(self, month: Month) -> bool:
        return self.first <= month and (self.last is None or month <= self.last)

    def overlaps(self, other: "MonthPeriod") -> bool:
        """Whether the two share at least one month."""
        starts_in_time = other.last is None or self.first <= other.last
        return starts_in_time and (self.last is None or other.first <= self.last)
