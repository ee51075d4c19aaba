"""What no policy may do, whoever edits it, each refused with the line that breaks it."""

import pytest
from policies import accepted, faults_of, replaced, with_line


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("p, uploader, mandated_to_upload, submit, allow", ["POLICY_UPLOADER_SUBMITS"]),
        ("p, uploader, mandated_to_submit, submit, allow", ["POLICY_UPLOADER_SUBMITS"]),
        ("p, uploader, owner, submit, allow", ["POLICY_UPLOADER_SUBMITS"]),
        ("p, *, owner, submit, allow", ["POLICY_ALLOW_FOR_ANY", "POLICY_UPLOADER_SUBMITS", "POLICY_AUDITOR_ACTS"]),
        ("p, uploader, mandated_to_upload, read_financial_reports, allow", ["POLICY_UPLOADER_READS_REPORTS"]),
        (
            "p, uploader, mandated_to_upload, *, allow",
            ["POLICY_ALLOW_FOR_ANY", "POLICY_UPLOADER_SUBMITS", "POLICY_UPLOADER_READS_REPORTS"],
        ),
        ("p, promotor, owner, *, allow", ["POLICY_ALLOW_FOR_ANY"]),
        ("p, promotor, *, submit, allow", ["POLICY_ALLOW_FOR_ANY"]),
        ("p, promotor, blocked, consult, allow", ["POLICY_ALLOW_ON_ADDED_RELATION"]),
        ("p, uploader, not_admitted, upload, allow", ["POLICY_ALLOW_ON_ADDED_RELATION"]),
        ("p2, helpdesk, self, uploader, allow", ["POLICY_ALLOW_ON_ADDED_RELATION"]),
        ("p2, promotor, owner, uploader, allow", ["POLICY_SECOND_MANDATE_NOT_BY_HELPDESK"]),
        (
            "p2, local_administrator, own_organisation, submitter, allow",
            ["POLICY_SECOND_MANDATE_NOT_BY_HELPDESK"],
        ),
        (
            "p2, local_administrator, own_organisation, *, allow",
            [
                "POLICY_ALLOW_FOR_ANY",
                "POLICY_SECOND_MANDATE_NOT_BY_HELPDESK",
                "POLICY_SECOND_MANDATE_NOT_BY_HELPDESK",
            ],
        ),
        (
            "p2, *, department, submitter, allow",
            ["POLICY_ALLOW_FOR_ANY", "POLICY_SECOND_MANDATE_NOT_BY_HELPDESK", "POLICY_AUDITOR_ACTS"],
        ),
        ("p, auditor, department, decide, allow", ["POLICY_AUDITOR_ACTS"]),
        ("p, auditor, owner, change_policy, allow", ["POLICY_AUDITOR_ACTS"]),
        ("p2, auditor, department, case_handler, allow", ["POLICY_AUDITOR_ACTS"]),
        ("p, policy_administrator, department, change_policy, deny", ["POLICY_LOCKS_ITSELF_OUT"]),
        ("p, *, department, read_policy, deny", ["POLICY_LOCKS_ITSELF_OUT"]),
        ("p, *, *, *, deny", ["POLICY_LOCKS_ITSELF_OUT", "POLICY_LOCKS_ITSELF_OUT"]),
    ],
)
def test_a_line_that_breaks_an_invariant_refuses_the_file(line: str, codes: list[str]) -> None:
    policy, number = with_line(line)

    faults = faults_of(policy)

    assert [fault.code for fault in faults] == codes
    assert {(fault.line, fault.values["rule"]) for fault in faults} == {(number, line)}


@pytest.mark.parametrize("action", ["read_policy", "change_policy"])
def test_a_file_without_the_right_to_mend_it_is_refused(action: str) -> None:
    policy, _ = replaced(f"p, policy_administrator, department, {action}, allow", "")

    assert [(fault.code, fault.line, fault.values["action"]) for fault in faults_of(policy)] == [
        ("POLICY_LOCKS_ITSELF_OUT", None, action)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "p, auditor, department, read_policy, allow",
        "p, *, blocked, test, deny",
        "p, policy_administrator, own_organisation, change_policy, deny",
        "p2, helpdesk, department, promotor, allow",
        "p, promotor, owner, submit, deny",
    ],
)
def test_a_line_that_breaks_none_is_accepted(line: str) -> None:
    policy, _ = with_line(line)

    assert line in accepted(policy).sorted_texts
