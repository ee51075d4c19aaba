"""A change of policy is told as what people gain and what they lose."""

from policies import SHIPPED, load, replaced, with_line

from authz.decision_table import DecisionTable
from authz.difference import difference
from domain.vocabulary import Action, Relation, Role


def test_a_file_that_says_the_same_makes_no_difference(table: DecisionTable) -> None:
    shuffled = load("\n".join(sorted(SHIPPED.splitlines())))

    assert difference(table, shuffled).is_empty


def test_a_new_allow_is_gained_and_its_removal_lost(table: DecisionTable) -> None:
    policy, _ = with_line("p, case_handler, department, read_mandates, allow")
    cell = (Role.CASE_HANDLER, Relation.DEPARTMENT, Action.READ_MANDATES)

    there, back = difference(table, load(policy)), difference(load(policy), table)

    assert (there.gained, there.lost) == ((cell,), ())
    assert (back.gained, back.lost) == ((), (cell,))
    assert not there.is_empty


def test_a_new_deny_is_told_for_every_pair_that_it_binds(table: DecisionTable) -> None:
    policy, _ = with_line("p, *, owner, submit, deny")

    found = difference(table, load(policy))

    assert found.lost == ((Role.PROMOTOR, Relation.OWNER, Action.SUBMIT),)
    assert found.denied == tuple((role, Relation.OWNER, Action.SUBMIT) for role in Role)
    assert (found.gained, found.freed) == ((), ())


def test_a_removed_deny_frees(table: DecisionTable) -> None:
    policy, _ = replaced("p, *, not_admitted, upload, deny", "")

    found = difference(table, load(policy))

    assert found.freed == tuple((role, Relation.NOT_ADMITTED, Action.UPLOAD) for role in Role)
    assert not found.is_empty


def test_roles_that_can_be_given_are_told_too(table: DecisionTable) -> None:
    gained, _ = with_line("p2, helpdesk, department, case_handler, allow")
    freed, _ = replaced("p2, helpdesk, self, *, deny", "p2, helpdesk, self, uploader, deny")

    assert difference(table, load(gained)).grants_gained == ((Role.HELPDESK, Relation.DEPARTMENT, Role.CASE_HANDLER),)
    assert difference(load(gained), table).grants_lost == ((Role.HELPDESK, Relation.DEPARTMENT, Role.CASE_HANDLER),)
    assert len(difference(table, load(freed)).grants_freed) == len(Role) - 1
    assert len(difference(load(freed), table).grants_denied) == len(Role) - 1
