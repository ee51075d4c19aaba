"""Approving a policy that another administrator proposed: four eyes on who may submit."""

from domain.caller import Caller
from domain.errors import DomainError, NotFound, WrongState
from domain.vocabulary import Action, Relation, Role
from filing.office import Office
from filing.policies import (
    Activated,
    PolicyOutdated,
    encoded,
    hold_for_change,
    reason_in,
    require_administrator,
    settle,
)
from filing.policy_in_force import PolicyChange, compile_policy, put_in_force
from persistence.database import Connection
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


async def approve_policy(office: Office, caller: Caller, proposal_id: str, reason: str) -> Activated:
    """Put a proposed policy in force, as it was proposed.

    Raises `NotFound` and `NotAllowed`; `OwnProposal`; `WrongState` for one that was approved, or whose proposer is no
    policy administrator any more; `PolicyOutdated` when another policy came in force meanwhile.
    """
    await require_administrator(office, caller)
    words = reason_in(reason)
    proposal = await proposal_with(proposal_id)
    if proposal is None:
        raise NotFound(_THING)
    table = await compile_policy(encoded(proposal.policy), office.policy.model)
    change = PolicyChange(
        "policyApprove",
        proposal.policy,
        table,
        proposal.reason,
        {"proposal": proposal.id, "proposed_by": proposal.proposed_by, "approval": words},
        proposal.tests,
    )
    moment = office.clock()

    async def work(connection: Connection) -> int:
        before = await hold_for_change(office, caller, connection)
        if proposal.proposed_by == caller.user_id:
            raise OwnProposal
        # Read again: the policy is held still, so nobody else approves it meanwhile.
        now = await proposal_with(proposal_id, connection)
        if now is None or now.approved_by is not None:
            raise WrongState(found="APPROVED", expected="PROPOSED")
        if proposal.base_version != before.version:
            raise PolicyOutdated(expected=proposal.base_version, current=before.version)
        await hold_rights_still(proposal.proposed_by, caller.organisation_id, [], connection)
        proposer = await position_of(proposal.proposed_by, caller.organisation_id, moment, connection)
        roles = proposer.roles if proposer else NO_ROLES
        if not before.permits([(role, Relation.DEPARTMENT) for role in roles], Action.CHANGE_POLICY):
            raise WrongState(found="PROPOSER_WITHOUT_RIGHT", expected="PROPOSED")
        await approve(connection, proposal_id, approved_by=caller.user_id, moment=moment)
        return await put_in_force(connection, change, before=before.version, author=caller, moment=moment)

    return await settle(await unit_of_work(work), change, office.policy_path)
