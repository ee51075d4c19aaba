"""Amounts and periods as a message shows them, and the days on which work can be counted."""

from datetime import date

import pytest
from performance_parts import OCTOBER, an_employment

from validation.amounts import days_text, full_time_equivalents_text, hours_text, period_text
from validation.working_days import days_between, days_in_month, weekdays_in_month


@pytest.mark.parametrize(
    ("hundredths", "text"), [(0, "0.00"), (5, "0.05"), (7600, "76.00"), (-760, "-7.60"), (-5, "-0.05")]
)
def test_hours_have_two_places(hundredths: int, text: str) -> None:
    assert hours_text(hundredths) == text


def test_days_have_one_place_and_equivalents_four() -> None:
    assert (days_text(205), full_time_equivalents_text(4545)) == ("20.5", "0.4545")


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 10, 5), date(2026, 10, 7), "2026-10-05 – 2026-10-07"),
        (date(2026, 10, 5), date(2026, 10, 5), "2026-10-05"),
        (date(2026, 10, 5), None, "2026-10-05 –"),
    ],
)
def test_periods_show_both_ends(first: date, last: date | None, text: str) -> None:
    assert period_text(first, last) == text


@pytest.mark.parametrize(
    ("first", "last", "a_week", "days"),
    [
        (date(2026, 10, 5), date(2026, 10, 11), 5, 5),
        (date(2026, 10, 5), date(2026, 10, 11), 6, 6),
        (date(2026, 10, 10), date(2026, 10, 11), 5, 0),
        (date(2026, 10, 9), date(2026, 10, 9), 5, 1),
    ],
)
def test_days_of_a_week_count_from_monday(first: date, last: date, a_week: int, days: int) -> None:
    assert days_between(first, last, a_week) == days


@pytest.mark.parametrize(
    ("begin", "end", "inside", "weekdays"),
    [
        (date(2024, 3, 1), None, (date(2026, 10, 1), date(2026, 10, 31)), 22),
        (date(2026, 10, 31), None, (date(2026, 10, 31), date(2026, 10, 31)), 0),
        (date(2024, 3, 1), date(2026, 10, 1), (date(2026, 10, 1), date(2026, 10, 1)), 1),
        (date(2026, 11, 1), None, None, 0),
        (date(2024, 3, 1), date(2026, 9, 30), None, 0),
    ],
)
def test_an_employment_counts_for_its_days_in_the_month(
    begin: date, end: date | None, inside: tuple[date, date] | None, weekdays: int
) -> None:
    employment = an_employment(begin=begin, end=end)

    assert days_in_month(employment, OCTOBER) == inside
    assert weekdays_in_month(employment, OCTOBER) == weekdays
