"""C: the convention of a part."""

from dataclasses import replace
from datetime import date

import pytest
from performance_parts import (
    a_convention,
    a_line,
    a_part,
    an_employee,
    an_employment,
    check_beside,
    codes,
    facts,
    only,
    say,
)

from domain.decisions import Lack
from domain.demo_register import BUURTWERK, ELS, STRANGER
from domain.demo_world import BETA, DE_BRUG, HAVENWERK
from domain.months import Month, MonthPeriod
from domain.vocabulary import Language
from validation.document import Spot
from validation.register import UNKNOWN_CONVENTION, Facts, UploadRight


def test_a_part_that_fits_the_register_has_no_fault() -> None:
    assert codes(check_beside(a_part(), facts())) == []


# C-201


def test_an_unknown_convention_is_the_only_thing_said_of_its_part() -> None:
    part = a_part(an_employee(insz=STRANGER, employer=BETA), programme="LDE")

    fault = only("C-201", check_beside(part, UNKNOWN_CONVENTION))

    assert (fault.spot, fault.value) == (Spot(field="Conventienummer"), "104233")


def test_a_convention_of_others_reads_like_one_that_does_not_exist() -> None:
    # What the department knows beside an unseen convention may not show through.
    unseen = Facts(
        convention=None,
        upload_right=UploadRight(Lack.FIRST_MANDATE),
        previous_month_employees=frozenset({str(ELS)}),
    )

    of_others = only("C-201", check_beside(a_part(), unseen))
    unknown = only("C-201", check_beside(a_part(), UNKNOWN_CONVENTION))

    assert of_others == unknown
    assert all(say("C-201", of_others, language=each) == say("C-201", unknown, language=each) for each in Language)


def test_an_insz_that_was_typed_as_a_convention_number_is_not_shown() -> None:
    part = replace(a_part(), convention="85.07.30-033.28")

    unknown = only("C-201", check_beside(part, UNKNOWN_CONVENTION))
    refused = only("M-101", check_beside(part, facts(upload_right=UploadRight(Lack.ROLE))))

    assert "0730" not in f"{unknown}{refused}".replace(".", "")


# C-202


def test_a_convention_of_another_promotor_is_not_shown_to_be_his() -> None:
    fault = only("C-202", check_beside(a_part(), facts(a_convention(promotor=HAVENWERK))))

    assert (fault.spot, fault.value, fault.expected) == (Spot(field="Conventienummer"), DE_BRUG, None)
    assert HAVENWERK not in str(fault)


def test_nothing_of_another_promotors_register_shows_through() -> None:
    part = a_part(an_employee(insz=STRANGER), programme="LDE")
    known = facts(a_convention(promotor=HAVENWERK, approved=0), previous_month_employees=frozenset({str(ELS)}))

    assert codes(check_beside(part, known)) == ["C-202"]


# C-203


@pytest.mark.parametrize(
    ("validity", "expected"),
    [
        (MonthPeriod(Month(2026, 10), None), []),
        (MonthPeriod(Month(2026, 11), None), ["C-203"]),
        (MonthPeriod(Month(2024, 1), Month(2026, 10)), []),
        (MonthPeriod(Month(2024, 1), Month(2026, 9)), ["C-203"]),
    ],
)
def test_the_month_lies_in_the_validity_of_the_convention(validity: MonthPeriod, expected: list[str]) -> None:
    assert codes(check_beside(a_part(), facts(a_convention(validity=validity)))) == expected


def test_a_month_outside_the_validity_says_what_the_validity_is() -> None:
    ended = MonthPeriod(Month(2024, 1), Month(2026, 9))

    fault = only("C-203", check_beside(a_part(), facts(a_convention(validity=ended))))

    assert (fault.spot.field, fault.value, fault.expected) == ("Prestatiemaand", "2026-10", "2024-01 – 2026-09")


# C-204


def test_the_programme_is_that_of_the_convention() -> None:
    fault = only("C-204", check_beside(a_part(programme="DAC"), facts()))

    assert (fault.spot, fault.value, fault.expected) == (Spot(field="Programma"), "DAC", "GESCO")


# C-205


@pytest.mark.parametrize(("approved", "expected"), [(5_000, []), (4_999, ["C-205"])])
def test_the_contingent_is_compared_with_the_sum_of_regimes(approved: int, expected: list[str]) -> None:
    assert codes(check_beside(a_part(), facts(a_convention(approved=approved)))) == expected


def test_two_contracts_in_turn_count_once_for_the_contingent() -> None:
    line = a_line(days=50, hours=3800)
    in_turn = an_employee(
        an_employment(line, end=date(2026, 10, 15)),
        an_employment(line, number=2, begin=date(2026, 10, 16)),
    )

    assert codes(check_beside(a_part(in_turn), facts(a_convention(approved=5_000)))) == []


# C-206


@pytest.mark.parametrize(("employer", "expected"), [(None, []), (DE_BRUG, []), (BUURTWERK, []), (BETA, ["C-206"])])
def test_an_employer_is_the_promotor_or_related_to_him(employer: str | None, expected: list[str]) -> None:
    known = facts(a_convention(related=frozenset({BUURTWERK})))

    assert codes(check_beside(a_part(an_employee(employer=employer)), known)) == expected


def test_an_unrelated_employer_is_named_where_it_stands() -> None:
    fault = only("C-206", check_beside(a_part(an_employee(employer=BETA)), facts()))

    assert (fault.spot, fault.value) == (Spot(0, field="Werkgever"), BETA)


def test_a_part_is_checked_against_its_own_promotor_only() -> None:
    part = replace(a_part(), promotor=HAVENWERK)

    assert codes(check_beside(part, facts())) == ["C-202"]
