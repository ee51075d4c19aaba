"""Identifiers, with python-stdnum as an independent oracle of their check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import bis, nn, vat

from domain.errors import InvalidValue
from domain.identifiers import (
    EnterpriseNumber,
    Insz,
    has_enterprise_check_digits,
    has_insz_check_digits,
    has_insz_date_range,
    mask_insz,
)

# The oracle tries the formula for births from 2000 only for years that have come; up to 24 they have.
INSZ_OF_EITHER_CENTURY = st.builds(
    lambda year, month, day, serial: f"{year:02d}{month:02d}{day:02d}{serial:03d}",
    st.integers(0, 24),
    st.integers(0, 99),
    st.integers(0, 31),
    st.integers(0, 999),
)
NINE_DIGITS = st.from_regex(r"[0-9]{9}", fullmatch=True)
# Often right, often nearly right: random check digits would almost never meet.
SHIFT = st.just(0) | st.integers(-97, 97)


def insz_check(nine: str, *, from_2000: bool) -> int:
    return 97 - int(f"{2 if from_2000 else ''}{nine}") % 97


@given(INSZ_OF_EITHER_CENTURY, st.booleans(), SHIFT)
def test_an_insz_is_right_when_stdnum_says_so(nine: str, from_2000: bool, shift: int) -> None:
    digits = f"{nine}{(insz_check(nine, from_2000=from_2000) + shift) % 100:02d}"

    is_right = has_insz_check_digits(digits) and has_insz_date_range(digits)

    assert is_right == (nn.is_valid(digits) or bis.is_valid(digits))


@given(NINE_DIGITS, st.booleans())
def test_computed_check_digits_of_both_centuries_are_right(nine: str, from_2000: bool) -> None:
    assert has_insz_check_digits(f"{nine}{insz_check(nine, from_2000=from_2000):02d}")


@given(NINE_DIGITS)
def test_an_insz_never_ends_in_00_or_above_97(nine: str) -> None:
    assert not any(has_insz_check_digits(f"{nine}{check:02d}") for check in (0, 98, 99))


@given(st.integers(1, 19_999_999), SHIFT)
def test_an_enterprise_number_is_right_when_stdnum_says_so(number: int, shift: int) -> None:
    check = (97 - number % 97 + shift) % 100
    digits = f"{number:08d}{check:02d}"

    # Where the remainder is 0 the check digits are 97; the oracle takes 00 as well, which nobody issues.
    assert has_enterprise_check_digits(digits) == (vat.is_valid(digits) and check != 0)


@pytest.mark.parametrize(
    "text",
    ["", "8507300332", "850730033280", "85073003329", "8507300332A", "85.07.30-033.28", "٨٥٠٧٣٠٠٣٣٢٨", "85073003328\n"],
)
def test_what_is_no_insz_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Insz.parse(text)

    assert len(text) < 5 or text not in str(refused.value)


def test_an_insz_is_shown_masked() -> None:
    assert Insz.parse("85073003328").masked == "85*******28"


@pytest.mark.parametrize(("text", "masked"), [("", ""), ("1234", "****"), ("12345", "12*******45")])
def test_masking_hides_whatever_stands_where_an_insz_should(text: str, masked: str) -> None:
    assert mask_insz(text) == masked


@pytest.mark.parametrize(
    ("month_and_day", "possible"),
    [
        ("0000", True),
        ("1231", True),
        ("1232", False),
        ("1301", False),
        ("1901", False),
        ("2001", True),
        ("3231", True),
        ("3301", False),
        ("3901", False),
        ("4001", True),
        ("5231", True),
        ("5301", False),
    ],
)
def test_month_and_day_of_an_insz_allow_unknown_dates_and_bis_numbers(month_and_day: str, possible: bool) -> None:
    assert has_insz_date_range(f"85{month_and_day}00000") is possible


@pytest.mark.parametrize("text", ["0566988259", "0566.988.259", "BE 0566.988.259", "be0566988259", " 0566 988 259 "])
def test_enterprise_numbers_are_read_as_people_type_them(text: str) -> None:
    assert EnterpriseNumber.parse(text) == "0566988259"


@pytest.mark.parametrize(
    "text", ["", "0566988258", "566988259", "2566988259", "05669882590", "BEBE0566988259", "0566-988-259"]
)
def test_what_is_no_enterprise_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        EnterpriseNumber.parse(text)
