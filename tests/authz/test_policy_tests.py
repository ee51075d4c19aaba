"""The tests beside the policy: read as strictly as the policy, and each failing one named with its line."""

import pytest
from policies import ROOT, load, replaced

from authz.decision_table import DecisionTable
from authz.policy_tests import failing_tests, read_tests
from domain.vocabulary import Action, Language, Relation, Role

SHIPPED_TESTS = (ROOT / "policy_tests.csv").read_bytes()


def test_the_shipped_policy_passes_its_tests(table: DecisionTable) -> None:
    assert failing_tests(table, SHIPPED_TESTS) == []


def test_the_shipped_tests_hold_the_whole_matrix() -> None:
    tests, _ = read_tests(SHIPPED_TESTS)
    told = {(test.role, test.relations, test.asked, test.expected) for test in tests}

    owner, upload = (Relation.OWNER,), (Relation.MANDATED_TO_UPLOAD,)
    submit = (Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT)
    prepares = (Action.UPLOAD, Action.FILL_IN, Action.TEST, Action.MODIFY, Action.CONSULT)
    assert {
        (Role.PROMOTOR, owner, one, True) for one in (*prepares, Action.SUBMIT, Action.READ_FINANCIAL_REPORTS)
    } < told
    assert {(role, upload, one, True) for role in (Role.UPLOADER, Role.SUBMITTER) for one in prepares} < told
    assert {(Role.UPLOADER, submit, Action.SUBMIT, False), (Role.SUBMITTER, submit, Action.SUBMIT, True)} < told


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("p, promotor, owner, submit, allow", "promotor, owner, submit"),
        ("p, *, not_admitted, upload, deny", "uploader, mandated_to_upload+not_admitted, upload"),
        ("p2, helpdesk, self, *, deny", "helpdesk, department+self, grant uploader"),
    ],
)
def test_a_policy_that_lost_a_line_fails_the_test_about_it(line: str, asked: str) -> None:
    (fault,) = failing_tests(load(replaced(line, "")[0]), SHIPPED_TESTS)

    assert (fault.code, fault.values["asked"]) == ("POLICY_TEST_FAILED", asked)
    told = SHIPPED_TESTS.decode().splitlines()[int(fault.values["line"]) - 1]
    assert told.startswith(asked)
    assert all(fault.message(language) for language in Language)


@pytest.mark.parametrize(
    "line",
    [
        b"promotor, owner, submit",
        b"promotor, owner, submit, maybe",
        b"promotor, owner, aanbieden, yes",
        b"promotor, owner, grant boss, yes",
        b"promotor, owner+, submit, yes",
        b"promotor; owner, submit, yes, x",
        "promotor, owner, submit, yes, \u201cx".encode(),
        b'promotor, owner, "submit, yes',
    ],
)
def test_a_line_that_is_no_test_is_told_and_not_passed_over(table: DecisionTable, line: bytes) -> None:
    faults = failing_tests(table, b"# comment\n" + line + b"\npromotor, owner, consult, yes\n")

    assert [(fault.code, fault.values["line"]) for fault in faults] == [("POLICY_TEST_UNREADABLE", "2")]
    assert all(fault.message(language) for fault in faults for language in Language)


def test_a_spreadsheet_may_save_the_tests_with_semicolons(table: DecisionTable) -> None:
    saved = b"\xef\xbb\xbf" + b"promotor;owner;submit;no;;\r\n"

    assert [fault.values["line"] for fault in failing_tests(table, saved)] == ["1"]
