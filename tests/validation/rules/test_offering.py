"""A: submitting, nil returns and corrections."""

import pytest
from performance_parts import a_part, an_offer, check_alone, check_beside, codes, facts, only

from domain.states import PerformanceFileState
from domain.vocabulary import DeliveryStatus
from validation.register import AcceptedVersion, CurrentVersion
from validation.rules import check_offer


@pytest.mark.parametrize(("tested", "expected"), [(7, []), (6, ["A-601"]), (None, ["A-601"])])
def test_only_a_revision_that_was_tested_itself_is_submitted(tested: int | None, expected: list[str]) -> None:
    assert codes(check_offer(an_offer(tested=tested))) == expected


def test_a_stale_test_names_both_revisions() -> None:
    fault = only("A-601", check_offer(an_offer(tested=6)))

    assert (fault.value, fault.expected) == ("6", "7")


@pytest.mark.parametrize(
    ("status", "expected"),
    [(DeliveryStatus.NEW, ["A-602"]), (DeliveryStatus.REPLACED, ["A-602"]), (DeliveryStatus.DELETED, [])],
)
def test_a_part_without_employees_is_a_nil_return_unless_it_deletes(
    status: DeliveryStatus, expected: list[str]
) -> None:
    assert codes(check_alone(a_part(nobody=True, status=status))) == expected


# Els has 76 subsidised hours of 167.20: 0.4545.


@pytest.mark.parametrize(
    ("status", "accepted", "now", "difference"),
    [
        (DeliveryStatus.REPLACED, 5_000, "0.4545", "-0.0455"),
        (DeliveryStatus.REPLACED, 4_000, "0.4545", "+0.0545"),
        (DeliveryStatus.REPLACED, 4_545, "0.4545", "0.0000"),
        (DeliveryStatus.DELETED, 5_000, "0.0000", "-0.5000"),
    ],
)
def test_a_correction_of_an_accepted_month_says_what_it_changes(
    status: DeliveryStatus, accepted: int, now: str, difference: str
) -> None:
    known = facts(
        current=CurrentVersion(1, 3, PerformanceFileState.ACCEPTED, is_edited_by_hand=False),
        accepted=AcceptedVersion(1, accepted),
    )

    fault = only("A-603", check_beside(a_part(status=status), known))

    assert (fault.value, fault.values["difference"]) == (now, difference)


def test_a_month_that_was_never_accepted_has_no_difference() -> None:
    known = facts(current=CurrentVersion(1, 3, PerformanceFileState.REFUSED, is_edited_by_hand=False))

    assert codes(check_beside(a_part(status=DeliveryStatus.REPLACED), known)) == []
