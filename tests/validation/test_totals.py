"""What parts and files add up to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from performance_parts import a_line, a_part, an_employee, an_employment

from domain.months import Month
from domain.performance import Totals
from validation.configuration import rule_settings
from validation.document import Employee, Employment, Line
from validation.totals import FileTally, contracted_full_time_equivalents, totals_of


def totals(*lines: Line, programme: str = "GESCO", **employment: Any) -> Totals:
    found = replace(an_employment(**employment), lines=lines)
    return totals_of(a_part(an_employee(found), programme=programme), rule_settings())


def full_time_equivalents(*lines: Line, programme: str = "GESCO", **employment: Any) -> int:
    return totals(*lines, programme=programme, **employment).full_time_equivalents_ten_thousandths


def test_totals_count_employees_lines_hours_and_days() -> None:
    part = a_part(an_employee(an_employment(a_line(), a_line(2, "50", days=5, hours=190))), an_employee())

    assert totals_of(part, rule_settings()) == Totals(2, 3, 15390, 205, 9091)


# October 2026 has 22 weekdays: a full-time month of 38 hours a week is 167.20 hours.


@pytest.mark.parametrize(("hours", "expected"), [(8360, 5000), (4180, 2500), (7600, 4545)])
def test_hours_count_over_a_full_time_month(hours: int, expected: int) -> None:
    assert full_time_equivalents(a_line(hours=hours)) == expected


def test_an_employment_counts_for_its_regime_at_most() -> None:
    assert full_time_equivalents(a_line(hours=16000)) == 5000


@pytest.mark.parametrize(("weekly", "expected"), [(3800, 10000), (1900, 5000)])
def test_days_without_hours_count_at_the_hours_of_the_regime(weekly: int, expected: int) -> None:
    assert full_time_equivalents(a_line(days=220, hours=None), weekly=weekly) == expected


def test_absences_that_are_not_subsidised_do_not_count() -> None:
    assert full_time_equivalents(a_line(hours=4180), a_line(2, "50", hours=4180)) == 2500


def test_what_is_subsidised_depends_on_the_programme() -> None:
    top_up = a_line(1, "11", hours=8360)

    assert full_time_equivalents(top_up, programme="GESCO") == 0
    assert full_time_equivalents(top_up, programme="DAC") == 5000


def test_what_is_subsidised_depends_on_the_month() -> None:
    settings = rule_settings()
    codes = tuple(
        replace(code, subsidies=tuple(replace(each, valid_until=date(2026, 9, 30)) for each in code.subsidies))
        for code in settings.codes
    )

    after = totals_of(a_part(), replace(settings, codes=codes))
    before = totals_of(a_part(month=Month(2026, 9)), replace(settings, codes=codes))

    assert after.full_time_equivalents_ten_thousandths == 0
    assert before.full_time_equivalents_ten_thousandths == 4545


def test_equivalents_are_rounded_once_for_the_part() -> None:
    # One third of a full-time month each: 3 × 0.3333… is 1, not 0.9999.
    third = Employee("", None, (an_employment(a_line(hours=5720), weekly=1950, full_time=3900),))

    assert totals_of(a_part(third, third, third), rule_settings()).full_time_equivalents_ten_thousandths == 10000


@pytest.mark.parametrize(("hours", "expected"), [(1, 1), (2, 1), (3, 2)])
def test_a_half_is_rounded_up(hours: int, expected: int) -> None:
    # Of a full-time month of 200 hours one ten-thousandth is two hundredths of an hour: 1 and 3 are halves.
    full_time = 5000
    month_of_twenty_weekdays = Month(2027, 2)
    found = replace(
        an_employment(a_line(hours=hours)), weekly_hours_hundredths=full_time, full_time_hours_hundredths=full_time
    )
    part = a_part(an_employee(found), month=month_of_twenty_weekdays)

    assert totals_of(part, rule_settings()).full_time_equivalents_ten_thousandths == expected


def test_impossible_amounts_count_for_nothing() -> None:
    assert full_time_equivalents(a_line(hours=-8360)) == 0
    assert full_time_equivalents(a_line(), full_time=0) == 0
    assert full_time_equivalents(a_line(), weekly=-1900) == 0


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (date(2024, 1, 1), None, 5000),
        (date(2026, 10, 1), date(2026, 10, 31), 5000),
        (date(2026, 10, 19), None, 2273),
        (date(2024, 1, 1), date(2026, 9, 30), 0),
        (date(2026, 11, 1), None, 0),
    ],
)
def test_contracted_equivalents_count_the_weekdays_of_the_employment(
    begin: date, end: date | None, expected: int
) -> None:
    employment: Employment = an_employment(begin=begin, end=end)

    assert contracted_full_time_equivalents(a_part(an_employee(employment))) == expected


def test_a_nil_return_adds_up_to_nothing() -> None:
    nobody = a_part(nobody=True)

    assert totals_of(nobody, rule_settings()) == Totals(0, 0, 0, 0, 0)
    assert contracted_full_time_equivalents(nobody) == 0


def test_a_file_counts_promotors_and_conventions_once_and_employees_in_every_part() -> None:
    tally = FileTally()
    for promotor, convention in (("A", "1"), ("A", "2"), ("B", "3"), ("B", "3")):
        tally.add(promotor=promotor, convention=convention, totals=Totals(2, 4, 7605, 105, 0))

    counted = tally.control_totals()

    assert (counted.promotors, counted.conventions, counted.employees, counted.lines) == (2, 3, 8, 16)
    assert (counted.hours, counted.days) == (Decimal("304.20"), Decimal("42.0"))
