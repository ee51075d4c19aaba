"""Whether one may give a role: by which line, or what is missing and whom to ask for it."""

import pytest

from authz.decision_table import DecisionTable
from authz.explanation import explain_grant
from domain.decisions import Ask, Lack, Missing, Pair
from domain.vocabulary import Relation, Role


@pytest.mark.parametrize(
    ("role", "pairs", "missing"),
    [
        (
            Role.UPLOADER,
            {(Role.HELPDESK, Relation.DEPARTMENT), (Role.HELPDESK, Relation.SELF)},
            Missing(Lack.SELF, Ask.NOBODY),
        ),
        (Role.UPLOADER, {(Role.PROMOTOR, Relation.OWNER)}, Missing(Lack.ROLE, Ask.HELPDESK, {"role": Role.HELPDESK})),
        (
            Role.UPLOADER,
            {(Role.LOCAL_ADMINISTRATOR, Relation.OWN_ORGANISATION)},
            Missing(Lack.ROLE, Ask.HELPDESK, {"role": Role.HELPDESK}),
        ),
        (
            Role.PROMOTOR,
            {(Role.PROMOTOR, Relation.OWN_ORGANISATION)},
            Missing(Lack.ROLE, Ask.LOCAL_ADMINISTRATOR, {"role": Role.LOCAL_ADMINISTRATOR}),
        ),
        (Role.PROMOTOR, {(Role.LOCAL_ADMINISTRATOR, Relation.SELF)}, Missing(Lack.NOT_FORESEEN, Ask.NOBODY)),
        (Role.AUDITOR, {(Role.HELPDESK, Relation.DEPARTMENT)}, Missing(Lack.NOT_FORESEEN, Ask.NOBODY)),
    ],
)
def test_a_role_that_one_may_not_give_is_told_who_gives_it(
    table: DecisionTable, role: Role, pairs: set[Pair], missing: Missing
) -> None:
    decision = explain_grant(table, pairs, role)

    assert (decision.allowed, decision.missing) == (False, (missing,))


def test_a_role_that_one_may_give_names_the_line(table: DecisionTable) -> None:
    decision = explain_grant(table, {(Role.HELPDESK, Relation.DEPARTMENT)}, Role.SUBMITTER)

    assert (decision.allowed, decision.rule, decision.missing) == (
        True,
        "p2, helpdesk, department, submitter, allow",
        (),
    )
