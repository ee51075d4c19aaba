"""What rules say of employments is worked out once for all who are alike, and is what they say of each of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count, islice
from random import Random
from typing import Any

import pytest
from performance_parts import OCTOBER, a_line, a_part, an_employee, an_employment

from domain.demo_register import ODD_DATE
from validation import said as said_module
from validation.configuration import rule_settings
from validation.contexts import EmployeeContext
from validation.document import Employee, Employment, Part
from validation.reading.part_content import PartContent
from validation.rules import check_employee, check_number
from validation.said import SaidOfEmployments

INSZS = (an_employee().insz, str(ODD_DATE), "01020300468", "88130512300", "85073003328")
DAYS = ((date(2026, 10, 5), date(2026, 10, 6)), (date(2025, 1, 6), date(2025, 1, 31)), None)


def employments() -> Iterator[tuple[Employment, ...]]:
    """Nearly all of them wrong, in many ways; always the same ones."""
    chance = Random(42)  # noqa: S311 - made up, and the same every time
    while True:
        yield tuple(
            an_employment(
                *(
                    a_line(
                        chance.choice((place, 1)),
                        chance.choice(("1", "2", "50", "999", "71")),
                        days=chance.choice((100, 0, 300, None)),
                        hours=chance.choice((7600, 1, 90_000, None)),
                        dated=chance.choice(DAYS),
                    )
                    for place in range(1, chance.randrange(2, 5))
                ),
                number=chance.choice((number, 1)),
                begin=chance.choice((date(2024, 3, 1), date(2026, 10, 16), date(2027, 1, 1))),
                end=chance.choice((None, date(2026, 10, 15), date(2024, 1, 1))),
                weekly=chance.choice((1900, 3800, 4000, 0)),
            )
            for number in range(1, chance.randrange(2, 4))
        )


def part_of(kinds: int, *, programme: str = "GESCO") -> Part:
    """Each of so many kinds of employments stands there under each INSZ."""
    staff = [an_employee(*own, insz=insz) for insz in INSZS for own in islice(employments(), kinds)]
    return replace(a_part(*staff), programme=programme)


def packed(part: Part) -> PartContent:
    content = PartContent()
    content.add_all(part.employees, count(1), part.month, part.programme)
    return content


def faults_one_by_one(part: Part) -> list[list[Any]]:
    return [list(check_employee(_context(part, index, one))) for index, one in enumerate(part.employees)]


def faults_at_once(said: SaidOfEmployments, part: Part) -> list[list[Any]]:
    employees = packed(part).employees
    found = said.of(part, employees, range(len(employees)))
    return [
        [*check_number(_context(part, index, one)), *of_one.of_employee(index)]
        for index, (one, of_one) in enumerate(zip(part.employees, found, strict=True))
    ]


def _context(part: Part, index: int, employee: Employee) -> EmployeeContext:
    return EmployeeContext(part, employee, index, rule_settings())


def test_of_all_who_are_alike_the_same_is_said_whoever_they_are() -> None:
    part = part_of(40)

    assert faults_at_once(SaidOfEmployments(), part) == faults_one_by_one(part)
    assert len({rule.code for found in faults_one_by_one(part) for rule, _ in found}) > 10


def test_what_is_said_depends_on_the_month_and_the_programme() -> None:
    said = SaidOfEmployments()
    for month in (OCTOBER, OCTOBER.plus(-1), OCTOBER):
        for programme in ("GESCO", "LDE", "GESCO"):
            part = replace(part_of(10, programme=programme), month=month)

            assert faults_at_once(said, part) == faults_one_by_one(part)


def test_what_is_remembered_of_employments_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said_module, "MOST_REMEMBERED", 50)
    said = SaidOfEmployments()
    part = part_of(40)

    assert faults_at_once(said, part) == faults_one_by_one(part)
    assert 0 < sum(len(known) for known in said._under.values()) <= said.remembered <= 50


def test_counts_and_severities_are_those_of_the_faults() -> None:
    part = part_of(40)
    employees = packed(part).employees

    for found in SaidOfEmployments().of(part, employees, range(len(employees))):
        severities = [(rule.code, fault.severity or rule.severity) for rule, fault in found.faults]
        assert dict(found.counts) == {each: severities.count(each) for each in severities}
        assert found.codes == {code for code, _ in severities}
        assert found.tally.blocking + found.tally.warnings == len(severities)
