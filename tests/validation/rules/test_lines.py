"""L: codes, amounts and days of performance lines."""

from dataclasses import replace
from datetime import date

import pytest
from performance_parts import (
    a_line,
    a_part,
    an_employee,
    an_employment,
    check_lines,
    check_staff,
    codes,
    only,
    severity_of,
)

from domain.months import Month
from domain.vocabulary import Severity
from validation.configuration import rule_settings
from validation.document import Spot
from validation.rules import check_employees


def october(day: int) -> date:
    return date(2026, 10, day)


def test_an_ordinary_month_has_no_fault() -> None:
    assert codes(check_lines(a_line(), a_line(2, "2", days=10, hours=760))) == []


# L-501


def test_an_unknown_code_is_named_with_the_codes_that_exist() -> None:
    fault = only("L-501", check_lines(a_line(), a_line(2, "99", days=10, hours=760)))

    assert (fault.spot, fault.value) == (Spot(0, 0, 1, "Prestatiecode"), "99")
    assert fault.expected == "1, 2, 10, 11, 21, 24, 30, 50, 51, 52, 60, 61, 70, 71, 72"


@pytest.mark.parametrize(
    ("month", "expected"),
    [(Month(2026, 9), []), (Month(2026, 10), ["L-501"])],
)
def test_a_code_counts_until_the_last_month_of_its_validity(month: Month, expected: list[str]) -> None:
    until_september = tuple(
        replace(code, valid_until=date(2026, 9, 30)) if code.code == "2" else code for code in rule_settings().codes
    )
    settings = replace(rule_settings(), codes=until_september)

    part = a_part(an_employee(an_employment(a_line(1, "2"))), month=month)

    assert codes(check_employees(part, settings)) == expected


# L-502


def test_economic_unemployment_is_not_for_gesco() -> None:
    fault = only("L-502", check_lines(a_line(), a_line(2, "71", days=10, hours=760)))

    assert (fault.spot, fault.value) == (Spot(0, 0, 1, "Prestatiecode"), "71")
    assert fault.values == {"programme": "GESCO"}


def test_economic_unemployment_is_for_social_workshops() -> None:
    employee = an_employee(an_employment(a_line(1, "71")))

    assert codes(check_staff(employee, programme="SOCIALE_WERKPLAATS")) == []


# L-503


@pytest.mark.parametrize(
    ("weekly", "days", "hours", "missing"),
    [
        (1900, None, 7600, "Dagen"),
        (1900, 100, None, "Uren"),
        (1900, None, None, "Dagen, Uren"),
        (3800, None, 7600, "Dagen"),
        (3800, 100, None, None),
        (3800, 100, 7600, None),
        (1900, 100, 7600, None),
    ],
)
def test_full_time_needs_days_and_part_time_days_and_hours(
    weekly: int, days: int | None, hours: int | None, missing: str | None
) -> None:
    checked = check_lines(a_line(days=days, hours=hours), weekly=weekly)

    if missing is None:
        assert codes(checked) == []
    else:
        fault = only("L-503", checked)
        assert (fault.spot, fault.expected) == (Spot(0, 0, 0), missing)


# L-504


def test_dated_lines_that_share_a_day_name_the_earlier_line() -> None:
    checked = check_lines(
        a_line(3, "24", days=10, hours=760, dated=(october(7), october(7))),
        a_line(4, "50", days=20, hours=1520, dated=(october(6), october(7))),
    )

    fault = only("L-504", checked)

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0, 0, "Van"), "2026-10-07", "> 2026-10-07")
    assert fault.values == {"other": "4"}


def test_a_long_absence_is_held_against_every_later_line() -> None:
    checked = check_lines(
        a_line(1, "50", days=40, hours=1520, dated=(october(5), october(9))),
        a_line(2, "24", days=10, hours=380, dated=(october(6), october(6))),
        a_line(3, "24", days=10, hours=380, dated=(october(8), october(8))),
    )

    assert codes(checked) == ["L-504", "L-504"]


def test_dated_lines_that_follow_each_other_are_fine() -> None:
    checked = check_lines(
        a_line(1, "50", days=20, hours=1520, dated=(october(5), october(6))),
        a_line(2, "24", days=10, hours=760, dated=(october(7), october(7))),
    )

    assert codes(checked) == []


# L-505


@pytest.mark.parametrize(
    ("dated", "field"),
    [
        ((date(2026, 9, 30), october(1)), "Van"),
        ((october(31), date(2026, 11, 1)), "Tot"),
        ((october(9), october(8)), "Tot"),
    ],
)
def test_a_dated_line_lies_in_the_month_and_ends_after_it_begins(dated: tuple[date, date], field: str) -> None:
    fault = only("L-505", check_lines(a_line(days=10, hours=760, dated=dated)))

    assert fault.spot == Spot(0, 0, 0, field)
    assert fault.expected == "2026-10-01 – 2026-10-31"


def test_a_dated_line_may_fill_the_month_from_the_first_to_the_last_day() -> None:
    assert codes(check_lines(a_line(dated=(october(1), october(31))))) == []


def test_a_dated_line_lies_in_its_employment() -> None:
    line = a_line(days=10, hours=760, dated=(october(11), october(12)))

    fault = only("L-505", check_lines(line, begin=october(12)))

    assert fault.expected == "2026-10-12 – 2026-10-31"


def test_an_employment_with_lines_touches_the_month() -> None:
    fault = only("L-505", check_lines(a_line(), begin=date(2026, 11, 1)))

    assert (fault.spot, fault.value) == (Spot(0, 0), "2026-11-01 –")


@pytest.mark.parametrize(("end", "expected"), [(date(2026, 9, 30), []), (october(1), ["L-510"])])
def test_an_employment_before_the_month_needs_no_lines(end: date, expected: list[str]) -> None:
    assert codes(check_lines(end=end)) == expected


# L-506: October 2026 has 22 weekdays, 4.4 weeks; 19 hours a week are 83.60, with ten percent 91.96.


@pytest.mark.parametrize(("hours", "expected"), [(9196, []), (9197, ["L-506"])])
def test_hours_above_the_month_and_its_tolerance_are_a_warning(hours: int, expected: list[str]) -> None:
    assert codes(check_lines(a_line(days=120, hours=hours))) == expected


def test_the_warning_on_hours_says_what_was_to_be_expected() -> None:
    checked = list(check_lines(a_line(days=110, hours=7600), a_line(2, "2", days=20, hours=1597)))

    fault = only("L-506", checked)

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0), "91.97", "91.96")
    assert severity_of("L-506", checked) is Severity.WARNING


def test_hours_are_held_against_the_weekdays_of_the_employment_in_the_month() -> None:
    # From the 19th: ten weekdays, two weeks, 38 hours and ten percent.
    assert codes(check_lines(a_line(days=60, hours=4180), begin=october(19))) == []
    assert codes(check_lines(a_line(days=60, hours=4181), begin=october(19))) == ["L-506"]


@pytest.mark.parametrize(("hours", "expected"), [(2400, []), (2401, ["L-506"])])
def test_a_day_has_at_most_24_hours(hours: int, expected: list[str]) -> None:
    checked = check_lines(a_line(), a_line(2, "1", days=10, hours=hours), weekly=3800)

    assert codes(checked) == expected


def test_more_than_24_hours_a_day_is_blocking_and_said_once() -> None:
    checked = list(check_lines(a_line(), a_line(2, "1", days=10, hours=9900)))

    fault = only("L-506", checked)

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0, 1, "Uren"), "99.00", "24.00")
    assert severity_of("L-506", checked) is Severity.BLOCKING


# L-507: 22 weekdays, 27 days from Monday to Saturday.


@pytest.mark.parametrize(
    ("weekly", "days", "expected"),
    [(3800, 220, []), (3800, 225, ["L-507"]), (1900, 270, []), (1900, 275, ["L-507"])],
)
def test_days_fit_in_the_month_with_saturdays_for_part_time(weekly: int, days: int, expected: list[str]) -> None:
    hours = None if weekly == 3800 else 8360

    assert codes(check_lines(a_line(days=days, hours=hours), weekly=weekly)) == expected


def test_days_of_all_lines_of_an_employment_count_together() -> None:
    checked = check_lines(a_line(days=200, hours=None), a_line(2, "2", days=30, hours=None), weekly=3800)

    fault = only("L-507", checked)

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0), "23.0", "22.0")


@pytest.mark.parametrize(("days", "expected"), [(20, []), (25, ["L-507"])])
def test_the_days_of_a_dated_line_fit_in_its_dates(days: int, expected: list[str]) -> None:
    line = a_line(1, "50", days=days, hours=1520, dated=(october(5), october(6)))

    assert codes(check_lines(line)) == expected


# L-508


@pytest.mark.parametrize(
    ("weekly", "full_time", "found", "expected"),
    [
        (3801, 3800, "Q=38.01", "0 < Q ≤ 38.00"),
        (0, 3800, "Q=0.00", "0 < Q ≤ 38.00"),
        (-1900, 3800, "Q=-19.00", "0 < Q ≤ 38.00"),
        (1900, 2999, "S=29.99", "30.00 ≤ S ≤ 40.00"),
        (1900, 4001, "S=40.01", "30.00 ≤ S ≤ 40.00"),
    ],
)
def test_a_regime_that_cannot_exist(weekly: int, full_time: int, found: str, expected: str) -> None:
    fault = only("L-508", check_lines(a_line(), weekly=weekly, full_time=full_time))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0, field="Arbeidsregime"), found, expected)


@pytest.mark.parametrize(("weekly", "full_time"), [(3000, 3000), (4000, 4000), (1, 3800)])
def test_regimes_at_the_bounds_can_exist(weekly: int, full_time: int) -> None:
    lines = (a_line(days=10, hours=1 if weekly == 1 else 760),)

    assert "L-508" not in codes(check_lines(*lines, weekly=weekly, full_time=full_time))


def test_amounts_are_not_negative() -> None:
    assert codes(check_lines(a_line(), a_line(2, "2", days=-10, hours=760))) == ["L-508"]
    assert codes(check_lines(a_line(), a_line(2, "2", days=10, hours=-760))) == ["L-508"]


def test_a_line_of_zero_says_nothing() -> None:
    fault = only("L-508", check_lines(a_line(), a_line(2, "2", days=0, hours=0)))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0, 1, "Uren"), "0.00", "> 0")


def test_a_line_of_zero_days_in_full_time_says_nothing() -> None:
    checked = check_lines(a_line(hours=None), a_line(2, "2", days=0, hours=None), weekly=3800)

    assert only("L-508", checked).spot == Spot(0, 0, 1, "Dagen")


# L-509: for 19 of 38 hours, between 19/6 less 5 % (3.0083) and 38/4 plus 5 % (9.975) hours a day.


@pytest.mark.parametrize(("hours", "expected"), [(3008, ["L-509"]), (3009, []), (9975, []), (9976, ["L-509"])])
def test_an_average_day_lies_between_six_short_and_four_long_days_a_week(hours: int, expected: list[str]) -> None:
    # 100.0 hours in ten days are too many for half-time in a month, so the upper bound is tried in two-thirds time.
    weekly = 1900 if hours < 5000 else 2533

    assert codes(check_lines(a_line(days=100, hours=hours), weekly=weekly)) == expected


def test_an_unusual_average_says_what_is_usual() -> None:
    fault = only("L-509", check_lines(a_line(days=100, hours=1500)))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0), "1.50", "3.00 – 9.97")
    assert fault.values == {"regime": "19.00/38.00"}


def test_lines_without_hours_have_no_average() -> None:
    assert codes(check_lines(a_line(days=200, hours=None), weekly=3800)) == []


# L-510


def test_an_employment_without_any_line_is_a_warning() -> None:
    fault = only("L-510", check_lines())

    assert fault.spot == Spot(0, 0)


# L-511


def test_a_sequence_number_stands_once_in_an_employment() -> None:
    fault = only("L-511", check_lines(a_line(), a_line(1, "2", days=10, hours=760)))

    assert (fault.spot, fault.value) == (Spot(0, 0, 1, "@volgnr"), "1")


def test_a_sequence_number_stands_once_among_the_employments_of_an_employee() -> None:
    first = an_employment(a_line(days=50, hours=3800), end=october(15))
    second = an_employment(a_line(days=50, hours=3800), begin=october(16))

    fault = only("L-511", check_staff(an_employee(first, second)))

    assert fault.spot == Spot(0, 1, field="@volgnr")


def test_the_lines_of_two_employments_may_have_the_same_numbers() -> None:
    first = an_employment(a_line(days=50, hours=3800), end=october(15))
    second = an_employment(a_line(days=50, hours=3800), number=2, begin=october(16))

    assert codes(check_staff(an_employee(first, second))) == []
