"""The policy through the API: read by who may, checked before it is changed, put in force, rolled back."""

from typing import Annotated, Self

import strawberry

from domain.vocabulary import Action, Language
from filing.policies import Activated, ActivatePolicy, activate_policy, roll_back_policy
from filing.policy_approval import approve_policy
from filing.policy_weighing import PolicyCheck, check_policy
from filing.subjects import AtDepartment
from graph.context import Info
from graph.guard import Intention, Scoped
from graph.nodes import key_of
from graph.policy_problems import (
    OwnProposalProblem,
    PolicyOutdatedProblem,
    PolicyRefusedProblem,
    PolicyUnconfirmedProblem,
)
from graph.policy_versions import Policy, PolicyDifference, PolicyFaultType, PolicyProposal
from graph.problems import InvalidInputProblem, NotAllowedProblem, NotFoundProblem, WrongStateProblem
from graph.rights import public_type, reached_by
from persistence.models import PolicyProposalRow
from persistence.policies import latest_policy_sequence, policy_version_with

_TESTS = "The text of `policy_tests.csv` that goes with it; left out or null: the tests of the policy in force."
_CONFIRM = "Codes of faults of level CONFIRMATION that are meant, such as `POLICY_STOPS_PROMOTOR`; the reason says why."
_DRY_RUN = "Ask and refuse all the same, but change nothing: `PolicyChecked` says what it would do."

WHAT_HE_DID = "tells the caller what he did"


@strawberry.input(description="A policy to check; nothing is changed.")
class PolicyCheckInput:
    policy: str = strawberry.field(description="The whole text, as it would stand in `policy.csv`; at most 256 KiB.")
    tests: str | None = strawberry.field(default=None, description=_TESTS)


@strawberry.input(description="A policy to put in force.")
class PolicyActivateInput:
    policy: str = strawberry.field(description="The whole text, as it will stand in `policy.csv`; at most 256 KiB.")
    reason: str = strawberry.field(description="Why, for the history and the audit trail; 1 to 2000 characters.")
    expected_version: str = strawberry.field(
        description="`Policy.version` of the policy that the change began with; another one in force refuses it."
    )
    tests: str | None = strawberry.field(default=None, description=_TESTS)
    confirm: list[str] = strawberry.field(default_factory=list, description=_CONFIRM)
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)

    def to_request(self) -> ActivatePolicy:
        return ActivatePolicy(
            policy=self.policy,
            reason=self.reason,
            expected_version=self.expected_version,
            tests=self.tests,
            confirm=tuple(self.confirm),
        )


@strawberry.input(description="An older version to put in force again.")
class PolicyRollbackInput:
    sequence: int = strawberry.field(description="Its number in the history, not that of the policy in force.")
    reason: str = strawberry.field(description="Why, for the history and the audit trail; 1 to 2000 characters.")
    confirm: list[str] = strawberry.field(default_factory=list, description=_CONFIRM)
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)


@strawberry.input(description="A proposed policy to put in force; not one's own.")
class PolicyApproveInput:
    proposal_id: strawberry.ID = strawberry.field(description="`PolicyProposal.id`.")
    reason: str = strawberry.field(description="Why you agree, for the audit trail; 1 to 2000 characters.")
    confirm: list[str] = strawberry.field(
        default_factory=list, description=f"For one that came from the file on disk. {_CONFIRM}"
    )


@reached_by(Action.READ_POLICY)
@strawberry.type(description="The policy was checked; nothing was changed.")
class PolicyChecked:
    is_acceptable: bool = strawberry.field(description="Whether it has no errors and could be activated.")
    faults: list[PolicyFaultType] = strawberry.field(description="Errors and warnings, by line.")
    formatted: str | None = strawberry.field(
        description="The text in its canonical spelling, with its comments; null when it does not read."
    )
    version: str | None = strawberry.field(description="The version that it would be; null with errors.")
    difference: PolicyDifference | None = strawberry.field(
        description="What it would change against the policy in force; null with errors."
    )
    needs_second_administrator: list[str] = strawberry.field(
        description="Lines for which another administrator has to approve it: more people would submit. Mostly empty."
    )

    @classmethod
    def of(cls, checked: PolicyCheck, language: Language) -> Self:
        return cls(
            is_acceptable=checked.table is not None,
            faults=[PolicyFaultType.from_fault(fault, language) for fault in checked.faults],
            formatted=checked.formatted,
            version=checked.table.version if checked.table else None,
            difference=PolicyDifference.of(checked.difference, checked.affected, checked.effects)
            if checked.difference
            else None,
            needs_second_administrator=list(checked.widened),
        )


@public_type(WHAT_HE_DID)
@strawberry.type(description="The policy is in force, for every worker from its next decision on.")
class PolicyActivated:
    policy: Policy = strawberry.field(description="The policy in force.")
    is_in_file: bool = strawberry.field(
        description="Whether the file that is read at start says the same; when not, the database still wins."
    )

    @classmethod
    def of(cls, activated: Activated) -> Self:
        return cls(policy=Policy.from_row(activated.row), is_in_file=activated.is_in_file)


@public_type(WHAT_HE_DID)
@strawberry.type(description="An older policy is in force again, as a new version.")
class PolicyRolledBack:
    policy: Policy = strawberry.field(description="The policy in force.")
    is_in_file: bool = strawberry.field(
        description="Whether the file that is read at start says the same; when not, the database still wins."
    )

    @classmethod
    def of(cls, activated: Activated) -> Self:
        return cls(policy=Policy.from_row(activated.row), is_in_file=activated.is_in_file)


@public_type(WHAT_HE_DID)
@strawberry.type(description="The policy lets more people submit and waits for another administrator (vier ogen).")
class PolicyProposed:
    proposal: PolicyProposal = strawberry.field(description="What another administrator approves by `policyApprove`.")

    @classmethod
    def of(cls, row: PolicyProposalRow) -> Self:
        return cls(proposal=PolicyProposal.from_row(row))


@public_type(WHAT_HE_DID)
@strawberry.type(description="The proposed policy is in force, for every worker from its next decision on.")
class PolicyApproved:
    policy: Policy = strawberry.field(description="The policy in force.")
    is_in_file: bool = strawberry.field(
        description="Whether the file that is read at start says the same; when not, the database still wins."
    )

    @classmethod
    def of(cls, activated: Activated) -> Self:
        return cls(policy=Policy.from_row(activated.row), is_in_file=activated.is_in_file)


PolicyCheckPayload = Annotated[
    PolicyChecked | NotFoundProblem | NotAllowedProblem,
    strawberry.union("PolicyCheckPayload", description="What the policy would be, or why it was not checked."),
]
PolicyActivatePayload = Annotated[
    PolicyActivated
    | PolicyProposed
    | PolicyChecked
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | PolicyRefusedProblem
    | PolicyUnconfirmedProblem
    | PolicyOutdatedProblem,
    strawberry.union("PolicyActivatePayload", description="The policy in force, or why the other one stays."),
]
PolicyRollbackPayload = Annotated[
    PolicyRolledBack
    | PolicyProposed
    | PolicyChecked
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | PolicyRefusedProblem
    | PolicyUnconfirmedProblem,
    strawberry.union("PolicyRollbackPayload", description="The policy in force, or why the other one stays."),
]

PolicyApprovePayload = Annotated[
    PolicyApproved
    | PolicyProposed
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | WrongStateProblem
    | OwnProposalProblem
    | PolicyOutdatedProblem
    | PolicyUnconfirmedProblem
    | PolicyRefusedProblem,
    strawberry.union("PolicyApprovePayload", description="The policy in force, or why the other one stays."),
]


def _not_yet(done: PolicyProposalRow | PolicyCheck, info: Info) -> PolicyProposed | PolicyChecked:
    if isinstance(done, PolicyProposalRow):
        return PolicyProposed.of(done)
    return PolicyChecked.of(done, info.context.language)


@strawberry.type
class PolicyQueries:
    @strawberry.field(
        description="The policy in force; null for who may not read it.", extensions=[Scoped(Action.READ_POLICY)]
    )
    async def policy(self, info: Info) -> Policy | None:
        if not await info.context.loaders.permits(AtDepartment(), Action.READ_POLICY):
            return None
        sequence = await latest_policy_sequence()
        return None if sequence is None else Policy.from_row(await policy_version_with(sequence))


@strawberry.type
class PolicyMutations:
    @strawberry.mutation(
        description="Check a policy and see what it would change for whom; nothing is changed.",
        extensions=[Intention(Action.READ_POLICY)],
    )
    async def policy_check(self, info: Info, input: PolicyCheckInput) -> PolicyCheckPayload:  # noqa: A002 - contract
        checked = await check_policy(info.context.office, info.context.caller, input.policy, input.tests)
        return PolicyChecked.of(checked, info.context.language)

    @strawberry.mutation(
        description="Put a policy in force (beleid wijzigen); the old one stays in the history.",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_activate(self, info: Info, input: PolicyActivateInput) -> PolicyActivatePayload:  # noqa: A002 - contract
        done = await activate_policy(
            info.context.office, info.context.caller, input.to_request(), dry_run=input.dry_run
        )
        return PolicyActivated.of(done) if isinstance(done, Activated) else _not_yet(done, info)

    @strawberry.mutation(
        description="Put a policy in force that another administrator proposed (vier ogen).",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_approve(self, info: Info, input: PolicyApproveInput) -> PolicyApprovePayload:  # noqa: A002 - contract
        key = key_of(input.proposal_id, "PolicyProposal")
        done = await approve_policy(info.context.office, info.context.caller, key, input.reason, tuple(input.confirm))
        return PolicyApproved.of(done) if isinstance(done, Activated) else PolicyProposed.of(done)

    @strawberry.mutation(
        description="Put an older policy in force again, as a new version.",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_rollback(self, info: Info, input: PolicyRollbackInput) -> PolicyRollbackPayload:  # noqa: A002 - contract
        done = await roll_back_policy(
            info.context.office,
            info.context.caller,
            input.sequence,
            input.reason,
            tuple(input.confirm),
            dry_run=input.dry_run,
        )
        return PolicyRolledBack.of(done) if isinstance(done, Activated) else _not_yet(done, info)
