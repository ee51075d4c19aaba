"""M: the mandates under which a part is delivered and submitted."""

from datetime import date

import pytest
from performance_parts import a_convention, a_part, an_employee, an_offer, check_beside, codes, facts, only

from domain.decisions import Lack
from domain.demo_register import ELS, STRANGER
from domain.months import Month
from validation.document import Spot
from validation.register import UploadRight
from validation.rules import check_offer

# M-101


@pytest.mark.parametrize("lack", list(Lack))
def test_whatever_is_missing_to_upload_keeps_the_part_out(lack: Lack) -> None:
    fault = only("M-101", check_beside(a_part(), facts(upload_right=UploadRight(lack))))

    assert (fault.spot, fault.value) == (Spot(field="Conventienummer"), "104233")
    assert fault.values == {"convention": "104233", "month": "2026-10"}


def test_without_a_mandate_for_the_month_the_register_stays_closed() -> None:
    # Otherwise a former secretariat could ask who has a fiche and who worked there last month.
    known = facts(
        a_convention(approved=0),
        upload_right=UploadRight(Lack.MANDATE_PERIOD),
        previous_month_employees=frozenset({str(ELS)}),
    )

    assert codes(check_beside(a_part(an_employee(insz=STRANGER), programme="DAC"), known)) == ["M-101"]


# M-102, M-103


@pytest.mark.parametrize(
    ("lack", "expected"),
    [
        (None, []),
        (Lack.MANDATE_LEVEL, ["M-102"]),
        (Lack.ROLE, ["M-102"]),
        (Lack.BLOCKED, ["M-102"]),
        (Lack.NOT_FORESEEN, ["M-102"]),
        (Lack.FIRST_MANDATE, ["M-103"]),
        (Lack.MANDATE_PERIOD, ["M-103"]),
    ],
)
def test_submitting_needs_level_and_role_and_a_mandate_that_still_holds(lack: Lack | None, expected: list[str]) -> None:
    assert codes(check_offer(an_offer(lack=lack))) == expected


# M-104, on 5 November 2026


@pytest.mark.parametrize(
    ("last_month", "today", "expected"),
    [
        (None, date(2026, 11, 5), []),
        (Month(2026, 10), date(2026, 11, 5), []),
        (Month(2026, 11), date(2026, 11, 5), ["M-104"]),
        (Month(2026, 12), date(2026, 11, 29), []),
        (Month(2026, 12), date(2026, 11, 30), ["M-104"]),
        (Month(2026, 12), date(2026, 12, 31), ["M-104"]),
    ],
)
def test_a_mandate_that_ends_within_31_days_is_announced(
    last_month: Month | None, today: date, expected: list[str]
) -> None:
    known = facts(upload_right=UploadRight(mandate_last_month=last_month))

    assert codes(check_beside(a_part(), known, today=today)) == expected


def test_the_announcement_names_the_last_day() -> None:
    known = facts(upload_right=UploadRight(mandate_last_month=Month(2026, 11)))

    assert only("M-104", check_beside(a_part(), known)).values == {"convention": "104233", "last_day": "2026-11-30"}
