"""What is probably not meant in a policy file is told as a warning, and the file is accepted."""

import pytest
from policies import SHIPPED, accepted, with_line

from authz.policy_faults import FaultLevel
from authz.remarks import remarks
from domain.vocabulary import Language


def test_the_shipped_policy_gives_no_warning() -> None:
    assert remarks(accepted(SHIPPED)) == []


@pytest.mark.parametrize(
    ("line", "code", "other"),
    [
        ("p, promotor, owner, upload, allow", "POLICY_DUPLICATE", "p, promotor, owner, upload, allow"),
        ("P ,promotor,owner,UPLOAD,allow", "POLICY_DUPLICATE", "p, promotor, owner, upload, allow"),
        ("p2, helpdesk, self, uploader, deny", "POLICY_SHADOWED", "p2, helpdesk, self, *, deny"),
    ],
)
def test_a_line_that_adds_nothing_names_the_other_line(line: str, code: str, other: str) -> None:
    policy, number = with_line(line)

    (warning,) = remarks(accepted(policy))

    assert (warning.code, warning.level, warning.line) == (code, FaultLevel.WARNING, number)
    assert warning.values["other"] == str(SHIPPED.splitlines().index(other) + 1)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("p, uploader, owner, consult, allow", ["POLICY_IMPOSSIBLE_PAIR"]),
        ("p, promotor, department, consult, allow", ["POLICY_IMPOSSIBLE_PAIR"]),
        ("p, helpdesk, mandated_to_upload, consult, allow", ["POLICY_IMPOSSIBLE_PAIR"]),
        ("p2, local_administrator, department, promotor, allow", ["POLICY_IMPOSSIBLE_PAIR"]),
        ("p, submitter, mandated_to_submit, consult, deny", ["POLICY_DENY_BINDS_PERSON"]),
        ("p, submitter, blocked, submit, deny", ["POLICY_SHADOWED", "POLICY_DENY_BINDS_PERSON"]),
    ],
)
def test_a_line_that_means_something_else_than_it_seems_is_named(line: str, codes: list[str]) -> None:
    policy, number = with_line(line)

    found = remarks(accepted(policy))

    assert [(warning.code, warning.line) for warning in found] == [(code, number) for code in codes]
    assert all(warning.message(language) for warning in found for language in Language)


def test_an_allow_that_a_deny_takes_away_is_named() -> None:
    policy, number = with_line("p, *, owner, submit, deny")

    (warning,) = remarks(accepted(policy))

    assert (warning.code, warning.values["rule"]) == ("POLICY_CONTRADICTED", "p, promotor, owner, submit, allow")
    assert warning.values["other"] == str(number)
