"""What the department may change without a new program."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from domain.months import Month
from domain.vocabulary import Programme
from validation.configuration import (
    EVERY_PROGRAMME,
    codes_allowed_in,
    codes_subsidised_in,
    codes_valid_in,
    parse_settings,
    rule_settings,
)

OCTOBER = Month(2026, 10)
SHIPPED = files("validation").joinpath("configuration.toml").read_text(encoding="utf-8")


def test_settings_are_read_once() -> None:
    assert rule_settings() is rule_settings()


def test_each_code_is_defined_once_and_programmes_are_known() -> None:
    codes = rule_settings().codes
    named = {
        programme
        for code in codes
        for programme in (code.programmes or frozenset()).union(*(each.programmes for each in code.subsidies))
    }

    assert len({code.code for code in codes}) == len(codes)
    assert named <= {*Programme, EVERY_PROGRAMME}


@pytest.mark.parametrize("programme", list(Programme))
def test_work_is_allowed_and_subsidised_in_every_programme(programme: Programme) -> None:
    assert "1" in codes_allowed_in(rule_settings(), OCTOBER, programme)
    assert "1" in codes_subsidised_in(rule_settings(), OCTOBER, programme)


def test_economic_unemployment_and_bad_weather_are_for_enterprises() -> None:
    only_some = codes_valid_in(rule_settings(), OCTOBER) - codes_allowed_in(rule_settings(), OCTOBER, "GESCO")

    assert only_some == {"71", "72"}
    assert only_some <= codes_allowed_in(rule_settings(), OCTOBER, "INVOEG")


def test_an_unknown_programme_may_use_what_is_for_everyone() -> None:
    assert "71" not in codes_allowed_in(rule_settings(), OCTOBER, "SINE")
    assert "1" in codes_allowed_in(rule_settings(), OCTOBER, "SINE")


@pytest.mark.parametrize(("month", "valid"), [(Month(2012, 12), False), (Month(2013, 1), True), (OCTOBER, True)])
def test_codes_begin_on_the_first_day_of_their_validity(month: Month, valid: bool) -> None:
    assert ("1" in codes_valid_in(rule_settings(), month)) is valid
    assert ("1" in codes_subsidised_in(rule_settings(), month, "GESCO")) is valid


def test_answers_are_remembered_for_the_settings_that_gave_them() -> None:
    fewer = replace(rule_settings(), codes=rule_settings().codes[:1])

    assert codes_valid_in(fewer, OCTOBER) == {"1"}
    assert len(codes_valid_in(rule_settings(), OCTOBER)) == 15


def test_a_programme_replaces_single_values() -> None:
    text = SHIPPED.replace("[months.programmes]", "[months.programmes]\nDAC = { late_months = 6 }")

    months = parse_settings(text).filing_months_of

    assert months("DAC").last_day_for_new(OCTOBER) == date(2027, 4, 30)
    assert months("DAC").target(OCTOBER) == months("GESCO").target(OCTOBER) == date(2026, 11, 15)
    assert months("GESCO").last_day_for_new(OCTOBER) == date(2027, 1, 31)


@pytest.mark.parametrize("missing", ["target_day = 15", "tolerance_percent = 10", 'rule_set = "2026.1"'])
def test_settings_without_a_value_are_not_accepted(missing: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        parse_settings(SHIPPED.replace(f"\n{missing}\n", "\n"))
