"""Approving a policy that another administrator proposed: four eyes on who may submit."""

from datetime import datetime

from authz.decision_table import DecisionTable
from authz.widening import widened
from domain.caller import Caller
from domain.errors import DomainError, NotFound, WrongState
from domain.vocabulary import Action, Relation, Role
from filing.office import Office
from filing.policies import (
    Activated,
    PolicyOutdated,
    hold_for_change,
    reason_in,
    require_administrator,
    settle,
)
from filing.policy_acceptance import require_confirmed
from filing.policy_in_force import PolicyChange, compile_policy, encoded, put_in_force
from filing.policy_proposing import vouch
from persistence.database import Connection
from persistence.models import PolicyProposalRow
from persistence.policy_proposals import approve, proposal_with
from persistence.standing import hold_rights_still, position_of
from persistence.unit_of_work import unit_of_work

_THING = "policy proposal"
NO_ROLES: frozenset[Role] = frozenset()


class OwnProposal(DomainError):
    """The administrator who proposed a policy is not the one who approves it."""

    code = "OWN_PROPOSAL"

    def __init__(self) -> None:
        super().__init__(path=("proposalId",))


async def approve_policy(
    office: Office, caller: Caller, proposal_id: str, reason: str, confirm: tuple[str, ...] = ()
) -> Activated | PolicyProposalRow:
    """Put a proposed policy in force, as it was proposed.

    One that came from the file on disk had nobody to confirm it: *confirm* repeats the code of each loss that is meant.
    If it lets more people submit, its first approver becomes who proposed it, and another one has to approve it still.
    Raises `NotFound` and `NotAllowed`; `OwnProposal`; `WrongState` for one that was approved, or whose proposer is no
    policy administrator any more; `PolicyOutdated` when another policy came in force meanwhile; `PolicyUnconfirmed`.
    """
    await require_administrator(office, caller)
    words = reason_in(reason)
    proposal = await proposal_with(proposal_id)
    if proposal is None:
        raise NotFound(_THING)
    table = await compile_policy(encoded(proposal.policy), office.policy.model)
    confirmed = {"confirmed": sorted(confirm)} if confirm else {}
    moment = office.clock()

    def change_of(now: PolicyProposalRow) -> PolicyChange:
        told = {"proposal": now.id, "proposed_by": now.proposed_by, "approval": words, **confirmed}
        why = now.reason if now.proposed_by else words
        return PolicyChange("policyApprove", now.policy, table, why, told, now.tests)

    async def work(connection: Connection) -> int | PolicyProposalRow:
        before = await hold_for_change(office, caller, connection)
        # Read again: the policy is held still, so nobody else approves it meanwhile.
        now = await proposal_with(proposal_id, connection)
        if now is None or now.approved_by is not None:
            raise WrongState(found="APPROVED", expected="PROPOSED")
        if now.proposed_by == caller.user_id:
            raise OwnProposal
        if now.base_version != before.version:
            raise PolicyOutdated(expected=now.base_version, current=before.version)
        if now.proposed_by is None:
            require_confirmed(before, table, confirm)
            if widened(before, table):
                change = change_of(now)
                return await vouch(connection, change, now, before=before.version, author=caller, moment=moment)
        else:
            await _require_still_administrator(now.proposed_by, caller, before, connection, moment)
        await approve(connection, proposal_id, approved_by=caller.user_id, moment=moment)
        return await put_in_force(connection, change_of(now), before=before, author=caller, moment=moment)

    done = await unit_of_work(work)
    return done if isinstance(done, PolicyProposalRow) else await settle(done, change_of(proposal), office.policy_path)


async def _require_still_administrator(
    user_id: str, caller: Caller, before: DecisionTable, connection: Connection, moment: datetime
) -> None:
    await hold_rights_still(user_id, caller.organisation_id, [], connection)
    proposer = await position_of(user_id, caller.organisation_id, moment, connection)
    roles = proposer.roles if proposer else NO_ROLES
    if not before.permits([(role, Relation.DEPARTMENT) for role in roles], Action.CHANGE_POLICY):
        raise WrongState(found="PROPOSER_WITHOUT_RIGHT", expected="PROPOSED")
