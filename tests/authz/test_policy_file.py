"""A policy file says what it seems to say, whichever program saved it, or is refused with every fault and its place."""

import contextlib
import csv
import io

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from policies import SHIPPED, accepted, faults_of, load, replaced, with_line

from authz.decision_table import DecisionTable
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_file import read_policy
from domain.vocabulary import Action, Language, Relation, Role

DENY = "p, *, blocked, submit, deny"
"""A line of the shipped file: dropping it, as casbin's own reader does in many of these cases, would grant a right."""
LAST = "p2, helpdesk, self, *, deny"


def saved_by_a_spreadsheet(*, delimiter: str, quoting: int, padding: int = 0, line_end: str = "\r\n") -> str:
    """The shipped policy, read into cells and written out again."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(SHIPPED.splitlines(), quoting=csv.QUOTE_NONE)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=line_end)  # type: ignore[arg-type]  # csv.QUOTE_* are ints
    writer.writerows([row + [""] * padding for row in rows])
    return out.getvalue()


SAVED = {
    "byte order mark": "\ufeff" + SHIPPED,
    "carriage returns": SHIPPED.replace("\n", "\r\n"),
    "no line end at the end": SHIPPED.rstrip("\n"),
    "semicolons": saved_by_a_spreadsheet(delimiter=";", quoting=csv.QUOTE_MINIMAL),
    "semicolons, mark, padding": "\ufeff" + saved_by_a_spreadsheet(delimiter=";", quoting=csv.QUOTE_MINIMAL, padding=4),
    "everything quoted": saved_by_a_spreadsheet(delimiter=",", quoting=csv.QUOTE_ALL),
    "everything quoted, semicolons": saved_by_a_spreadsheet(delimiter=";", quoting=csv.QUOTE_ALL, padding=2),
    "padded with commas": saved_by_a_spreadsheet(delimiter=",", quoting=csv.QUOTE_MINIMAL, padding=3),
    "blank rows of commas": SHIPPED.replace("\n\n", "\n,,,,\n"),
    "tabs and spaces": SHIPPED.replace(", ", " \t,\t "),
    "upper case": "\n".join(line if line.startswith("#") else line.upper() for line in SHIPPED.split("\n")),
    "no comments": "\n".join(line for line in SHIPPED.split("\n") if not line.startswith("#")),
    "other order": "\n".join(sorted(SHIPPED.split("\n"), reverse=True)),
}


@pytest.mark.parametrize("policy", SAVED.values(), ids=SAVED.keys())
def test_however_it_was_saved_it_says_the_same(policy: str) -> None:
    assert accepted(policy).sorted_texts == accepted(SHIPPED).sorted_texts


def test_however_it_was_saved_it_decides_the_same(table: DecisionTable) -> None:
    saved = load(SAVED["semicolons, mark, padding"])

    assert saved.version == table.version
    assert saved.rulings == table.rulings


def test_comments_are_kept_aside_with_their_lines() -> None:
    rules = read_policy(SHIPPED.encode())

    assert rules.comments[0].line == 1
    assert rules.comments[0].text == "# policy.csv - Wie mag wat? / Who may do what?"
    assert len(rules.comments) == sum(1 for line in SHIPPED.split("\n") if line.startswith("#"))


@pytest.mark.parametrize("effect", ["Deny", "DENY", '"deny"', "  deny  ", "deny,"])
def test_a_deny_that_casbin_would_not_see_denies(effect: str) -> None:
    policy, _ = replaced(DENY, f"p, *, blocked, submit, {effect}")

    blocked = [(Role.PROMOTOR, Relation.OWNER), (Role.PROMOTOR, Relation.BLOCKED)]
    assert load(policy).permits(blocked, Action.SUBMIT) is False


@pytest.mark.parametrize(
    ("line", "code", "column", "values"),
    [
        ("p, *, blocked, submit, denny", "POLICY_MISSPELT_WORD", 24, {"field": "effect", "suggestion": "deny"}),
        ("p, *, blocked, submit, no", "POLICY_UNKNOWN_WORD", 24, {"found": "no", "expected": "allow deny"}),
        ("p, *, blocked, submit, deny # tijdelijk", "POLICY_COMMENT_IN_RULE", 24, {"found": "deny # tijdelijk"}),
        ("p, *, blocked, submit, deny, # tijdelijk", "POLICY_COMMENT_IN_RULE", 30, {"found": "# tijdelijk"}),
        ("p2, *, blocked, submit, deny", "POLICY_MISSPELT_WORD", 17, {"found": "submit", "suggestion": "submitter"}),
        ("p2, *, blocked, consult, deny", "POLICY_UNKNOWN_WORD", 17, {"field": "role", "found": "consult"}),
        ("g, *, blocked, submit, deny", "POLICY_UNKNOWN_WORD", 1, {"field": "section", "expected": "p p2"}),
        ("p3, *, blocked, submit, deny", "POLICY_UNKNOWN_WORD", 1, {"field": "section"}),
        ("p, *, blocked, submit", "POLICY_FIELD_COUNT", 16, {"found": "4", "expected": "5"}),
        ("p, *, blocked, submit, deny, deny", "POLICY_FIELD_COUNT", 30, {"found": "6", "expected": "5"}),
        ("p; *; blocked; submit; deny", "POLICY_FIELD_COUNT", 1, {"found": "1", "expected": "5"}),
        ("p, , blocked, submit, deny", "POLICY_UNKNOWN_WORD", 4, {"field": "role", "found": ""}),
        (", *, blocked, submit, deny", "POLICY_UNKNOWN_WORD", 1, {"field": "section", "found": ""}),
        ("p, *, blokked, submit, deny", "POLICY_MISSPELT_WORD", 7, {"field": "relation", "suggestion": "blocked"}),
        ("p, *, geblokkeerd, submit, deny", "POLICY_MISSPELT_WORD", 7, {"suggestion": "blocked"}),
        ("p, *, blocked, aanbieden, deny", "POLICY_MISSPELT_WORD", 16, {"field": "action", "suggestion": "submit"}),
        ("p, *, blocked, fill in, deny", "POLICY_MISSPELT_WORD", 16, {"suggestion": "fill_in"}),
        ("p, oplader, blocked, submit, deny", "POLICY_MISSPELT_WORD", 4, {"field": "role", "suggestion": "uploader"}),
        ("p, bob, blocked, submit, deny", "POLICY_UNKNOWN_WORD", 4, {"field": "role", "found": "bob"}),
        ("p, *, blocked, submit), deny", "POLICY_MISSPELT_WORD", 16, {"suggestion": "submit"}),
        ('p, *, blocked, "submit, deny', "POLICY_UNBALANCED_QUOTES", 16, {}),
        ('p, *, blocked, "submit"x, deny', "POLICY_QUOTE_IN_FIELD", 24, {}),
        ('p, *, blocked, sub"mit, deny', "POLICY_QUOTE_IN_FIELD", 19, {}),
        ("p, *, blocked, sub\u200bmit, deny", "POLICY_INVISIBLE_CHARACTER", 19, {"found": "U+200B"}),
        ("p, *, blocked, submit, deny\ufeff", "POLICY_INVISIBLE_CHARACTER", 28, {"found": "U+FEFF"}),
        ("p, *, blocked,\u00a0submit, deny", "POLICY_NOT_ASCII", 15, {"found": "U+00A0"}),
        ("p, *, bl\u043ecked, submit, deny", "POLICY_NOT_ASCII", 9, {"found": "U+043E", "character": "\u043e"}),
        ("# \u202e a comment that reads backwards", "POLICY_INVISIBLE_CHARACTER", 3, {"found": "U+202E"}),
        ("# a comment\rp, *, blocked, submit, deny", "POLICY_INVISIBLE_CHARACTER", 12, {"found": "U+000D"}),
    ],
)
def test_a_line_that_could_be_misread_refuses_the_file(
    line: str, code: str, column: int, values: dict[str, str]
) -> None:
    policy, number = replaced(DENY, line)

    faults = faults_of(policy)

    assert [(fault.code, fault.line, fault.column) for fault in faults] == [(code, number, column)]
    assert values.items() <= faults[0].values.items()


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    policy = SHIPPED.replace("p, promotor, owner, upload, allow", "p, promoter, owned, uplode, alow").replace(
        "p2, helpdesk, self, *, deny", "p2, helpdesk, self, deny"
    )

    faults = faults_of(policy)

    assert [fault.values.get("field", fault.code) for fault in faults] == [
        "effect",
        "relation",
        "role",
        "action",
        "POLICY_FIELD_COUNT",
    ]
    assert [fault.line for fault in faults] == sorted(fault.line or 0 for fault in faults)


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (SHIPPED.encode("utf-16"), PolicyFault("POLICY_UTF16", line=1, column=1)),
        (SHIPPED.encode("utf-16-le"), PolicyFault("POLICY_UTF16", line=1, column=1)),
        (
            b"p, *, blocked, submit, deny\n# financi\xeble\n",
            PolicyFault("POLICY_NOT_UTF8", line=2, column=10, values={"found": "0xEB"}),
        ),
        (
            SHIPPED.encode() + b"#" * 300_000,
            PolicyFault(
                "POLICY_TOO_LARGE", values={"found": str(len(SHIPPED.encode()) + 300_000), "expected": "262144"}
            ),
        ),
    ],
    ids=["UTF-16", "UTF-16 without mark", "Latin-1", "too large"],
)
def test_another_encoding_refuses_the_file(policy: bytes, fault: PolicyFault) -> None:
    assert faults_of(policy) == (fault,)


@pytest.mark.parametrize("policy", ["", "\ufeff", "\n\n", "# only a comment\n", ",,,,\n"])
def test_a_file_without_rules_is_refused(policy: str) -> None:
    assert [(fault.code, fault.values) for fault in faults_of(policy)] == [
        ("POLICY_EMPTY", {"section": "p"}),
        ("POLICY_EMPTY", {"section": "p2"}),
    ]


def test_a_file_cut_before_its_grants_is_refused() -> None:
    policy = SHIPPED[: SHIPPED.index("p2, local_administrator")]

    assert [(fault.code, fault.values) for fault in faults_of(policy)] == [("POLICY_EMPTY", {"section": "p2"})]


@pytest.mark.parametrize("kept", range(1, len(LAST)))
def test_a_file_cut_inside_its_last_line_is_refused(kept: int) -> None:
    policy = SHIPPED.removesuffix(f"{LAST}\n") + LAST[:kept]

    assert [fault.line for fault in faults_of(policy)] == [SHIPPED.count("\n")]


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(PolicyRefused):
        read_policy(data)


def test_a_fault_is_told_in_every_language() -> None:
    policy, _ = with_line("p, promotor, owner, aanbieden, allow")

    told = {language: faults_of(policy)[0].message(language) for language in Language}

    assert told[Language.NL] == "In de kolom action staat “aanbieden”; bedoelde u “submit”?"
    assert told[Language.EN] == "The column action says “aanbieden”; did you mean “submit”?"
    assert len(set(told.values())) == 4
