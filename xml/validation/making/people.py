"""The people of generated files: who works where for how long, and what he did in the month; never with a fault.

Two kinds. Ordinary people are as payroll software writes them that counts in whole and half days: few regimes, few
begins, so that some thousands of texts stand for everybody. Varied people share next to nothing: any regime, begin and
hours to the hundredth, absences with dates, contracts that begin or change within the month. No real month is as
various as that; it shows what repetition is worth.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domain.months import Month
from validation.working_days import days_between

# Every one may stand under every programme; work comes first and takes the days that are left.
_ABSENCES = ("2", "10", "50", "21", "24")
_FIRST_BEGIN = date(2015, 1, 1)
_FULL_TIME_HUNDREDTHS = 3800
_WEEKLY_HUNDREDTHS = (1900, 3800, 3040)
_FULL_TIMES_HUNDREDTHS = (3800, 3800, 3800, 3600, 3700, 3950, 4000)
_DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class GeneratedLine:
    code: str
    days_tenths: int
    hours_hundredths: int | None
    from_day: date | None = None
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class GeneratedEmployment:
    begin: date
    end: date | None
    weekly_hours_hundredths: int
    full_time_hours_hundredths: int
    lines: tuple[GeneratedLine, ...]


@dataclass(frozen=True, slots=True)
class GeneratedEmployee:
    """A person on a convention; his first employment begins on the first day of his fiche."""

    insz: str
    employments: tuple[GeneratedEmployment, ...]

    @property
    def begin(self) -> date:
        return self.employments[0].begin

    @property
    def lines(self) -> Iterator[GeneratedLine]:
        return (line for employment in self.employments for line in employment.lines)

    @property
    def full_time_equivalents_ten_thousandths(self) -> int:
        """At most, rounded up: employments of one person follow each other."""
        return max(
            -(-10_000 * employment.weekly_hours_hundredths // employment.full_time_hours_hundredths)
            for employment in self.employments
        )


MakePerson = Callable[[int, Month], GeneratedEmployee]
"""The person with an ordinal, always the same in the same month."""


def ordinary_person(serial: int, month: Month) -> GeneratedEmployee:
    weekly = _WEEKLY_HUNDREDTHS[serial % len(_WEEKLY_HUNDREDTHS)]
    absences = _ABSENCES[: 1 + serial % len(_ABSENCES)]
    absence_tenths = [5 * (1 + (serial + place) % 3) for place in range(len(absences))]
    worked_tenths = 10 * month.weekdays - sum(absence_tenths)
    amounts = zip(("1", *absences), (worked_tenths, *absence_tenths), strict=True)
    # A day is a fifth of the week; half days keep the hundredths whole.
    lines = tuple(GeneratedLine(code, days, days * weekly // 50) for code, days in amounts)
    begin = date(_FIRST_BEGIN.year + serial % 9, 1 + serial % 12, 1)
    return GeneratedEmployee(_insz(serial), (GeneratedEmployment(begin, None, weekly, _FULL_TIME_HUNDREDTHS, lines),))


def varied_person(serial: int, month: Month) -> GeneratedEmployee:
    draw = Random(serial)  # noqa: S311 - made up, and the same every time
    first, last = month.first_day, month.plus(1).first_day - timedelta(days=1)
    begin = _FIRST_BEGIN + timedelta(days=draw.randrange((first - _FIRST_BEGIN).days))
    change = first + timedelta(days=draw.randrange(8, 20))
    match draw.randrange(25):
        case 0:
            stretches = [(change, None)]
        case 1:
            stretches = [(begin, change), (change + timedelta(days=1), None)]
        case _:
            stretches = [(begin, None)]
    return GeneratedEmployee(
        _insz(serial),
        tuple(
            _varied_employment(draw, from_day, until_day, (max(first, from_day), until_day or last))
            for from_day, until_day in stretches
        ),
    )


def _varied_employment(draw: Random, begin: date, end: date | None, within: tuple[date, date]) -> GeneratedEmployment:
    full_time = draw.choice(_FULL_TIMES_HUNDREDTHS)
    weekly = full_time if draw.randrange(3) == 0 else draw.randrange(full_time // 4, full_time)
    lines = tuple(_varied_lines(draw, weekly, *within))
    if weekly == full_time and draw.randrange(5) == 0:
        lines = tuple(GeneratedLine(line.code, line.days_tenths, None, line.from_day, line.until_day) for line in lines)
    return GeneratedEmployment(begin, end, weekly, full_time, lines)


def _varied_lines(draw: Random, weekly_hundredths: int, first: date, last: date) -> Iterator[GeneratedLine]:
    """Of everything that can be worked between both days, some of it as absences, two in five of them with dates."""
    weekdays = days_between(first, last, _DAYS_A_WEEK)
    absences = draw.sample(_ABSENCES, draw.randrange(min(len(_ABSENCES), weekdays // 3) + 1))
    tenths = [5 * draw.randrange(1, 5) for _ in absences]
    worked = 10 * weekdays - sum(tenths)
    yield GeneratedLine("1", worked, _varied_hours(draw, worked, weekly_hundredths))
    free_day = first
    for code, days in zip(absences, tenths, strict=True):
        from_day = until_day = None
        if draw.randrange(5) < 2:
            from_day = free_day
            until_day = from_day + timedelta(days=(days - 1) // 10)
            free_day = until_day + timedelta(days=1)
        yield GeneratedLine(code, days, _varied_hours(draw, days, weekly_hundredths), from_day, until_day)


def _varied_hours(draw: Random, days_tenths: int, weekly_hundredths: int) -> int:
    """About a fifth of the week for a day."""
    return days_tenths * weekly_hundredths * draw.randrange(9_600, 10_400) // 500_000


def _insz(serial: int) -> str:
    """Born between 1960 and 1999; serial numbers of one day follow each other."""
    day_ordinal, number = divmod(serial, 997)
    year, day_of_year = divmod(day_ordinal, 12 * 28)
    month, day = divmod(day_of_year, 28)
    digits = f"{60 + year % 40:02d}{month + 1:02d}{day + 1:02d}{number + 1:03d}"
    return f"{digits}{97 - int(digits) % 97:02d}"
