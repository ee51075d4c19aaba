"""The canonical spelling: the same lines and comments, one way to write them, whichever program saved the file."""

from pathlib import Path

import pytest
from policies import MODEL, SHIPPED

from authz.decision_table import DecisionTable, policy_version
from authz.policy_file import read_policy
from authz.policy_layout import canonical

EDITS = sorted((Path(__file__).parent / "harmless_edits").glob("*.csv"))


def formatted(policy: str) -> str:
    return canonical(read_policy(policy.encode()))


def test_the_shipped_policy_is_spelled_so() -> None:
    assert formatted(SHIPPED) == SHIPPED


@pytest.mark.parametrize("path", EDITS, ids=[path.stem for path in EDITS])
def test_every_harmless_edit_keeps_its_table_and_its_lines_and_needs_no_second_time(
    path: Path, table: DecisionTable
) -> None:
    rules = read_policy(path.read_bytes())

    text = canonical(rules)

    again = read_policy(text.encode())
    assert policy_version(again, MODEL) == table.version
    assert [rule.text for rule in again.actions] == [rule.text for rule in rules.actions]
    assert [rule.text for rule in again.grants] == [rule.text for rule in rules.grants]
    assert len(again.comments) == len(rules.comments)
    assert canonical(again) == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("P ; Promotor;owner ;SUBMIT;Allow;;", "p, promotor, owner, submit, allow"),
        ('"p";" *";"blocked";"submit";"deny"', "p, *, blocked, submit, deny"),
        ("   # een opmerking; met een puntkomma;;;; ", "# een opmerking; met een puntkomma"),
        ('"# een opmerking, met ""aanhalingstekens""";;', '# een opmerking, met "aanhalingstekens"'),
    ],
)
def test_a_line_has_one_spelling(line: str, expected: str) -> None:
    rest = "p; promotor; owner; test; allow\np2; helpdesk; department; uploader; allow\n"

    assert formatted(f"{line}\n{rest}").splitlines()[0] == expected


def test_a_line_that_stands_twice_stays_and_blank_lines_are_at_most_two() -> None:
    rule, grant = "p, promotor, owner, test, allow", "p2, helpdesk, self, *, deny"

    assert formatted(f"\n\n{rule}\n\n\n\n\n{rule}\n\n{grant}\n\n") == f"{rule}\n\n\n{rule}\n\n{grant}\n"
