"""F: the collective file as a whole."""

from dataclasses import replace
from decimal import Decimal

import pytest
from performance_parts import a_header, an_envelope, codes, only, said

from domain.vocabulary import Mode, Severity
from validation.configuration import Limits
from validation.contexts import FileContext
from validation.document import ControlTotals, Spot
from validation.rules import check_envelope, check_file

TOTALS = ControlTotals(2, 3, 10, 22, Decimal("722.00"), Decimal("155.0"))
LIMITS = Limits(size_bytes=1000, promotors=2, conventions=3, employees=10, lines=22)


def a_file(
    counted: ControlTotals = TOTALS, *, size: int = 1000, limits: Limits = LIMITS, complete: bool = True
) -> FileContext:
    return FileContext(TOTALS, counted, complete, size, limits)


# F-003


@pytest.mark.parametrize(
    ("environment", "mode", "expected"),
    [
        ("P", Mode.PRODUCTION, []),
        ("T", Mode.TEST, []),
        ("T", Mode.PRODUCTION, ["F-003"]),
        ("P", Mode.TEST, ["F-003"]),
        ("P", None, []),
    ],
)
def test_a_file_is_for_the_environment_that_it_is_delivered_to(
    environment: str, mode: Mode | None, expected: list[str]
) -> None:
    assert codes(check_envelope(an_envelope(a_header(environment=environment), mode=mode))) == expected


# F-004


@pytest.mark.parametrize(("acting", "expected"), [("0999000327", []), ("0999000426", ["F-004"]), (None, [])])
def test_the_sender_is_the_acting_organisation(acting: str | None, expected: list[str]) -> None:
    assert codes(check_envelope(an_envelope(sender=acting))) == expected


# F-006


def test_each_total_that_differs_is_reported() -> None:
    counted = replace(TOTALS, lines=21, hours=Decimal("722.01"))

    found = [(fault.values["total"], fault.value, fault.expected) for _, fault in said(check_file(a_file(counted)))]

    assert found == [("lijnen", "22", "21"), ("uren", "722.00", "722.01")]


def test_totals_count_by_value_and_not_by_spelling() -> None:
    counted = replace(TOTALS, hours=Decimal(722), days=Decimal("155.00"))

    assert codes(check_file(a_file(counted))) == []


def test_totals_of_a_file_with_unreadable_parts_are_not_compared() -> None:
    assert codes(check_file(a_file(replace(TOTALS, lines=21), complete=False))) == []


# F-007


@pytest.mark.parametrize(
    ("name", "limits", "size"),
    [
        ("bytes", LIMITS, 1001),
        ("promotoren", replace(LIMITS, promotors=1), 1000),
        ("conventies", replace(LIMITS, conventions=2), 1000),
        ("werknemers", replace(LIMITS, employees=9), 1000),
        ("lijnen", replace(LIMITS, lines=21), 1000),
    ],
)
def test_a_file_over_one_limit_names_it(name: str, limits: Limits, size: int) -> None:
    fault = only("F-007", check_file(a_file(size=size, limits=limits)))

    assert fault.values == {"limit": name}


def test_a_file_at_every_limit_passes() -> None:
    assert codes(check_file(a_file())) == []


# F-008


@pytest.mark.parametrize(
    ("mode", "admitted", "expected"),
    [
        (Mode.PRODUCTION, True, []),
        (Mode.PRODUCTION, False, ["F-008"]),
        (Mode.TEST, False, []),
        (None, False, []),
    ],
)
def test_production_is_for_admitted_senders(mode: Mode | None, admitted: bool, expected: list[str]) -> None:
    header = a_header(environment="T" if mode is Mode.TEST else "P")

    assert codes(check_envelope(an_envelope(header, mode=mode, admitted=admitted))) == expected


def test_every_fault_of_the_file_refuses_it() -> None:
    head = an_envelope(a_header(environment="T", sender="0999000426"), admitted=False)
    file = a_file(replace(TOTALS, lines=23))

    found = [*said(check_envelope(head)), *said(check_file(file))]

    assert [rule.code for rule, _ in found] == ["F-003", "F-004", "F-008", "F-006", "F-007"]
    assert {fault.severity or rule.severity for rule, fault in found} == {Severity.FILE}
    assert found[0][1].spot == Spot(field="Omgeving")
