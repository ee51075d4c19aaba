"""Performance lines and what they add up to; amounts are whole numbers of the smallest unit, never floats."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class PerformanceLine(NamedTuple):
    """One line of a performance file (prestatielijn).

    *line_number* counts from 1 in its revision; *source_line* is the text line of the uploaded file, none by hand.
    *weekly_hours* (Q) and *full_time_hours* (S) are the regime, in hundredths of an hour a week; *hours* in
    hundredths of an hour, *days* in tenths of a day, none where the file has none. *from_day* and *until_day*
    date an absence that counts on given days, both included. A tuple, in the order of the columns in the database:
    there are hundreds in an answer and hundreds of thousands in a file, and a tuple is made at once.
    """

    line_number: int
    insz: str
    employer: str | None
    employment_number: int
    employment_begin: date
    employment_end: date | None
    weekly_hours_hundredths: int
    full_time_hours_hundredths: int
    code: str
    days_tenths: int | None
    hours_hundredths: int | None
    from_day: date | None
    until_day: date | None
    source_line: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of lines adds up to.

    *full_time_equivalents* are in ten-thousandths, of subsidised performances only, counted once for each employment.
    """

    employees: int
    lines: int
    hours_hundredths: int
    days_tenths: int
    full_time_equivalents_ten_thousandths: int
