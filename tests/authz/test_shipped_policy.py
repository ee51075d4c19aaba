"""Who may do what in the policy that ships, cell by cell, against tables written by hand from the design."""

from itertools import combinations, product

import pytest
from policies import SHIPPED

from authz.decision_table import DecisionTable
from domain.decisions import Pair
from domain.vocabulary import Action, Relation, Role

# The text of the department: upload, fill in, test, modify, consult for all three, submit and reports not.
PREPARE = {Action.UPLOAD, Action.FILL_IN, Action.TEST, Action.MODIFY, Action.CONSULT}
SEE = {Action.READ_CONVENTION, Action.READ_MANDATES}

ALLOWED: dict[Pair, set[Action]] = {
    (Role.PROMOTOR, Relation.OWNER): PREPARE
    | SEE
    | {Action.SUBMIT, Action.READ_FINANCIAL_REPORTS, Action.GRANT_MANDATE, Action.REVOKE_MANDATE},
    (Role.UPLOADER, Relation.MANDATED_TO_UPLOAD): PREPARE | SEE,
    (Role.SUBMITTER, Relation.MANDATED_TO_UPLOAD): PREPARE | SEE,
    (Role.SUBMITTER, Relation.MANDATED_TO_SUBMIT): {Action.SUBMIT} | SEE,
    (Role.LOCAL_ADMINISTRATOR, Relation.OWN_ORGANISATION): {Action.READ_ROLES},
    (Role.HELPDESK, Relation.DEPARTMENT): SEE
    | {Action.REVOKE_MANDATE, Action.READ_ROLES, Action.ADMIT, Action.READ_QUALITY},
    (Role.CASE_HANDLER, Relation.DEPARTMENT): {
        Action.READ_CONVENTION,
        Action.CONSULT,
        Action.DECIDE,
        Action.READ_FINANCIAL_REPORTS,
    },
    (Role.AUDITOR, Relation.DEPARTMENT): SEE
    | {
        Action.CONSULT,
        Action.READ_FINANCIAL_REPORTS,
        Action.READ_ROLES,
        Action.READ_QUALITY,
        Action.READ_POLICY,
        Action.READ_AUDIT,
    },
    (Role.POLICY_ADMINISTRATOR, Relation.DEPARTMENT): {Action.READ_POLICY, Action.CHANGE_POLICY},
}

DENIED: dict[Relation, set[Action]] = {
    Relation.BLOCKED: {Action.UPLOAD, Action.FILL_IN, Action.MODIFY, Action.SUBMIT, Action.GRANT_MANDATE},
    Relation.NOT_ADMITTED: {Action.UPLOAD},
}

GRANTED: dict[Pair, set[Role]] = {
    (Role.LOCAL_ADMINISTRATOR, Relation.OWN_ORGANISATION): {Role.PROMOTOR},
    (Role.HELPDESK, Relation.DEPARTMENT): {Role.UPLOADER, Role.SUBMITTER, Role.LOCAL_ADMINISTRATOR},
}

PAIRS: tuple[Pair, ...] = tuple(product(Role, Relation))


def expected(pairs: tuple[Pair, ...], action: Action) -> bool:
    allowed = any(action in ALLOWED.get(pair, set()) for pair in pairs)
    return allowed and not any(action in DENIED.get(relation, set()) for _, relation in pairs)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_each_pair_permits_exactly_its_row_of_the_matrix(table: DecisionTable, pair: Pair) -> None:
    assert table.actions_for([pair]) == {action for action in Action if expected((pair,), action)}


def test_every_two_pairs_together_permit_what_one_allows_and_none_denies(table: DecisionTable) -> None:
    wrong = [
        (pairs, action)
        for pairs in combinations(PAIRS, 2)
        for action in Action
        if table.permits(pairs, action) is not expected(pairs, action)
    ]

    assert wrong == []


@pytest.mark.parametrize("action", Action)
def test_nobody_may_do_anything_without_a_pair(table: DecisionTable, action: Action) -> None:
    assert table.permits([], action) is False


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_each_pair_grants_exactly_its_roles(table: DecisionTable, pair: Pair) -> None:
    assert {role for role in Role if table.may_grant([pair], role)} == GRANTED.get(pair, set())


@pytest.mark.parametrize("role", Role)
def test_the_helpdesk_gives_no_role_to_himself(table: DecisionTable, role: Role) -> None:
    pairs = [(Role.HELPDESK, Relation.DEPARTMENT), (Role.HELPDESK, Relation.SELF)]

    assert table.may_grant(pairs, role) is False


def test_a_local_administrator_makes_himself_promotor_of_his_own_organisation_only(table: DecisionTable) -> None:
    own = [(Role.LOCAL_ADMINISTRATOR, Relation.OWN_ORGANISATION), (Role.LOCAL_ADMINISTRATOR, Relation.SELF)]
    elsewhere = [(Role.LOCAL_ADMINISTRATOR, Relation.SELF)]

    assert table.may_grant(own, Role.PROMOTOR) is True
    assert table.may_grant(elsewhere, Role.PROMOTOR) is False


def test_being_blocked_takes_filing_away_and_leaves_reading(table: DecisionTable) -> None:
    free = [(Role.PROMOTOR, Relation.OWNER)]
    blocked = [*free, (Role.PROMOTOR, Relation.BLOCKED)]

    assert table.actions_for(free) - table.actions_for(blocked) == DENIED[Relation.BLOCKED]


def test_a_sender_who_is_not_admitted_may_test_but_not_upload(table: DecisionTable) -> None:
    pairs = [(Role.UPLOADER, Relation.MANDATED_TO_UPLOAD), (Role.UPLOADER, Relation.NOT_ADMITTED)]

    assert table.permits(pairs, Action.TEST) is True
    assert table.permits(pairs, Action.UPLOAD) is False


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)), ids="-".join)
def test_a_role_ever_permits_what_one_of_its_pairs_allows(table: DecisionTable, role: Role, action: Action) -> None:
    assert table.role_ever_permits(role, action) is any(
        action in actions for (held, _), actions in ALLOWED.items() if held is role
    )


@pytest.mark.parametrize("action", Action)
def test_lists_are_made_from_the_pairs_that_grant_and_those_that_veto(table: DecisionTable, action: Action) -> None:
    assert table.granting_pairs(action) == {pair for pair, actions in ALLOWED.items() if action in actions}
    assert table.vetoing_pairs(action) == {
        (role, relation) for relation, actions in DENIED.items() if action in actions for role in Role
    }


def test_the_roles_that_can_be_given_name_their_givers(table: DecisionTable) -> None:
    givers = {role: table.granters_of(role) for role in Role if table.granters_of(role)}

    assert givers == {
        Role.PROMOTOR: {Role.LOCAL_ADMINISTRATOR},
        Role.UPLOADER: {Role.HELPDESK},
        Role.SUBMITTER: {Role.HELPDESK},
        Role.LOCAL_ADMINISTRATOR: {Role.HELPDESK},
    }


def test_the_deciding_line_is_the_line_of_the_file_that_says_so(table: DecisionTable) -> None:
    lines = SHIPPED.splitlines()
    granting = table.deciding_line([(Role.PROMOTOR, Relation.OWNER)], Action.SUBMIT)
    denying = table.deciding_line([(Role.PROMOTOR, Relation.OWNER), (Role.PROMOTOR, Relation.BLOCKED)], Action.SUBMIT)
    silent = table.deciding_line([(Role.UPLOADER, Relation.MANDATED_TO_UPLOAD)], Action.SUBMIT)
    giving = table.deciding_grant_line([(Role.HELPDESK, Relation.DEPARTMENT)], Role.UPLOADER)

    assert granting is not None
    assert lines[granting.line - 1] == granting.text == "p, promotor, owner, submit, allow"
    assert denying is not None
    assert lines[denying.line - 1] == denying.text == "p, *, blocked, submit, deny"
    assert giving is not None
    assert lines[giving.line - 1] == giving.text == "p2, helpdesk, department, uploader, allow"
    assert silent is None
