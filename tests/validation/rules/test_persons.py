"""N: the persons of a part and their employments."""

from datetime import date

import pytest
from performance_parts import (
    OCTOBER,
    a_convention,
    a_line,
    a_part,
    an_employee,
    an_employment,
    check_alone,
    check_beside,
    check_staff,
    codes,
    facts,
    only,
    said,
    say,
)

from domain.demo_register import ELS, GERT, GERT_BEFORE, ODD_DATE, STRANGER
from domain.vocabulary import DeliveryStatus, Language
from validation.document import Spot
from validation.register import Fiche, OtherShare

LONG_AGO = date(2024, 3, 1)


def october(day: int) -> date:
    return date(2026, 10, day)


# N-401, N-402


@pytest.mark.parametrize("insz", ["01020300468", "01020300400", "1020300467", "0102030046A", "²1020300467", ""])
def test_a_number_that_is_no_insz(insz: str) -> None:
    fault = only("N-401", check_staff(an_employee(insz=insz)))

    assert fault.spot == Spot(0, field="INSZ")


def test_a_wrong_insz_is_never_shown_whole() -> None:
    fault = only("N-401", check_staff(an_employee(insz="01020300468")))

    assert fault.value == "01*******68"
    assert not any(
        "0102030046" in say("N-401", fault, kind, lang) for kind in ("message", "advice") for lang in Language
    )


@pytest.mark.parametrize(
    "insz", ["85073003328", "01020300467", "90471512592", "80010100897", "93051822361", "00012556777"]
)
def test_published_and_computed_numbers_are_right(insz: str) -> None:
    assert codes(check_staff(an_employee(insz=insz))) == []


def test_a_thirteenth_month_is_a_warning_when_the_check_digits_are_right() -> None:
    assert only("N-402", check_staff(an_employee(insz=ODD_DATE))).spot == Spot(0, field="INSZ")


# N-403


def test_a_replaced_number_is_a_warning_that_shows_both_masked() -> None:
    convention = a_convention(fiches={GERT: (Fiche(LONG_AGO, None),)})
    known = facts(convention, replaced_numbers={str(GERT_BEFORE): str(GERT)})

    fault = only("N-403", check_beside(a_part(an_employee(insz=GERT_BEFORE)), known))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, field="INSZ"), "87*******77", "87*******70")


# N-404


def test_a_person_without_a_fiche_on_the_convention() -> None:
    part = a_part(an_employee(), an_employee(insz=STRANGER))

    assert only("N-404", check_beside(part, facts())).spot == Spot(1, field="INSZ")


def test_a_wrong_number_is_not_said_to_lack_a_fiche() -> None:
    part = a_part(an_employee(insz="01020300468"))

    assert codes(check_beside(part, facts())) == []


# N-405


def test_a_person_stands_once_in_a_part() -> None:
    part = a_part(an_employee(), an_employee(insz=STRANGER), an_employee())

    fault = only("N-405", check_alone(part))

    assert (fault.spot, fault.values) == (Spot(2, field="INSZ"), {"first": "1"})


# N-406


def test_who_stood_in_the_month_before_is_asked_for() -> None:
    convention = a_convention(fiches={ELS: (Fiche(LONG_AGO, None),), STRANGER: (Fiche(LONG_AGO, None),)})
    known = facts(convention, previous_month_employees=frozenset({str(ELS), str(STRANGER)}))

    fault = only("N-406", check_beside(a_part(), known))

    assert (fault.spot, fault.value) == (Spot(), "76*******63")
    assert fault.values == {"month": "2026-10", "previous_month": "2026-09"}


@pytest.mark.parametrize(("until", "expected"), [(date(2026, 9, 30), []), (october(1), ["N-406"])])
def test_whose_fiche_ended_before_the_month_is_not_asked_for(until: date, expected: list[str]) -> None:
    convention = a_convention(fiches={ELS: (Fiche(LONG_AGO, None),), STRANGER: (Fiche(LONG_AGO, until),)})
    known = facts(convention, previous_month_employees=frozenset({str(STRANGER)}))

    assert codes(check_beside(a_part(), known)) == expected


def test_who_comes_back_under_a_replaced_number_is_not_missed() -> None:
    convention = a_convention(fiches={GERT: (Fiche(LONG_AGO, None),)})
    known = facts(
        convention,
        previous_month_employees=frozenset({str(GERT)}),
        replaced_numbers={str(GERT_BEFORE): str(GERT)},
    )

    assert codes(check_beside(a_part(an_employee(insz=GERT_BEFORE)), known)) == ["N-403"]


def test_a_deletion_misses_nobody() -> None:
    known = facts(previous_month_employees=frozenset({str(ELS)}))

    checked = check_beside(a_part(nobody=True, status=DeliveryStatus.DELETED), known, is_delivery=False)

    assert codes(checked) == []


# N-407: Els works half-time here.


def share(weekly: int, begin: date = LONG_AGO, end: date | None = None) -> OtherShare:
    return OtherShare(begin, end, weekly, 3800)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((share(1900),), []),
        ((share(1901),), ["N-407"]),
        ((share(1000), share(1000)), ["N-407"]),
        ((share(1500, end=october(15)), share(1500, begin=october(16))), []),
        ((share(1500, end=october(15)), share(1500, begin=october(15))), ["N-407"]),
        ((share(3800, end=date(2026, 9, 30)),), []),
    ],
)
def test_all_shares_of_a_person_on_one_day_are_at_most_full_time(
    shares: tuple[OtherShare, ...], expected: list[str]
) -> None:
    known = facts(other_shares={str(ELS): shares})

    assert codes(check_beside(a_part(), known)) == expected


def test_more_than_full_time_says_what_is_left_and_not_where_the_rest_is() -> None:
    known = facts(other_shares={str(ELS): (share(2850),)})

    fault = only("N-407", check_beside(a_part(), known))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0, field="Arbeidsregime"), "0.5000", "0.2500")
    assert fault.values == {"insz": "01*******67"}


# N-408


def test_employments_of_an_employee_follow_each_other() -> None:
    first = an_employment(a_line(days=50, hours=3800), end=october(15))
    second = an_employment(a_line(days=50, hours=3800), number=2, begin=october(15))

    fault = only("N-408", check_staff(an_employee(second, first)))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0), "2026-10-15 –", "≥ 2026-10-16")
    assert fault.values == {"employment": "2", "other": "2"}


def test_of_three_employments_the_one_that_reaches_furthest_is_in_the_way() -> None:
    line = a_line(days=50, hours=3800)
    long = an_employment(line, begin=october(1), end=october(20))
    short = an_employment(line, number=2, begin=october(21), end=october(22))
    last = an_employment(line, number=3, begin=october(22))

    found = [fault for rule, fault in said(check_staff(an_employee(long, short, last))) if rule.code == "N-408"]

    assert [(fault.spot, fault.values) for fault in found] == [(Spot(0, 2), {"employment": "3", "other": "2"})]


def test_nothing_follows_an_employment_without_end() -> None:
    first = an_employment(a_line(days=50, hours=3800))
    second = an_employment(a_line(days=50, hours=3800), number=2, begin=october(16))

    assert only("N-408", check_staff(an_employee(first, second))).expected == "–"


def test_an_employment_does_not_end_before_it_begins() -> None:
    backwards = an_employment(a_line(days=10, hours=760), begin=october(16), end=october(15))

    found = [(rule.code, fault.values) for rule, fault in said(check_staff(an_employee(backwards)))]

    assert [code for code, _ in found] == ["N-408", "L-505"]
    assert found[0][1] == {"employment": "1"}


def test_an_employment_may_last_one_day() -> None:
    line = a_line(days=10, hours=380)

    assert codes(check_staff(an_employee(an_employment(line, begin=october(16), end=october(16))))) == []


@pytest.mark.parametrize(
    ("fiches", "expected"),
    [
        ((Fiche(LONG_AGO, october(31)),), []),
        ((Fiche(LONG_AGO, october(30)),), ["N-408"]),
        ((Fiche(october(1), None),), []),
        ((Fiche(october(2), None),), ["N-408"]),
        ((Fiche(LONG_AGO, october(15)), Fiche(october(16), None)), []),
        ((Fiche(october(16), None), Fiche(LONG_AGO, october(15))), []),
        ((Fiche(LONG_AGO, october(15)), Fiche(october(17), None)), ["N-408"]),
    ],
)
def test_the_days_of_an_employment_in_the_month_lie_within_fiches(
    fiches: tuple[Fiche, ...], expected: list[str]
) -> None:
    known = facts(a_convention(fiches={ELS: fiches}))

    assert codes(check_beside(a_part(), known)) == expected


def test_an_employment_outside_the_fiche_says_what_is_allowed() -> None:
    known = facts(a_convention(fiches={ELS: (Fiche(october(5), None),)}))

    fault = only("N-408", check_beside(a_part(month=OCTOBER), known))

    assert (fault.spot, fault.value, fault.expected) == (Spot(0, 0), "2024-03-01 –", "2026-10-05 –")
