"""Why a policy was not put in force, as clients read it."""

from typing import Self

import strawberry

from authz.policy_faults import PolicyRefused
from domain.vocabulary import Language
from filing.policies import PolicyOutdated
from filing.policy_acceptance import PolicyUnconfirmed
from filing.policy_approval import OwnProposal
from graph.policy_versions import PolicyFaultType
from graph.problems import OWN_REQUEST, Problem, problem_fields, problem_for
from graph.rights import public_type


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
