"""What a policy would be and do, before anybody puts it in force: its faults, and what would change for whom."""

from dataclasses import dataclass

from authz.decision_table import DecisionTable
from authz.difference import Difference, difference
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_file import read_policy
from authz.policy_layout import canonical
from authz.remarks import remarks
from authz.widening import widened
from domain.caller import Caller
from domain.months import Clock
from domain.vocabulary import Action
from filing.office import Office
from filing.policy_acceptance import draft_of, newly_stopped
from filing.policy_effect import Affected, people_affected
from filing.policy_effect_on_conventions import RoleEffect, effects_on_roles
from filing.policy_in_force import PolicyInForce, encoded
from filing.subjects import AtDepartment
from persistence.role_holders import role_holders


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What a policy would be: its *faults*, warnings included, and without errors its table and what it changes.

    *widened* are the rights for which a second administrator has to approve it; empty when one is enough. *formatted*
    is the text in its canonical spelling; none for a text that does not read.
    """

    faults: tuple[PolicyFault, ...]
    formatted: str | None = None
    table: DecisionTable | None = None
    difference: Difference | None = None
    affected: tuple[Affected, ...] = ()
    widened: tuple[str, ...] = ()
    effects: tuple[RoleEffect, ...] = ()


async def check_policy(office: Office, caller: Caller, policy: str, tests: str | None = None) -> PolicyCheck:
    """Check a policy and compare it with the one in force; changes nothing. Raises `NotFound` for who may not read."""
    await office.gate.require(caller, Action.READ_POLICY, AtDepartment(), thing="policy", seen_by=Action.READ_POLICY)
    return await weigh_policy(encoded(policy), office.policy, office.clock, tests)


async def weigh_policy(policy: bytes, in_force: PolicyInForce, clock: Clock, tests: str | None = None) -> PolicyCheck:
    """The same, for who need not ask."""
    try:
        table = (await draft_of(policy, tests, in_force)).table
    except PolicyRefused as refused:
        return PolicyCheck(refused.faults, _formatted(policy))
    return await weigh_table(table, in_force, clock)


async def weigh_table(table: DecisionTable, in_force: PolicyInForce, clock: Clock) -> PolicyCheck:
    """The same, for a policy that was read and tested."""
    before, moment = await in_force.table(), clock()
    holders = await role_holders(moment)
    return PolicyCheck(
        faults=(*newly_stopped(before, table), *remarks(table.rules)),
        formatted=canonical(table.rules),
        table=table,
        difference=difference(before, table),
        affected=tuple(people_affected(before, table, holders)),
        widened=widened(before, table),
        effects=tuple(await effects_on_roles(before, table, holders, moment)),
    )


def _formatted(policy: bytes) -> str | None:
    try:
        return canonical(read_policy(policy))
    except PolicyRefused:
        return None
