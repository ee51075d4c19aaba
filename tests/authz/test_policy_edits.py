"""Edits of the policy as people and programs make them: the harmless change nothing, the others are caught."""

import csv
from pathlib import Path

import policy_edits
import pytest
from policies import load

from authz.availability import stops
from authz.decision_table import DecisionTable
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.remarks import remarks
from domain.vocabulary import Language

HERE = Path(__file__).parent
EXPECTED = list(csv.DictReader((HERE / "broken_edits" / "expected.csv").read_text(encoding="utf-8").splitlines()))
HARMLESS = sorted((HERE / "harmless_edits").glob("*.csv"))


def outcome_of(policy: bytes) -> tuple[str, tuple[PolicyFault, ...]]:
    """What becomes of an edit, with what is told of it."""
    try:
        table = load(policy)
    except PolicyRefused as refused:
        return "refused", refused.faults
    stopped = stops(table)
    if stopped:
        return "confirm", tuple(stopped)
    found = remarks(table.rules)
    return "warned" if found else "taken", tuple(found)


@pytest.mark.parametrize("row", EXPECTED, ids=[row["file"] for row in EXPECTED])
def test_a_broken_or_dangerous_edit_is_caught_with_its_cause_and_line(row: dict[str, str]) -> None:
    outcome, faults = outcome_of((HERE / "broken_edits" / row["file"]).read_bytes())

    places = {(fault.code, fault.line) for fault in faults}
    assert outcome == row["outcome"]
    assert (row["code"], int(row["line"]) if row["line"] else None) in places
    assert all(fault.message(language) for fault in faults for language in Language)


@pytest.mark.parametrize("path", HARMLESS, ids=[path.stem for path in HARMLESS])
def test_a_harmless_edit_gives_the_identical_table(path: Path, table: DecisionTable) -> None:
    edited = load(path.read_bytes())

    assert edited.version == table.version
    assert edited.rulings.actions.keys() == table.rulings.actions.keys()
    assert {cell: ruling.effect for cell, ruling in edited.rulings.grants.items()} == {
        cell: ruling.effect for cell, ruling in table.rulings.grants.items()
    }


def test_there_are_fifty_of_each_and_every_file_has_its_row() -> None:
    there = {path.name for path in (HERE / "broken_edits").glob("*.csv")} - {"expected.csv"}

    assert {row["file"] for row in EXPECTED} == there
    assert len(there) >= 50
    assert len(HARMLESS) >= 50


def test_the_files_are_what_the_recipe_makes_of_the_shipped_policy() -> None:
    stale = [path.name for path, content in policy_edits.files().items() if path.read_bytes() != content]

    assert stale == [], "run: python tests/policy_edits.py"
