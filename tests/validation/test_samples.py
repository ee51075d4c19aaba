"""Every sample file breaks the rule that it is named after, in one spot, and no other."""

import difflib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from demo_facts import facts_in_demo_world
from performance_parts import codes, said

from domain.demo_register import demo_register
from domain.demo_world import ALFA
from domain.identifiers import Insz
from domain.months import Month
from domain.vocabulary import Mode
from validation.configuration import rule_settings
from validation.contexts import EnvelopeContext, FileContext, PartContext, RegisterContext, RepeatContext
from validation.making.parts import previous_part
from validation.making.samples import FIXED_MONTH, Sample, samples, write_samples
from validation.making.writing import control_totals_of
from validation.rule import Fault, Rule
from validation.rules import (
    DETECTED_ELSEWHERE,
    RULES,
    check_employees,
    check_envelope,
    check_part,
    check_register,
    check_repeat,
)
from validation.rules import check_file as check_whole_file
from validation.rules.catalogue import ACCESS_RULES, ENVELOPE_RULES, REGISTER_RULES
from validation.runner import check_file

COMMITTED = Path(__file__).parents[2] / "samples"
BUILT_IN_TESTS = {
    "F-005",
    "F-007",
    "F-008",
    "F-009",
    "M-102",
    "M-103",
    "M-104",
    "C-203",
    "P-306",
    "P-307",
    "N-407",
    "A-601",
    "A-603",
}
MONTHS = [
    Month(2026, 10),
    Month(2027, 2),
    Month(2026, 12),
    Month(2028, 2),
    Month(2030, 2),
    Month(2029, 3),
    Month(2027, 7),
]


def check_whole(sample: Sample, month: Month) -> list[str]:
    """All rules over a sample as Alfa delivers it in the demo world on the fifth of the next month."""
    assert sample.envelope is not None
    settings, today = rule_settings(), month.plus(1).first_day.replace(day=5)
    found: list[tuple[Rule[Any], Fault]] = []
    found += check_envelope(EnvelopeContext(sample.envelope.header, Mode.PRODUCTION, ALFA, is_admitted=True))
    counted = control_totals_of(sample.parts, settings)
    size = len(sample.text.encode())
    found += check_whole_file(FileContext(sample.envelope.control_totals, counted, True, size, settings.limits))
    for part in sample.parts:
        others = [
            other.number
            for other in sample.parts
            if other.number != part.number
            and (other.promotor, other.convention, other.month) == (part.promotor, part.convention, part.month)
        ]
        if others:
            found += check_repeat(RepeatContext(part.number, others[0], part.convention, part.month))
        found += check_part(PartContext(part, settings, today))
        found += check_employees(part, settings)
        found += check_register(RegisterContext(part, facts_in_demo_world(part, month), settings, today))
    return codes(said(found))


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_each_sample_breaks_its_rule_alone_in_any_month(month: Month) -> None:
    found = {
        sample.path: sorted(set(check_whole(sample, month))) for sample in samples(month) if sample.envelope is not None
    }

    expected = {
        sample.path: [sample.breaks] if sample.breaks else [] for sample in samples(month) if sample.path in found
    }
    assert found == expected


@pytest.mark.parametrize("sample", samples(FIXED_MONTH), ids=lambda sample: sample.path)
def test_the_file_is_read_and_checked_like_its_parts(sample: Sample) -> None:
    found = check_file(COMMITTED / sample.path, today=date(2026, 11, 5))

    # Without a server nothing is known of sender, environment and register.
    needs_more = {rule.code for rule in (*ENVELOPE_RULES, *ACCESS_RULES, *REGISTER_RULES)} - {"N-408"}
    expected = set[str]() if sample.breaks in needs_more | {None} else {sample.breaks}
    assert {finding.code for finding in found.findings} == expected
    assert all(finding.place is not None and finding.place.line > 1 for finding in found.findings)


def test_every_rule_has_a_sample_or_is_built_in_tests() -> None:
    in_samples = {sample.breaks for sample in samples(FIXED_MONTH)} - {None}
    every = {rule.code for rule in RULES} | {rule.code for rule in DETECTED_ELSEWHERE}

    assert in_samples | BUILT_IN_TESTS == every
    assert not in_samples & BUILT_IN_TESTS


def test_committed_samples_are_those_of_october_2026(tmp_path: Path) -> None:
    write_samples(tmp_path, FIXED_MONTH)

    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.xml")}
    assert written == {path.relative_to(COMMITTED): path.read_bytes() for path in COMMITTED.rglob("*.xml")}


def test_each_sample_differs_from_the_valid_file_in_one_spot() -> None:
    valid, *others = samples(FIXED_MONTH)

    for sample in others:
        is_about_totals = sample.breaks == "F-006"
        before, after = (comparable(each, with_totals=is_about_totals) for each in (valid, sample))
        steps = difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
        assert len([step for step in steps if step[0] != "equal"]) == 1, sample.path


def test_each_sample_has_a_reference_of_its_own() -> None:
    references = [
        line for sample in samples(FIXED_MONTH) for line in sample.text.splitlines() if "<Bestandsreferentie>" in line
    ]

    assert len(references) == len(set(references)) == len(samples(FIXED_MONTH))


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_the_month_before_was_filed_without_a_fault(month: Month) -> None:
    part, settings = previous_part(month), rule_settings()
    today = month.first_day.replace(day=5)
    facts = replace(facts_in_demo_world(part, month), previous_month_employees=frozenset())

    assert codes(check_employees(part, settings)) == []
    assert codes(check_part(PartContext(part, settings, today))) == []
    assert codes(check_register(RegisterContext(part, facts, settings, today))) == []


def test_who_was_filed_in_the_month_before_is_who_the_register_knows() -> None:
    part = previous_part(FIXED_MONTH)

    assert demo_register(FIXED_MONTH).previous_month_employees == {
        part.convention: tuple(employee.insz for employee in part.employees)
    }
    assert all(employee.employments[-1].end is None for employee in part.employees)


def test_people_of_the_demo_world_have_right_check_digits() -> None:
    register = demo_register(FIXED_MONTH)
    numbers = {fiche.insz for fiche in register.fiches} | set(register.replaced_numbers)

    assert all(Insz.parse(number) == number for number in numbers)
    assert date(2026, 10, 1) in {fiche.from_day for fiche in register.fiches}


def comparable(sample: Sample, *, with_totals: bool) -> list[str]:
    """The lines without the reference, and without the control totals unless they are the spot."""
    lines = [line for line in sample.text.splitlines() if "<Bestandsreferentie>" not in line]
    return lines if with_totals else [line for line in lines if "<Controletotalen" not in line]
