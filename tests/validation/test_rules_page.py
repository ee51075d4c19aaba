"""The page of the rules says what the rules say."""

from pathlib import Path

from validation.reporting.rules_page import rules_page
from validation.rules import DETECTED_ELSEWHERE, RULES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_committed_page_is_written_from_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), (
        "the rules have changed; write the page again: "
        ".venv/bin/python -m validation.reporting.rules_page > docs/rules.md"
    )


def test_every_rule_has_one_section() -> None:
    headings = [line for line in rules_page().splitlines() if line.startswith("### ")]

    assert sorted(headings) == sorted(f"### {code}" for code in {rule.code for rule in (*RULES, *DETECTED_ELSEWHERE)})
