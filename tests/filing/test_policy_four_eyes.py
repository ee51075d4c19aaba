"""A loss is confirmed, a wider right to submit needs a second administrator, and a failing test refuses."""

from dataclasses import replace
from typing import Any

import pytest
from collective import persona
from kept_policies import kept_of_policies
from policies import POLICY_TESTS, SHIPPED, WIDER, WITHOUT_SUBMIT, replaced

from authz.policy_faults import PolicyRefused
from domain.caller import Caller
from domain.decisions import NotAllowed
from domain.errors import InvalidValue, NotFound, WrongState
from domain.months import Clock
from filing.office import Office
from filing.policies import Activated, ActivatePolicy, PolicyOutdated, activate_policy, roll_back_policy
from filing.policy_acceptance import PolicyUnconfirmed
from filing.policy_approval import OwnProposal, approve_policy
from filing.policy_weighing import PolicyCheck, check_policy
from persistence.database import rows
from persistence.models import PolicyProposalRow

WITHOUT_ADMITTING = replaced("p, helpdesk, department, admit, allow", "")[0]


async def activate(office: Office, caller: Caller, policy: str, **options: Any) -> Activated | PolicyProposalRow:
    done = await activate_policy(office, caller, replace(ActivatePolicy(policy, "afspraak", None), **options))
    assert not isinstance(done, PolicyCheck)
    return done


async def proposed(office: Office, caller: Caller, policy: str = WIDER) -> PolicyProposalRow:
    proposal = await activate(office, caller, policy)
    assert isinstance(proposal, PolicyProposalRow)
    return proposal


@pytest.mark.parametrize(
    ("policy", "code"),
    [(WITHOUT_SUBMIT, "POLICY_STOPS_PROMOTOR"), (WITHOUT_ADMITTING, "POLICY_STOPS_HELPDESK")],
)
async def test_a_loss_is_taken_only_when_its_own_code_is_repeated(
    office: Office, first: Caller, policy: str, code: str
) -> None:
    before = await kept_of_policies()

    with pytest.raises(PolicyUnconfirmed) as unconfirmed:
        await activate(office, first, policy, confirm=("POLICY_STOPS_AUDITOR",))

    assert unconfirmed.value.codes == (code,)
    assert await kept_of_policies() == before
    assert isinstance(await activate(office, first, policy, confirm=(code,)), Activated)


async def test_what_was_confirmed_once_is_not_asked_again_with_the_next_edit(office: Office, first: Caller) -> None:
    await activate(office, first, WITHOUT_SUBMIT, confirm=("POLICY_STOPS_PROMOTOR",))

    edited = f"{WITHOUT_SUBMIT}p, case_handler, department, read_mandates, allow\n"

    assert isinstance(await activate(office, first, edited), Activated)


async def test_the_confirmed_codes_stand_in_the_trail(office: Office, first: Caller) -> None:
    await activate(office, first, WITHOUT_SUBMIT, confirm=("POLICY_STOPS_PROMOTOR",))

    _, _, entries = await kept_of_policies()
    assert "POLICY_STOPS_PROMOTOR" in entries[-1]["details"]


async def test_more_people_who_submit_is_a_proposal_and_the_policy_stays(office: Office, first: Caller) -> None:
    before = (await office.policy.table()).version

    proposal = await proposed(office, first)

    versions, proposals, entries = await kept_of_policies()
    assert len(versions) == 1
    assert (await office.policy.table()).version == before
    assert office.policy_path.read_text(encoding="utf-8") == SHIPPED
    assert [(row["id"], row["proposed_by"], row["approved_by"]) for row in proposals] == [
        (proposal.id, first.user_id, None)
    ]
    assert [(row["action"], row["object_kind"], row["object_id"]) for row in entries] == [
        ("policyActivate", "PolicyProposal", proposal.id)
    ]


async def test_another_administrator_puts_it_in_force_and_both_are_known(
    office: Office, first: Caller, second: Caller
) -> None:
    proposal = await proposed(office, first)

    activated = await approve_policy(office, second, proposal.id, "akkoord")

    assert isinstance(activated, Activated)
    versions, proposals, entries = await kept_of_policies()
    assert (activated.row.policy, activated.row.author_id, activated.row.reason) == (WIDER, second.user_id, "afspraak")
    assert (versions[-1]["sequence"], proposals[0]["approved_by"]) == (2, second.user_id)
    assert (entries[-1]["action"], entries[-1]["user_id"]) == ("policyApprove", second.user_id)
    assert first.user_id in entries[-1]["details"]


async def test_nobody_approves_his_own_proposal(office: Office, first: Caller) -> None:
    proposal = await proposed(office, first)
    before = await kept_of_policies()

    with pytest.raises(OwnProposal):
        await approve_policy(office, first, proposal.id, "akkoord")

    assert await kept_of_policies() == before


@pytest.mark.parametrize(("name", "refusal"), [("promotor", NotFound), ("helpdesk", NotFound), ("auditor", NotAllowed)])
async def test_who_may_not_change_the_policy_approves_nothing(
    office: Office, first: Caller, name: str, refusal: type[Exception]
) -> None:
    proposal = await proposed(office, first)
    before = await kept_of_policies()

    with pytest.raises(refusal):
        await approve_policy(office, await persona(office, name), proposal.id, "akkoord")

    assert await kept_of_policies() == before


async def test_a_proposal_is_approved_once_and_with_a_reason(office: Office, first: Caller, second: Caller) -> None:
    proposal = await proposed(office, first)

    with pytest.raises(InvalidValue):
        await approve_policy(office, second, proposal.id, " ")
    await approve_policy(office, second, proposal.id, "akkoord")
    with pytest.raises(WrongState):
        await approve_policy(office, second, proposal.id, "nog eens")

    assert len((await kept_of_policies())[0]) == 2


async def test_a_proposal_lapses_when_another_policy_comes_in_force(
    office: Office, first: Caller, second: Caller
) -> None:
    proposal = await proposed(office, first)
    await activate(office, first, f"{SHIPPED}p, case_handler, department, read_mandates, allow\n")
    before = await kept_of_policies()

    with pytest.raises(PolicyOutdated):
        await approve_policy(office, second, proposal.id, "akkoord")

    assert await kept_of_policies() == before


async def test_a_proposal_of_who_is_no_administrator_any_more_is_not_approved(
    office: Office, first: Caller, second: Caller, clock: Clock
) -> None:
    proposal = await proposed(office, first)
    await rows(
        "UPDATE role_grant SET revoked_at = ?, revoked_by = ? WHERE user_id = ? AND role = 'policy_administrator'",
        [clock(), second.user_id, first.user_id],
    )
    before = await kept_of_policies()

    with pytest.raises(WrongState):
        await approve_policy(office, second, proposal.id, "akkoord")

    assert await kept_of_policies() == before


async def test_one_step_back_needs_no_second_administrator_and_further_back_does(office: Office, first: Caller) -> None:
    await activate(office, first, WITHOUT_SUBMIT, confirm=("POLICY_STOPS_PROMOTOR",))
    await activate(office, first, f"{WITHOUT_SUBMIT}p, case_handler, department, read_mandates, allow\n")

    assert isinstance(await roll_back_policy(office, first, 1, "te ver"), PolicyProposalRow)
    assert isinstance(await roll_back_policy(office, first, 2, "een stap"), Activated)


async def test_a_failing_test_refuses_with_its_line_and_keeps_the_policy(office: Office, first: Caller) -> None:
    before = await kept_of_policies()

    with pytest.raises(PolicyRefused) as refused:
        await activate(office, first, WITHOUT_SUBMIT, tests=POLICY_TESTS, confirm=("POLICY_STOPS_PROMOTOR",))

    assert [(fault.code, fault.values["line"]) for fault in refused.value.faults] == [("POLICY_TEST_FAILED", "1")]
    assert await kept_of_policies() == before


async def test_the_tests_of_the_policy_in_force_hold_for_the_next_one_and_come_back_with_a_rollback(
    office: Office, first: Caller
) -> None:
    await activate(office, first, f"# met tests\n{SHIPPED}", tests=POLICY_TESTS)
    with pytest.raises(PolicyRefused):
        await activate(office, first, WITHOUT_SUBMIT, confirm=("POLICY_STOPS_PROMOTOR",))
    changed = "promotor, owner, submit, no\n"
    await activate(office, first, WITHOUT_SUBMIT, tests=changed, confirm=("POLICY_STOPS_PROMOTOR",))

    await roll_back_policy(office, first, 2, "terug")

    versions, _, _ = await kept_of_policies()
    assert [row["tests"] for row in versions] == [None, POLICY_TESTS, changed, POLICY_TESTS]


async def test_a_check_says_what_has_to_be_confirmed_and_by_how_many(office: Office, first: Caller) -> None:
    frozen = await check_policy(office, first, WITHOUT_SUBMIT)
    wider = await check_policy(office, first, WIDER)

    assert ([fault.code for fault in frozen.faults], frozen.widened) == (["POLICY_STOPS_PROMOTOR"], ())
    assert wider.widened == ("p, local_administrator, owner, submit",)
