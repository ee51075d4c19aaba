"""The parts of the sample file without any fault: what Alfa files for the two conventions that it may upload for."""

from dataclasses import replace
from datetime import date, timedelta

from domain.demo_register import AN, BERT, BUURTWERK, CARLA, DIRK, ELS, GERT, HILDE, INGE, JAN, KOEN
from domain.demo_world import DE_BRUG, HAVENWERK
from domain.months import Month
from domain.vocabulary import DeliveryStatus, Programme
from validation.document import Employee, Employment, Line, Part

FULL_TIME = 3800
DIRKS_FIRST_CONTRACT_DAYS = 15


def valid_parts(month: Month) -> tuple[Part, Part]:
    """The part of De Brug and that of Havenwerk for M = *month*.

    They hold what a month can hold: someone with a related employer, full-time in days only and in days with hours,
    part-time in half and in whole days, absences on given days, two contracts in one month, someone who begins. Days
    and hours fit in the shortest month, so that a sample may change the month alone.
    """
    began = month.plus(-20).first_day
    return (
        Part(
            number=1,
            promotor=DE_BRUG,
            reference=f"C-104233-{_compact(month)}",
            delivery_status=DeliveryStatus.NEW,
            replaces=None,
            convention="104233",
            programme=Programme.GESCO,
            month=month,
            employees=(
                Employee(AN, BUURTWERK, (_employment(1, began, FULL_TIME, (_days(1, "1", 180), _days(2, "2", 20))),)),
                Employee(BERT, None, (_employment(1, began, FULL_TIME, _with_absences(month)),)),
                Employee(CARLA, None, (_employment(1, began, FULL_TIME, (_days(1, "1", 160), _days(2, "10", 40))),)),
                _dirk(month, began),
                Employee(ELS, None, (_half_time(began),)),
                Employee(GERT, None, (_half_time(month.first_day),)),
            ),
        ),
        Part(
            number=2,
            promotor=HAVENWERK,
            reference=f"C-205001-{_compact(month)}",
            delivery_status=DeliveryStatus.NEW,
            replaces=None,
            convention="205001",
            programme=Programme.GESCO,
            month=month,
            employees=(
                Employee(HILDE, None, (_employment(1, began, FULL_TIME, (_days(1, "1", 180), _days(2, "2", 20))),)),
                Employee(
                    INGE,
                    None,
                    (_employment(1, began, 3040, (_line(1, "1", 140, 10640), _line(2, "2", 20, 1520))),),
                ),
                Employee(JAN, None, (_half_time(began),)),
                Employee(
                    KOEN,
                    None,
                    (_employment(1, began, 2850, (_line(1, "1", 130, 9880), _line(2, "50", 20, 1520))),),
                ),
            ),
        ),
    )


def previous_part(month: Month) -> Part:
    """What De Brug filed for M−1: everybody who was there, before Dirk's contract was renewed and Gert began."""
    before = month.plus(-1)
    part = valid_parts(before)[0]
    dirk = Employee(
        DIRK,
        None,
        (_employment(1, month.plus(-20).first_day, 3040, (_line(1, "1", 140, 10640), _line(2, "2", 20, 1520))),),
    )
    staff = (dirk if each.insz == DIRK else each for each in part.employees if each.insz != GERT)
    return replace(part, employees=tuple(staff))


def first_monday_from_the_fifth(month: Month) -> date:
    """The first day of the absences that are dated; the week after it lies in every month."""
    fifth = month.first_day.replace(day=5)
    return fifth + timedelta(days=-fifth.weekday() % 7)


def _with_absences(month: Month) -> tuple[Line, ...]:
    monday = first_monday_from_the_fifth(month)
    tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
    return (
        _line(1, "1", 150, 11400),
        Line(2, "50", 20, 1520, monday, tuesday),
        Line(3, "24", 10, 760, wednesday, wednesday),
        _line(4, "2", 20, 1520),
    )


def _dirk(month: Month, began: date) -> Employee:
    """Four days a week; his contract is renewed in the middle of the month."""
    last = month.first_day.replace(day=DIRKS_FIRST_CONTRACT_DAYS)
    lines = (_line(1, "1", 70, 5320),)
    return Employee(
        DIRK,
        None,
        (
            Employment(1, began, last, 3040, FULL_TIME, lines),
            Employment(2, last + timedelta(days=1), None, 3040, FULL_TIME, lines),
        ),
    )


def _half_time(begin: date) -> Employment:
    """Nineteen hours a week, done in whole days."""
    return _employment(1, begin, 1900, (_line(1, "1", 90, 6840), _line(2, "2", 10, 760)))


def _employment(number: int, begin: date, weekly_hours_hundredths: int, lines: tuple[Line, ...]) -> Employment:
    return Employment(number, begin, None, weekly_hours_hundredths, FULL_TIME, lines)


def _days(number: int, code: str, days_tenths: int) -> Line:
    return Line(number, code, days_tenths, None, None, None)


def _line(number: int, code: str, days_tenths: int, hours_hundredths: int) -> Line:
    return Line(number, code, days_tenths, hours_hundredths, None, None)


def _compact(month: Month) -> str:
    return str(month).replace("-", "")
