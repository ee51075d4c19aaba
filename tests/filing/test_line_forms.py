"""Lines that a person fills in: exact amounts, strict bounds, and no INSZ in an error."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from filing.line_forms import MOST_LINES, LineForm, lines_from

FORM = LineForm(
    employee="85073003328",
    employer=None,
    employment_number=1,
    begin=date(2024, 3, 1),
    end=None,
    weekly_hours=Decimal("19.00"),
    full_time_hours=Decimal("38.00"),
    code="1",
    days=Decimal("20.0"),
    hours=Decimal("76.00"),
    from_day=None,
    until_day=None,
)


def test_amounts_become_whole_numbers_of_their_smallest_unit() -> None:
    (line,) = lines_from([FORM])

    assert (line.weekly_hours_hundredths, line.full_time_hours_hundredths) == (1900, 3800)
    assert (line.days_tenths, line.hours_hundredths) == (200, 7600)


@given(st.integers(0, 999_999))
def test_every_amount_within_bounds_is_exact(hundredths: int) -> None:
    (line,) = lines_from([replace(FORM, hours=Decimal(hundredths).scaleb(-2))])

    assert line.hours_hundredths == hundredths


@given(st.decimals())
def test_a_decimal_is_read_exactly_or_refused(amount: Decimal) -> None:
    try:
        (line,) = lines_from([replace(FORM, hours=amount)])
    except InvalidValue:
        return
    assert line.hours_hundredths is not None
    assert Decimal(line.hours_hundredths).scaleb(-2) == amount


def test_a_file_has_at_most_five_thousand_lines() -> None:
    assert len(lines_from([FORM] * MOST_LINES)) == MOST_LINES

    with pytest.raises(InvalidValue) as refused:
        lines_from([FORM] * (MOST_LINES + 1))
    assert refused.value.path == ("lines",)


def test_an_employer_is_read_as_people_write_him() -> None:
    (line,) = lines_from([replace(FORM, employer="BE 0999.000.624")])

    assert line.employer == "0999000624"


@pytest.mark.parametrize("text", ["85073003328 ", "850730033281", "8507300332x", ""])
def test_an_insz_of_a_wrong_form_is_never_repeated_whole(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        lines_from([replace(FORM, employee=text)])

    assert refused.value.path == ("lines", "0", "employee")
    assert "0730033" not in str(refused.value)


def test_an_insz_in_the_wrong_field_is_masked() -> None:
    for field in ("code", "employer"):
        with pytest.raises(InvalidValue) as refused:
            lines_from([replace(FORM, **{field: "85073003328"})])
        assert "85073003328" not in str(refused.value)


def test_lines_of_one_employment_and_of_one_employee_are_brought_together() -> None:
    other = replace(FORM, employee="01020300467")
    second = replace(FORM, employment_number=2)

    lines = lines_from([FORM, other, second, replace(FORM, code="2")])

    assert [(line.line_number, line.insz[:2], line.employment_number, line.code) for line in lines] == [
        (1, "85", 1, "1"),
        (2, "85", 1, "2"),
        (3, "85", 2, "1"),
        (4, "01", 1, "1"),
    ]
