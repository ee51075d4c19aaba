"""Changing the policy: checked whole, put in force in one transaction, and kept in the file for the next start."""

import asyncio
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import structlog

from authz.decision_table import DecisionTable
from authz.difference import Difference, difference
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.remarks import remarks
from domain.caller import Caller
from domain.errors import DomainError, InvalidValue
from domain.months import Clock
from domain.vocabulary import Action
from filing.office import Office
from filing.policy_effect import Affected, people_affected
from filing.policy_in_force import PolicyChange, PolicyInForce, compile_policy, put_in_force
from filing.subjects import AtDepartment
from persistence.database import Connection
from persistence.durable import replace_durably
from persistence.models import PolicyVersionRow
from persistence.policies import hold_policy_still, policy_version_with
from persistence.role_holders import role_holders
from persistence.unit_of_work import unit_of_work

log = structlog.get_logger(__name__)

LONGEST_REASON = 2000
_THING = "policy"


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What a policy would be: its *faults*, warnings included, and without errors its table and what it changes."""

    faults: tuple[PolicyFault, ...]
    table: DecisionTable | None = None
    difference: Difference | None = None
    affected: tuple[Affected, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivatePolicy:
    """*expected_version* is the version that the editor began with; none takes whatever is in force."""

    policy: str
    reason: str
    expected_version: str | None


@dataclass(frozen=True, slots=True)
class Activated:
    """The version that is now in force, and whether the file that is read at start says the same."""

    row: PolicyVersionRow
    is_in_file: bool


class PolicyOutdated(DomainError):
    """Another policy was put in force than the one that the editor began with."""

    code = "POLICY_OUTDATED"

    def __init__(self, *, expected: str, current: str) -> None:
        super().__init__(path=("expectedVersion",), found=expected[:64], expected=current)
        self.current_version = current


async def check_policy(office: Office, caller: Caller, policy: str) -> PolicyCheck:
    """Check a policy and compare it with the one in force; changes nothing. Raises `NotFound` for who may not read."""
    await office.gate.require(caller, Action.READ_POLICY, AtDepartment(), thing=_THING, seen_by=Action.READ_POLICY)
    return await weigh_policy(encoded(policy), office.policy, office.clock)


async def weigh_policy(policy: bytes, in_force: PolicyInForce, clock: Clock) -> PolicyCheck:
    """The same, for who need not ask: faults, and what would change for whom."""
    try:
        table = await compile_policy(policy, in_force.model)
    except PolicyRefused as refused:
        return PolicyCheck(refused.faults)
    before = await in_force.table()
    return PolicyCheck(
        faults=tuple(remarks(table.rules)),
        table=table,
        difference=difference(before, table),
        affected=tuple(people_affected(before, table, await role_holders(clock()))),
    )


async def activate_policy(office: Office, caller: Caller, request: ActivatePolicy) -> Activated:
    """Put a policy in force: every worker decides by it from its next decision on.

    Raises `NotFound` and `NotAllowed`; `InvalidValue` without a reason; `PolicyRefused` with every fault, also when
    nobody could change the policy afterwards; `PolicyOutdated`.
    """
    await _require(office, caller)
    reason = _reason(request.reason)
    table = await compile_policy(encoded(request.policy), office.policy.model)
    change = PolicyChange("policyActivate", request.policy, table, reason)
    return await _change(office, caller, change, expected_version=request.expected_version)


async def roll_back_policy(office: Office, caller: Caller, sequence: int, reason: str) -> Activated:
    """Put an older version in force again, as a new version.

    Raises what `activate_policy` raises; `NotFound` for a version that never was, `InvalidValue` for the one in force.
    """
    await _require(office, caller)
    return await _change(office, caller, await _older(office.policy, sequence, _reason(reason)))


async def activate_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, *, policy: str, reason: str
) -> Activated:
    """`activate_policy` for the operator of the machine, who could edit the file as well; the trail names nobody."""
    table = await compile_policy(encoded(policy), in_force.model)
    change = PolicyChange("policyActivate", policy, table, _reason(reason))
    return await _change_from_keyboard(in_force, path, clock, change)


async def roll_back_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, *, sequence: int, reason: str
) -> Activated:
    """`roll_back_policy` for the operator of the machine."""
    return await _change_from_keyboard(in_force, path, clock, await _older(in_force, sequence, _reason(reason)))


def encoded(policy: str) -> bytes:
    """The bytes that the strict reader judges; half a character pair, which JSON can hold, is for it to refuse."""
    return policy.encode("utf-8", "surrogatepass")


async def _require(office: Office, caller: Caller) -> None:
    """Before the policy is compiled, which takes a while; asked again in the transaction."""
    await office.gate.require(caller, Action.CHANGE_POLICY, AtDepartment(), thing=_THING, seen_by=Action.READ_POLICY)


async def _older(in_force: PolicyInForce, sequence: int, reason: str) -> PolicyChange:
    older = await policy_version_with(sequence)
    await in_force.table()
    if sequence == in_force.sequence:
        raise InvalidValue("sequence", found=str(sequence), expected="the number of an earlier version")
    table = await compile_policy(encoded(older.policy), in_force.model)
    return PolicyChange("policyRollback", older.policy, table, reason, {"rolled_back_to": sequence})


async def _change(
    office: Office, caller: Caller, change: PolicyChange, *, expected_version: str | None = None
) -> Activated:
    moment = office.clock()

    async def work(connection: Connection) -> int:
        await hold_policy_still(connection)
        await office.gate.require_in_write(
            caller, Action.CHANGE_POLICY, AtDepartment(), connection, thing=_THING, seen_by=Action.READ_POLICY
        )
        before = await office.policy.table()
        if expected_version is not None and expected_version != before.version:
            raise PolicyOutdated(expected=expected_version, current=before.version)
        return await put_in_force(connection, change, before=before.version, author=caller, moment=moment)

    return await _activated(await unit_of_work(work), change, office.policy_path)


async def _change_from_keyboard(in_force: PolicyInForce, path: Path, clock: Clock, change: PolicyChange) -> Activated:
    moment = clock()

    async def work(connection: Connection) -> int:
        await hold_policy_still(connection)
        before = await in_force.table()
        return await put_in_force(connection, change, before=before.version, author=None, moment=moment)

    return await _activated(await unit_of_work(work), change, path)


async def _activated(sequence: int, change: PolicyChange, path: Path) -> Activated:
    """After the commit, which is what counts: a start with an older file takes the version of the database."""
    try:
        await asyncio.to_thread(replace_durably, path, encoded(change.policy))
        is_in_file = True
    except OSError as error:
        log.warning("policy_file_not_written", sequence=sequence, error=type(error).__name__)
        is_in_file = False
    return Activated(await policy_version_with(sequence), is_in_file)


def _reason(text: str) -> str:
    """Words without the space around them; raises `InvalidValue` when there are none or too many."""
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidValue("reason", found=f"{len(reason)} characters", expected=f"1 to {LONGEST_REASON} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\r\n\t" for character in reason):
        raise InvalidValue("reason", found="a control character", expected="words")
    return reason
