"""Whoever is plainly fine breaks no rule, so that looking at him once is enough."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from performance_parts import OCTOBER, a_line, a_part, an_employee, an_employment

from domain.demo_register import ODD_DATE
from validation.configuration import rule_settings
from validation.contexts import EmployeeContext
from validation.document import Employee
from validation.making.parts import valid_parts
from validation.rules import check_employee
from validation.rules.catalogue import EMPLOYEE_RULES
from validation.rules.plain import COVERED, plain_month

Change = Callable[[Employee], Employee]


def october(day: int) -> date:
    return date(2026, 10, day)


def employment(**changes: Any) -> Change:
    return lambda found: replace(found, employments=(replace(found.employments[0], **changes), *found.employments[1:]))


def line(place: int, **changes: Any) -> Change:
    def change(found: Employee) -> Employee:
        lines = list(found.employments[0].lines)
        lines[place] = replace(lines[place], **changes)
        return employment(lines=tuple(lines))(found)

    return change


def nothing(found: Employee) -> Employee:
    return found


HALF_TIME = an_employee(an_employment(a_line(), a_line(2, "2", days=10, hours=760)))
FULL_TIME = an_employee(
    an_employment(a_line(days=180, hours=None), a_line(2, "2", days=20, hours=None), weekly=3800, full_time=3800)
)
DATED = an_employee(
    an_employment(
        a_line(1, "50", days=20, hours=1520, dated=(october(5), october(6))),
        a_line(2, "24", days=10, hours=760, dated=(october(7), october(7))),
    )
)
TWO_CONTRACTS = an_employee(
    an_employment(a_line(days=50, hours=3800), a_line(2, "2", days=10, hours=760), end=october(15)),
    an_employment(a_line(days=50, hours=3800), number=2, begin=october(16)),
)
CHANGES: tuple[Change, ...] = (
    nothing,
    *(
        (lambda found, insz=insz: replace(found, insz=insz))
        for insz in (str(ODD_DATE), "01020300468", "", "²1020300467", "88130512300")
    ),
    lambda found: replace(found, employments=found.employments * 2),
    *(employment(begin=day) for day in (october(1), october(2), october(20), date(2026, 11, 1))),
    *(employment(end=day) for day in (october(31), october(30), october(6), date(2026, 9, 30), date(2024, 1, 1))),
    *(employment(weekly_hours_hundredths=hours) for hours in (-1900, 0, 1, 600, 1900, 3800, 3801)),
    *(employment(full_time_hours_hundredths=hours) for hours in (0, 1900, 2999, 3000, 4000, 4001)),
    employment(lines=()),
    *(line(0, code=code) for code in ("2", "71", "99")),
    *(line(1, number=number) for number in (1, 3)),
    *(line(0, days_tenths=days) for days in (None, -10, 0, 5, 30, 190, 210, 220, 260, 265)),
    *(line(1, days_tenths=days) for days in (None, -10, 0, 5, 15, 45)),
    *(line(0, hours_hundredths=hours) for hours in (None, -760, 0, 1, 1500, 2240, 2600, 8436, 8437, 20000, 43300)),
    *(line(1, hours_hundredths=hours) for hours in (None, -760, 0, 1, 1520, 2400, 2401, 16720, 18392, 18393)),
    *(
        line(place, from_day=first, until_day=last)
        for place in (0, 1)
        for first, last in (
            (date(2026, 9, 3), date(2026, 9, 4)),
            (date(2026, 9, 30), october(6)),
            (october(5), october(5)),
            (october(6), october(7)),
            (october(7), october(6)),
            (october(8), october(9)),
            (october(1), october(31)),
            (october(31), date(2026, 11, 1)),
        )
    ),
)


def employees() -> Iterator[Employee]:
    """Four who are fine, with every change, and with every two of them."""
    for found in (HALF_TIME, FULL_TIME, DATED, TWO_CONTRACTS):
        for first, second in product(CHANGES, repeat=2):
            yield second(first(found)) if first(found).employments[0].lines else first(found)


def is_plainly_fine(employee: Employee) -> bool:
    return plain_month(rule_settings(), OCTOBER, "GESCO").is_plainly_fine(employee)


def codes_of(employee: Employee) -> list[str]:
    found = check_employee(EmployeeContext(a_part(employee), employee, 0, rule_settings()))
    return [rule.code for rule, _ in found]


def test_no_rule_says_anything_of_who_is_plainly_fine() -> None:
    missed = [(employee, codes_of(employee)) for employee in employees() if is_plainly_fine(employee)]

    assert [each for each in missed if each[1]] == []
    assert len(missed) > 100


@pytest.mark.parametrize("employee", [HALF_TIME, FULL_TIME, DATED, TWO_CONTRACTS])
def test_ordinary_people_are_plainly_fine(employee: Employee) -> None:
    assert is_plainly_fine(employee)


def test_every_rule_about_employees_is_thought_of() -> None:
    assert {rule.code for rule in EMPLOYEE_RULES} == COVERED


def test_most_of_an_ordinary_file_is_plainly_fine() -> None:
    staff = [employee for part in valid_parts(OCTOBER) for employee in part.employees]

    assert plain_month(rule_settings(), OCTOBER, "GESCO").unusual(staff) == []
