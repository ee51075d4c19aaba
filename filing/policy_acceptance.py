"""What a policy must pass before it comes in force: its tests, a confirmation of its losses, a second person."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from authz.availability import stops, unconfirmed
from authz.decision_table import DecisionTable
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_tests import failing_tests
from authz.widening import widened
from domain.errors import DomainError
from filing.policy_in_force import PolicyInForce, compile_policy
from persistence.policies import policy_tests_with


class PolicyUnconfirmed(DomainError):
    """The policy takes away what filing needs, and who activates it did not say that he means it."""

    code = "POLICY_UNCONFIRMED"

    def __init__(self, faults: Collection[PolicyFault]) -> None:
        self.faults = tuple(faults)
        self.codes = tuple(dict.fromkeys(fault.code for fault in self.faults))
        taken = "; ".join(f"{fault.values['role']} {fault.values['right']}" for fault in self.faults)
        super().__init__(path=("confirm",), found=taken, codes=", ".join(self.codes))


class NeedsSecondAdministrator(DomainError):
    """Only two policy administrators together widen who submits; from here nobody can be told apart."""

    code = "POLICY_NEEDS_SECOND_ADMINISTRATOR"

    def __init__(self, rights: Collection[str]) -> None:
        self.rights = tuple(rights)
        super().__init__(path=("policy",), rights="; ".join(rights))


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy with the tests that go with it, checked and compiled."""

    policy: str
    tests: str | None
    table: DecisionTable


async def draft_of(policy: bytes, tests: str | None, in_force: PolicyInForce) -> Draft:
    """Read, compile and test a policy; *tests* left out are those of the version in force.

    Raises `PolicyRefused` with every fault, or every test that fails.
    """
    table = await compile_policy(policy, in_force.model)
    if tests is None:
        await in_force.table()
        tests = await policy_tests_with(in_force.sequence)
    await require_tests_pass(table, tests)
    return Draft(policy.decode("utf-8-sig"), tests, table)


async def require_tests_pass(table: DecisionTable, tests: str | None) -> None:
    """Raises `PolicyRefused` with every test that *table* fails."""
    if tests is None:
        return
    failed = await asyncio.to_thread(failing_tests, table, tests.encode("utf-8", "surrogatepass"))
    if failed:
        raise PolicyRefused(failed)


def newly_stopped(before: DecisionTable, after: DecisionTable) -> tuple[PolicyFault, ...]:
    """What *after* takes from those who file and *before* did not; what was confirmed once is not asked again."""
    gone = {(fault.code, fault.values["relation"], fault.values["right"]) for fault in stops(before)}
    return tuple(
        fault for fault in stops(after) if (fault.code, fault.values["relation"], fault.values["right"]) not in gone
    )


def require_confirmed(before: DecisionTable, after: DecisionTable, confirmed: Collection[str]) -> None:
    """Raises `PolicyUnconfirmed` naming what *after* would take away and nobody confirmed."""
    left = unconfirmed(newly_stopped(before, after), confirmed)
    if left:
        raise PolicyUnconfirmed(left)


def require_one_is_enough(before: DecisionTable, after: DecisionTable) -> None:
    """Raises `NeedsSecondAdministrator` for a policy that lets more people submit."""
    rights = widened(before, after)
    if rights:
        raise NeedsSecondAdministrator(rights)
