"""What needs a second administrator: whatever lets more people submit, and a wide deny that goes."""

import pytest
from policies import load, replaced, with_line

from authz.availability import stops
from authz.decision_table import DecisionTable
from authz.widening import widened


@pytest.mark.parametrize(
    ("line", "rights"),
    [
        ("p, local_administrator, owner, submit, allow", ("p, local_administrator, owner, submit",)),
        ("p2, helpdesk, department, promotor, allow", ("p2, helpdesk, department, promotor",)),
        ("p, case_handler, department, read_mandates, allow", ()),
        ("p2, helpdesk, department, case_handler, allow", ()),
        ("p, promotor, owner, submit, deny", ()),
    ],
)
def test_a_new_line_widens_when_more_people_submit(table: DecisionTable, line: str, rights: tuple[str, ...]) -> None:
    assert widened(table, load(with_line(line)[0])) == rights


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("p, *, blocked, submit, deny", "", "p, promotor, blocked, submit"),
        (
            "p, *, not_admitted, upload, deny",
            "p, uploader, not_admitted, upload, deny",
            "p, *, not_admitted, upload, deny",
        ),
        ("p2, helpdesk, self, *, deny", "p2, helpdesk, self, uploader, deny", "p2, helpdesk, self, *, deny"),
    ],
)
def test_a_deny_that_goes_widens_when_it_was_wide_or_about_submitting(
    table: DecisionTable, old: str, new: str, right: str
) -> None:
    assert right in widened(table, load(replaced(old, new)[0]))


def test_a_policy_that_says_the_same_neither_widens_nor_stops(table: DecisionTable) -> None:
    assert widened(table, table) == ()
    assert stops(table) == []
