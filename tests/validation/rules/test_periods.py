"""P: the month of a part, and how it follows earlier deliveries."""

from dataclasses import replace
from datetime import date

import pytest
from performance_parts import OCTOBER, TODAY, a_part, check_alone, check_beside, codes, facts, only

from domain.months import Month
from domain.states import PerformanceFileState
from domain.vocabulary import DeliveryStatus
from validation.configuration import rule_settings
from validation.contexts import PartContext, RepeatContext
from validation.document import Spot
from validation.register import UNKNOWN_CONVENTION, CurrentVersion
from validation.rules import KEEPS_OUT, check_part, check_repeat

NEW, REPLACED, DELETED = DeliveryStatus.NEW, DeliveryStatus.REPLACED, DeliveryStatus.DELETED


def current(state: PerformanceFileState = PerformanceFileState.DRAFT, *, edited: bool = False) -> CurrentVersion:
    return CurrentVersion(version=2, revision=17, state=state, is_edited_by_hand=edited)


# P-301, P-302, P-303 for October 2026, delivered for the first time


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 31), ["P-301"]),
        (date(2026, 11, 1), []),
        (date(2026, 11, 15), []),
        (date(2026, 11, 16), ["P-303"]),
        (date(2027, 1, 31), ["P-303"]),
        (date(2027, 2, 1), ["P-302"]),
    ],
)
def test_a_first_delivery_has_its_time(today: date, expected: list[str]) -> None:
    assert codes(check_alone(a_part(), today=today)) == expected


@pytest.mark.parametrize("status", [REPLACED, DELETED])
@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 11, 16), []), (date(2027, 3, 31), []), (date(2027, 4, 1), ["P-302"])],
)
def test_a_correction_is_never_late_but_has_a_last_day(
    status: DeliveryStatus, today: date, expected: list[str]
) -> None:
    assert codes(check_alone(a_part(status=status), today=today)) == expected


def test_december_can_be_filed_until_the_end_of_march() -> None:
    december = a_part(month=Month(2026, 12))

    assert codes(check_alone(december, today=date(2027, 3, 31))) == ["P-303"]
    assert codes(check_alone(december, today=date(2027, 4, 1))) == ["P-302"]


def test_a_programme_can_have_a_target_day_of_its_own() -> None:
    general = rule_settings().filing_months
    settings = replace(rule_settings(), filing_months_by_programme={"GESCO": replace(general, target_day=20)})
    on_the_twentieth = date(2026, 11, 20)

    assert codes(check_part(PartContext(a_part(programme="GESCO"), settings, on_the_twentieth))) == []
    assert codes(check_part(PartContext(a_part(programme="DAC"), settings, on_the_twentieth))) == ["P-303"]


def test_a_month_that_goes_on_says_from_when_it_can_be_filed() -> None:
    fault = only("P-301", check_alone(a_part(month=Month(2026, 12)), today=TODAY))

    assert (fault.spot, fault.value) == (Spot(field="Prestatiemaand"), "2026-12")
    assert fault.values == {"first_day": "2027-01-01"}


# P-304


def test_every_part_of_a_repeated_key_names_another() -> None:
    fault = only("P-304", check_repeat(RepeatContext(3, 2, "104233", OCTOBER)))

    assert fault.values == {"convention": "104233", "month": "2026-10", "other": "2"}
    assert "P-304" in KEEPS_OUT


# P-305, P-306, P-307


@pytest.mark.parametrize(
    ("status", "exists", "expected"),
    [
        (NEW, False, []),
        (NEW, True, ["P-305"]),
        (REPLACED, False, ["P-305"]),
        (REPLACED, True, []),
        (DELETED, False, ["P-305"]),
        (DELETED, True, []),
    ],
)
def test_the_delivery_status_fits_what_was_received(status: DeliveryStatus, exists: bool, expected: list[str]) -> None:
    known = facts(current=current() if exists else None)

    assert codes(check_beside(a_part(status=status), known)) == expected


def test_a_wrong_delivery_status_says_the_right_one() -> None:
    fault = only("P-305", check_beside(a_part(), facts(current=current())))

    assert (fault.spot, fault.value, fault.expected) == (Spot(field="@statusAanlevering"), "1", "2, 3")


@pytest.mark.parametrize(
    ("replaces", "edited", "expected"),
    [
        (None, False, []),
        (None, True, ["P-306"]),
        ("2.17", True, []),
        ("2.17", False, []),
        ("2.16", False, ["P-306"]),
        ("1.17", True, ["P-306"]),
    ],
)
def test_a_replacement_names_the_latest_revision_when_someone_edited_it(
    replaces: str | None, edited: bool, expected: list[str]
) -> None:
    part = a_part(status=REPLACED, replaces=replaces)

    assert codes(check_beside(part, facts(current=current(edited=edited)))) == expected


def test_a_replacement_of_an_older_revision_says_which_is_the_latest() -> None:
    part = a_part(status=REPLACED, replaces="2.16")

    fault = only("P-306", check_beside(part, facts(current=current())))

    assert (fault.spot, fault.value, fault.expected) == (Spot(field="@vervangt"), "2.16", "2.17")


@pytest.mark.parametrize("state", list(PerformanceFileState))
@pytest.mark.parametrize("status", [REPLACED, DELETED])
def test_only_what_is_submitted_cannot_be_replaced(state: PerformanceFileState, status: DeliveryStatus) -> None:
    checked = check_beside(a_part(status=status), facts(current=current(state)))

    assert codes(checked) == (["P-307"] if state is PerformanceFileState.SUBMITTED else [])


def test_a_stored_revision_is_not_held_against_itself() -> None:
    known = facts(current=current(PerformanceFileState.SUBMITTED, edited=True))

    assert codes(check_beside(a_part(), known, is_delivery=False)) == []


def test_what_was_filed_under_an_unseen_convention_does_not_show() -> None:
    part = a_part(status=REPLACED, replaces="1.1")

    assert codes(check_beside(part, UNKNOWN_CONVENTION)) == ["C-201"]
