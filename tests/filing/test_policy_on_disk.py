"""An edit of the policy file on disk passes the gate of every other edit: taken up once, refused, or left to wait."""

import asyncio

import pytest
from kept_policies import kept_of_policies
from policies import EDITED, MODEL, POLICY_TESTS, SHIPPED, WIDER, WITHOUT_SUBMIT, replaced

from authz.policy_faults import PolicyRefused
from domain.caller import Caller
from domain.errors import NotFound
from domain.months import Clock
from filing.office import Office
from filing.policies import Activated, ActivatePolicy, PolicyOutdated, activate_policy
from filing.policy_acceptance import PolicyUnconfirmed
from filing.policy_approval import OwnProposal, approve_policy
from filing.policy_at_start import policy_at_start
from filing.policy_on_disk import FileState, PolicyOnDisk, Taken, file_standing, take_edit
from persistence.audit import verify_chain
from persistence.models import PolicyProposalRow

BROKEN, BROKEN_LINE = replaced("p, promotor, owner, submit, allow", "p, promotor, owner, sbmit, allow")
REASON = "policy file on disk"


async def take(office: Office, policy: str, tests: str | None = None) -> Taken:
    office.policy_path.write_text(policy, encoding="utf-8")
    return await take_edit(PolicyOnDisk(policy.encode(), tests), MODEL, office.clock, REASON)


async def state(office: Office) -> FileState:
    return (await file_standing(office.policy_path, office.policy)).state


async def waiting(office: Office, policy: str) -> str:
    """The id of the proposal that *policy* on disk became."""
    assert (await take(office, policy)).state is FileState.WAITING
    _, proposals, _ = await kept_of_policies()
    return proposals[-1]["id"]


async def test_an_edit_that_takes_nothing_away_comes_in_force_and_is_in_the_trail(office: Office) -> None:
    taken = await take(office, EDITED)

    versions, proposals, entries = await kept_of_policies()
    assert (taken.state, taken.sequence, taken.is_new) == (FileState.IN_FORCE, 2, True)
    assert (versions[-1]["policy"], versions[-1]["author_id"], versions[-1]["reason"]) == (EDITED, None, REASON)
    assert versions[-1]["changes"] == "+ p, case_handler, department, read_mandates"
    assert (await office.policy.table()).version == versions[-1]["version"]
    assert [(row["action"], row["user_id"], row["object_id"]) for row in entries] == [("policyActivate", None, "2")]
    assert proposals == []
    assert await state(office) is FileState.IN_FORCE


@pytest.mark.parametrize(("policy", "expected"), [(EDITED, FileState.IN_FORCE), (WIDER, FileState.WAITING)])
async def test_of_workers_that_see_the_same_edit_one_writes_it_down(
    office: Office, policy: str, expected: FileState
) -> None:
    taken = await asyncio.gather(*(take(office, policy) for _ in range(3)))

    versions, proposals, entries = await kept_of_policies()
    assert [one.state for one in taken] == [expected] * 3
    assert sorted(one.is_new for one in taken) == [False, False, True]
    assert len(versions) + len(proposals) == 2
    assert len(entries) == 1


async def test_a_broken_edit_is_told_with_its_line_and_the_policy_stays(office: Office) -> None:
    before = await kept_of_policies()

    with pytest.raises(PolicyRefused) as refused:
        await take(office, BROKEN)

    standing = await file_standing(office.policy_path, office.policy)
    assert [fault.line for fault in refused.value.faults] == [BROKEN_LINE]
    assert (standing.state, standing.version, standing.faults) == (FileState.REFUSED, None, refused.value.faults)
    assert await kept_of_policies() == before


async def test_the_tests_beside_it_refuse_an_edit_and_are_kept_with_one_that_they_take(office: Office) -> None:
    with pytest.raises(PolicyRefused):
        await take(office, EDITED, "case_handler, department, read_mandates, no\n")
    assert len((await kept_of_policies())[0]) == 1

    await take(office, EDITED, POLICY_TESTS)

    assert (await kept_of_policies())[0][-1]["tests"] == POLICY_TESTS


async def test_a_file_that_says_what_an_older_version_said_is_left_aside(office: Office, first: Caller) -> None:
    await activate_policy(office, first, ActivatePolicy(EDITED, "afspraak", None))
    before = await kept_of_policies()

    taken = await take(office, SHIPPED)

    assert (taken.state, taken.sequence) == (FileState.OLDER, 2)
    assert await state(office) is FileState.OLDER
    assert await kept_of_policies() == before


async def test_a_file_that_is_gone_is_told_and_changes_nothing(office: Office) -> None:
    office.policy_path.unlink()

    assert await state(office) is FileState.UNREADABLE


async def test_an_edit_that_nobody_took_up_yet_is_told_as_such(office: Office) -> None:
    office.policy_path.write_text(EDITED, encoding="utf-8")

    assert await state(office) is FileState.EDITED


@pytest.mark.parametrize("policy", [WITHOUT_SUBMIT, WIDER])
async def test_an_edit_that_needs_a_person_waits_also_at_start(office: Office, clock: Clock, policy: str) -> None:
    versions, _, _ = await kept_of_policies()

    for _ in range(2):
        started = await policy_at_start(policy.encode(), MODEL, clock)
        assert (started.sequence, (await started.table()).version) == (1, (await office.policy.table()).version)

    after, proposals, entries = await kept_of_policies()
    assert after == versions
    assert [(row["policy"], row["proposed_by"]) for row in proposals] == [(policy, None)]
    assert [(row["action"], row["user_id"], row["object_id"]) for row in entries] == [
        ("policyActivate", None, proposals[0]["id"])
    ]


async def test_one_administrator_confirms_a_loss_that_the_file_brings(office: Office, first: Caller) -> None:
    proposal = await waiting(office, WITHOUT_SUBMIT)
    before = await kept_of_policies()
    with pytest.raises(PolicyUnconfirmed):
        await approve_policy(office, first, proposal, "bevriezing")
    assert await kept_of_policies() == before

    done = await approve_policy(office, first, proposal, "bevriezing", ("POLICY_STOPS_PROMOTOR",))

    assert isinstance(done, Activated)
    assert (done.row.policy, done.row.author_id, done.row.reason) == (WITHOUT_SUBMIT, first.user_id, "bevriezing")
    assert "POLICY_STOPS_PROMOTOR" in (await kept_of_policies())[2][-1]["details"]


async def test_two_administrators_approve_what_the_file_gives_more_people(
    office: Office, first: Caller, second: Caller
) -> None:
    proposal = await waiting(office, WIDER)

    answered_for = await approve_policy(office, first, proposal, "ik sta ervoor in")

    assert isinstance(answered_for, PolicyProposalRow)
    assert answered_for.proposed_by == first.user_id
    assert len((await kept_of_policies())[0]) == 1
    with pytest.raises(OwnProposal):
        await approve_policy(office, first, proposal, "nog eens")

    done = await approve_policy(office, second, proposal, "akkoord")

    assert isinstance(done, Activated)
    assert (done.row.policy, done.row.author_id, done.row.reason) == (WIDER, second.user_id, "ik sta ervoor in")
    _, _, entries = await kept_of_policies()
    assert [row["user_id"] for row in entries] == [None, first.user_id, second.user_id]
    assert (await verify_chain()).first_bad is None


async def test_a_later_edit_takes_the_place_of_one_that_nobody_answers_for(
    office: Office, first: Caller, second: Caller
) -> None:
    old = await waiting(office, WIDER)
    new = await waiting(office, WITHOUT_SUBMIT)
    with pytest.raises(NotFound):
        await approve_policy(office, second, old, "te laat")
    answered_for = await waiting(office, WIDER)
    await approve_policy(office, first, answered_for, "ik sta ervoor in")

    await waiting(office, WITHOUT_SUBMIT)

    _, proposals, _ = await kept_of_policies()
    assert new not in {row["id"] for row in proposals}
    assert {row["proposed_by"] for row in proposals} == {None, first.user_id}


async def test_a_waiting_edit_lapses_when_another_policy_comes_in_force(office: Office, first: Caller) -> None:
    proposal = await waiting(office, WIDER)
    await activate_policy(office, first, ActivatePolicy(EDITED, "afspraak", None))

    with pytest.raises(PolicyOutdated):
        await approve_policy(office, first, proposal, "akkoord")
