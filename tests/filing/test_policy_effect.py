"""The effect of a policy in people: each person once, for all his organisations, by how these stand now."""

from typing import Any

import pytest
from policies import SHIPPED, load, replaced

from domain.vocabulary import Action, OrganisationKind, Role
from filing.policy_effect import Affected, people_affected
from persistence.role_holders import Footing, RoleHolder

BEFORE = load(SHIPPED)
NOBODY_SUBMITS = load("\n".join(line for line in SHIPPED.splitlines() if ", submit, allow" not in line))


def a_footing(role: Role, kind: OrganisationKind, **values: Any) -> Footing:
    defaults: dict[str, Any] = {
        "is_blocked": False,
        "is_admitted": True,
        "owns": kind is OrganisationKind.PROMOTOR,
        "holds_upload": kind is OrganisationKind.SECRETARIAT,
        "holds_submit": False,
    }
    return Footing(roles=frozenset({role}), kind=kind, **(defaults | values))


PROMOTOR = a_footing(Role.PROMOTOR, OrganisationKind.PROMOTOR)
SUBMITTER = a_footing(Role.SUBMITTER, OrganisationKind.SECRETARIAT, holds_submit=True)


def test_the_same_policy_affects_nobody() -> None:
    assert people_affected(BEFORE, BEFORE, [RoleHolder("a", frozenset({PROMOTOR}))]) == []


def test_a_person_counts_once_whatever_the_number_of_his_organisations() -> None:
    holders = [RoleHolder("a", frozenset({PROMOTOR, SUBMITTER})), RoleHolder("b", frozenset({PROMOTOR}))]

    assert people_affected(BEFORE, NOBODY_SUBMITS, holders) == [Affected(Action.SUBMIT, 0, 2)]
    assert people_affected(NOBODY_SUBMITS, BEFORE, holders) == [Affected(Action.SUBMIT, 2, 0)]


def test_who_can_still_do_it_for_another_organisation_loses_nothing() -> None:
    without_promotor = load(replaced("p, promotor, owner, submit, allow", "")[0])
    holders = [RoleHolder("a", frozenset({PROMOTOR, SUBMITTER})), RoleHolder("b", frozenset({PROMOTOR}))]

    assert people_affected(BEFORE, without_promotor, holders) == [Affected(Action.SUBMIT, 0, 1)]


@pytest.mark.parametrize(
    "footing",
    [
        a_footing(Role.SUBMITTER, OrganisationKind.SECRETARIAT, holds_submit=False),
        a_footing(Role.SUBMITTER, OrganisationKind.SECRETARIAT, holds_upload=False),
        a_footing(Role.PROMOTOR, OrganisationKind.PROMOTOR, owns=False),
        a_footing(Role.PROMOTOR, OrganisationKind.PROMOTOR, is_blocked=True),
        a_footing(Role.AUDITOR, OrganisationKind.DEPARTMENT),
    ],
)
def test_who_could_not_submit_anything_loses_nothing(footing: Footing) -> None:
    assert people_affected(BEFORE, NOBODY_SUBMITS, [RoleHolder("a", frozenset({footing}))]) == []


def test_who_is_not_admitted_gains_the_upload_when_admission_is_no_longer_asked() -> None:
    without_admission = load(replaced("p, *, not_admitted, upload, deny", "")[0])
    footing = a_footing(Role.UPLOADER, OrganisationKind.SECRETARIAT, is_admitted=False)

    found = people_affected(BEFORE, without_admission, [RoleHolder("a", frozenset({footing}))])

    assert found == [Affected(Action.UPLOAD, 1, 0)]
