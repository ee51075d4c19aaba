"""The list of rules as a whole."""

from dataclasses import replace
from datetime import date

from performance_parts import OCTOBER

from domain.vocabulary import Severity
from validation.rule import Reach
from validation.rules import DETECTED_ELSEWHERE, KEEPS_OUT, RULES
from validation.rules.catalogue import ENVELOPE_RULES, FILE_RULES
from validation.rules.lines import month_is_accounted_for

CATALOGUE = [
    *(f"F-00{number}" for number in range(1, 10)),
    *(f"M-10{number}" for number in range(1, 5)),
    *(f"C-20{number}" for number in range(1, 7)),
    *(f"P-30{number}" for number in range(1, 8)),
    *(f"N-40{number}" for number in range(1, 9)),
    *(f"L-5{number:02d}" for number in range(1, 12)),
    *(f"A-60{number}" for number in range(1, 4)),
]


def test_every_number_of_the_dossier_is_there() -> None:
    declared = {rule.code for rule in RULES} | {rule.code for rule in DETECTED_ELSEWHERE}

    assert declared == set(CATALOGUE)


def test_what_keeps_a_part_out() -> None:
    assert {"M-101", "C-201", "C-202", "P-304", "P-305", "P-306", "P-307"} == KEEPS_OUT


def test_severities_are_those_of_the_dossier() -> None:
    warnings = {rule.code for rule in RULES if rule.severity is Severity.WARNING}
    infos = {rule.code for rule in RULES if rule.severity is Severity.INFO}

    assert warnings == {"C-205", "P-303", "N-402", "N-403", "N-406", "L-506", "L-509", "L-510"}
    assert infos == {"M-104", "A-602", "A-603"}
    assert {rule.code[0] for rule in RULES if rule.severity is Severity.FILE} == {"F"}


def test_every_rule_says_what_it_checks_and_is_named_by_it() -> None:
    assert all((rule.check.__doc__ or "").strip() for rule in RULES)
    assert len({rule.check.__name__ for rule in RULES}) == len(RULES)


def test_rules_about_the_whole_file_have_no_dates() -> None:
    # The file has no month, so the runner does not ask them.
    assert all(rule.valid_from is rule.valid_until is None for rule in (*ENVELOPE_RULES, *FILE_RULES))
    assert all(rule.reach is Reach.FILE for rule in (*ENVELOPE_RULES, *FILE_RULES))


def test_a_rule_holds_between_its_dates() -> None:
    dated = replace(month_is_accounted_for, valid_from=date(2026, 10, 1), valid_until=date(2026, 12, 31))

    held = [str(month) for month in (OCTOBER.plus(step) for step in range(-1, 4)) if dated.holds_on(month.first_day)]

    assert held == ["2026-10", "2026-11", "2026-12"]
