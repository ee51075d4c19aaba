"""The policy through the API: read by who may, checked before it is changed, put in force, rolled back."""

from typing import Annotated, Self

import strawberry

from authz.policy_faults import PolicyRefused
from domain.vocabulary import Action, Language
from filing.policies import (
    Activated,
    ActivatePolicy,
    PolicyOutdated,
    activate_policy,
    check_policy,
    roll_back_policy,
)
from filing.policy_acceptance import PolicyUnconfirmed
from filing.policy_approval import OwnProposal, approve_policy
from filing.subjects import AtDepartment
from graph.context import Info
from graph.guard import Intention, Scoped
from graph.nodes import key_of
from graph.policy_versions import Policy, PolicyDifference, PolicyFaultType, PolicyProposal
from graph.problems import (
    OWN_REQUEST,
    InvalidInputProblem,
    NotAllowedProblem,
    NotFoundProblem,
    Problem,
    WrongStateProblem,
    problem_fields,
    problem_for,
)
from graph.rights import public_type, reached_by
from persistence.models import PolicyProposalRow
from persistence.policies import latest_policy_sequence, policy_version_with

_TESTS = "The text of `policy_tests.csv` that goes with it; left out or null: the tests of the policy in force."
_CONFIRM = "Codes of faults of level CONFIRMATION that are meant, such as `POLICY_STOPS_PROMOTOR`; the reason says why."

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


@strawberry.input(description="A proposed policy to put in force; somebody else proposed it.")
class PolicyApproveInput:
    proposal_id: strawberry.ID = strawberry.field(description="`PolicyProposal.id`.")
    reason: str = strawberry.field(description="Why you agree, for the audit trail; 1 to 2000 characters.")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="The policy was checked; nothing was changed.")
class PolicyChecked:
    is_acceptable: bool = strawberry.field(description="Whether it has no errors and could be activated.")
    faults: list[PolicyFaultType] = strawberry.field(description="Errors and warnings, by line.")
    version: str | None = strawberry.field(description="The version that it would be; null with errors.")
    difference: PolicyDifference | None = strawberry.field(
        description="What it would change against the policy in force; null with errors."
    )
    needs_second_administrator: list[str] = strawberry.field(
        description="Lines for which another administrator has to approve it: more people would submit. Mostly empty."
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
@strawberry.type(description="The policy lets more people submit and waits for a second administrator (vier ogen).")
class PolicyProposed:
    proposal: PolicyProposal = strawberry.field(description="What another administrator approves by `policyApprove`.")


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


@problem_for(OwnProposal)
@public_type(OWN_REQUEST)
@strawberry.type(name="OwnProposal", description="The caller proposed this policy himself; another one approves it.")
class OwnProposalProblem(Problem):
    pass


@problem_for(PolicyUnconfirmed)
@public_type(OWN_REQUEST)
@strawberry.type(
    name="PolicyUnconfirmed", description="The policy takes away what filing needs; say that it is meant, or mend it."
)
class PolicyUnconfirmedProblem(Problem):
    faults: list[PolicyFaultType] = strawberry.field(description="What it would take away, and from whom.")
    confirm: list[str] = strawberry.field(description="The codes to repeat in `confirm` when it is meant.")

    @classmethod
    def from_error(cls, error: PolicyUnconfirmed, message: str, language: Language) -> Self:
        faults = [PolicyFaultType.from_fault(fault, language) for fault in error.faults]
        return cls(**problem_fields(error, message), faults=faults, confirm=list(error.codes))


@problem_for(PolicyRefused)
@public_type(OWN_REQUEST)
@strawberry.type(name="PolicyRefused", description="The policy is not acceptable; the one in force stays.")
class PolicyRefusedProblem(Problem):
    faults: list[PolicyFaultType] = strawberry.field(description="Every fault, by line.")

    @classmethod
    def from_error(cls, error: PolicyRefused, message: str, language: Language) -> Self:
        faults = [PolicyFaultType.from_fault(fault, language) for fault in error.faults]
        return cls(**problem_fields(error, message), faults=faults)


@problem_for(PolicyOutdated)
@public_type(OWN_REQUEST)
@strawberry.type(name="PolicyOutdated", description="Someone put another policy in force; read it and decide again.")
class PolicyOutdatedProblem(Problem):
    current_version: str = strawberry.field(description="`Policy.version` of the policy in force.")

    @classmethod
    def from_error(cls, error: PolicyOutdated, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), current_version=error.current_version)


PolicyCheckPayload = Annotated[
    PolicyChecked | NotFoundProblem | NotAllowedProblem,
    strawberry.union("PolicyCheckPayload", description="What the policy would be, or why it was not checked."),
]
PolicyActivatePayload = Annotated[
    PolicyActivated
    | PolicyProposed
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
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | PolicyRefusedProblem
    | PolicyUnconfirmedProblem,
    strawberry.union("PolicyRollbackPayload", description="The policy in force, or why the other one stays."),
]

PolicyApprovePayload = Annotated[
    PolicyApproved
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | WrongStateProblem
    | OwnProposalProblem
    | PolicyOutdatedProblem
    | PolicyRefusedProblem,
    strawberry.union("PolicyApprovePayload", description="The policy in force, or why the other one stays."),
]


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
        language = info.context.language
        checked = await check_policy(info.context.office, info.context.caller, input.policy, input.tests)
        return PolicyChecked(
            is_acceptable=checked.table is not None,
            faults=[PolicyFaultType.from_fault(fault, language) for fault in checked.faults],
            version=checked.table.version if checked.table else None,
            difference=PolicyDifference.of(checked.difference, checked.affected, checked.effects)
            if checked.difference
            else None,
            needs_second_administrator=list(checked.widened),
        )

    @strawberry.mutation(
        description="Put a policy in force (beleid wijzigen); the old one stays in the history.",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_activate(self, info: Info, input: PolicyActivateInput) -> PolicyActivatePayload:  # noqa: A002 - contract
        activated = await activate_policy(info.context.office, info.context.caller, input.to_request())
        if isinstance(activated, PolicyProposalRow):
            return PolicyProposed(proposal=PolicyProposal.from_row(activated))
        return PolicyActivated.of(activated)

    @strawberry.mutation(
        description="Put a policy in force that another administrator proposed (vier ogen).",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_approve(self, info: Info, input: PolicyApproveInput) -> PolicyApprovePayload:  # noqa: A002 - contract
        key = key_of(input.proposal_id, "PolicyProposal")
        return PolicyApproved.of(await approve_policy(info.context.office, info.context.caller, key, input.reason))

    @strawberry.mutation(
        description="Put an older policy in force again, as a new version.",
        extensions=[Intention(Action.CHANGE_POLICY)],
    )
    async def policy_rollback(self, info: Info, input: PolicyRollbackInput) -> PolicyRollbackPayload:  # noqa: A002 - contract
        activated = await roll_back_policy(
            info.context.office, info.context.caller, input.sequence, input.reason, tuple(input.confirm)
        )
        if isinstance(activated, PolicyProposalRow):
            return PolicyProposed(proposal=PolicyProposal.from_row(activated))
        return PolicyRolledBack.of(activated)
