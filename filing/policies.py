"""Changing the policy: checked whole, put in force in one transaction, and kept in the file for the next start."""

import asyncio
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from authz.decision_table import DecisionTable
from authz.difference import Difference, difference
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.remarks import remarks
from authz.widening import widened
from domain.caller import Caller
from domain.errors import DomainError, InvalidValue
from domain.months import Clock
from domain.vocabulary import Action
from filing.office import Office
from filing.policy_acceptance import (
    Draft,
    draft_of,
    newly_stopped,
    require_confirmed,
    require_one_is_enough,
)
from filing.policy_effect import Affected, people_affected
from filing.policy_effect_on_conventions import RoleEffect, effects_on_roles
from filing.policy_in_force import PolicyChange, PolicyInForce, compile_policy, put_in_force
from filing.policy_proposing import propose
from filing.subjects import AtDepartment
from persistence.database import Connection
from persistence.durable import replace_durably
from persistence.models import PolicyProposalRow, PolicyVersionRow
from persistence.policies import hold_policy_still, policy_version_with
from persistence.role_holders import role_holders
from persistence.unit_of_work import unit_of_work

log = structlog.get_logger(__name__)

LONGEST_REASON = 2000
_THING = "policy"


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """What a policy would be: its *faults*, warnings included, and without errors its table and what it changes.

    *widened* are the rights for which a second administrator has to approve it; empty when one is enough.
    """

    faults: tuple[PolicyFault, ...]
    table: DecisionTable | None = None
    difference: Difference | None = None
    affected: tuple[Affected, ...] = ()
    widened: tuple[str, ...] = ()
    effects: tuple[RoleEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivatePolicy:
    """*expected_version* is the version that the editor began with; none takes whatever is in force.

    *tests* take the place of those in force; none keeps these. *confirm* repeats the code of each loss that is meant.
    """

    policy: str
    reason: str
    expected_version: str | None
    tests: str | None = None
    confirm: tuple[str, ...] = ()


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


async def check_policy(office: Office, caller: Caller, policy: str, tests: str | None = None) -> PolicyCheck:
    """Check a policy and compare it with the one in force; changes nothing. Raises `NotFound` for who may not read."""
    await office.gate.require(caller, Action.READ_POLICY, AtDepartment(), thing=_THING, seen_by=Action.READ_POLICY)
    return await weigh_policy(encoded(policy), office.policy, office.clock, tests)


async def weigh_policy(policy: bytes, in_force: PolicyInForce, clock: Clock, tests: str | None = None) -> PolicyCheck:
    """The same, for who need not ask: faults, and what would change for whom."""
    try:
        table = (await draft_of(policy, tests, in_force)).table
    except PolicyRefused as refused:
        return PolicyCheck(refused.faults)
    before, moment = await in_force.table(), clock()
    holders = await role_holders(moment)
    return PolicyCheck(
        faults=(*newly_stopped(before, table), *remarks(table.rules)),
        table=table,
        difference=difference(before, table),
        affected=tuple(people_affected(before, table, holders)),
        widened=widened(before, table),
        effects=tuple(await effects_on_roles(before, table, holders, moment)),
    )


async def activate_policy(office: Office, caller: Caller, request: ActivatePolicy) -> Activated | PolicyProposalRow:
    """Put a policy in force: every worker decides by it from its next decision on.

    A policy that lets more people submit becomes a proposal instead, which another policy administrator approves.
    Raises `NotFound` and `NotAllowed`; `InvalidValue` without a reason; `PolicyRefused` with every fault or failing
    test, also when nobody could change the policy afterwards; `PolicyUnconfirmed`; `PolicyOutdated`.
    """
    await require_administrator(office, caller)
    reason = reason_in(request.reason)
    draft = await draft_of(encoded(request.policy), request.tests, office.policy)
    change = _change_of("policyActivate", draft, reason, request.confirm)
    return await _change(office, caller, change, request.confirm, expected_version=request.expected_version)


async def roll_back_policy(
    office: Office, caller: Caller, sequence: int, reason: str, confirm: tuple[str, ...] = ()
) -> Activated | PolicyProposalRow:
    """Put an older version in force again, with its own tests, as a new version.

    Back to the version just before needs no second administrator: it takes back one change, and no more. Raises what
    `activate_policy` raises; `NotFound` for a version that never was, `InvalidValue` for the one in force.
    """
    await require_administrator(office, caller)
    change = await _older(office.policy, sequence, reason_in(reason))
    return await _change(office, caller, change, confirm, back_to=sequence)


async def activate_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, request: ActivatePolicy
) -> Activated:
    """`activate_policy` for the operator of the machine, who could edit the file as well; the trail names nobody.

    Raises `NeedsSecondAdministrator` too: a keyboard cannot show that two persons agree.
    """
    draft = await draft_of(encoded(request.policy), request.tests, in_force)
    change = _change_of("policyActivate", draft, reason_in(request.reason), request.confirm)
    return await _change_from_keyboard(in_force, path, clock, change, request.confirm)


async def roll_back_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, *, sequence: int, reason: str, confirm: tuple[str, ...] = ()
) -> Activated:
    """`roll_back_policy` for the operator of the machine."""
    change = await _older(in_force, sequence, reason_in(reason))
    return await _change_from_keyboard(in_force, path, clock, change, confirm, back_to=sequence)


def encoded(policy: str) -> bytes:
    """The bytes that the strict reader judges; half a character pair, which JSON can hold, is for it to refuse."""
    return policy.encode("utf-8", "surrogatepass")


async def require_administrator(office: Office, caller: Caller) -> None:
    """Before the policy is compiled, which takes a while; asked again in the transaction."""
    await office.gate.require(caller, Action.CHANGE_POLICY, AtDepartment(), thing=_THING, seen_by=Action.READ_POLICY)


async def hold_for_change(office: Office, caller: Caller, connection: Connection) -> DecisionTable:
    """First in the transaction of a change: nobody else changes the policy, and *caller* still may."""
    await hold_policy_still(connection)
    await office.gate.require_in_write(
        caller, Action.CHANGE_POLICY, AtDepartment(), connection, thing=_THING, seen_by=Action.READ_POLICY
    )
    return await office.policy.table()


async def settle(sequence: int, change: PolicyChange, path: Path) -> Activated:
    """After the commit, which is what counts: a start with an older file takes the version of the database."""
    try:
        await asyncio.to_thread(replace_durably, path, encoded(change.policy))
        is_in_file = True
    except OSError as error:
        log.warning("policy_file_not_written", sequence=sequence, error=type(error).__name__)
        is_in_file = False
    return Activated(await policy_version_with(sequence), is_in_file)


def reason_in(text: str) -> str:
    """Words without the space around them; raises `InvalidValue` when there are none or too many."""
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidValue("reason", found=f"{len(reason)} characters", expected=f"1 to {LONGEST_REASON} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\r\n\t" for character in reason):
        raise InvalidValue("reason", found="a control character", expected="words")
    return reason


def _change_of(intention: str, draft: Draft, reason: str, confirm: Collection[str]) -> PolicyChange:
    details = {"confirmed": sorted(confirm)} if confirm else {}
    return PolicyChange(intention, draft.policy, draft.table, reason, details, draft.tests)


async def _older(in_force: PolicyInForce, sequence: int, reason: str) -> PolicyChange:
    older = await policy_version_with(sequence)
    await in_force.table()
    if sequence == in_force.sequence:
        raise InvalidValue("sequence", found=str(sequence), expected="the number of an earlier version")
    table = await compile_policy(encoded(older.policy), in_force.model)
    return PolicyChange("policyRollback", older.policy, table, reason, {"rolled_back_to": sequence}, older.tests)


async def _change(
    office: Office,
    caller: Caller,
    change: PolicyChange,
    confirm: Collection[str],
    *,
    expected_version: str | None = None,
    back_to: int | None = None,
) -> Activated | PolicyProposalRow:
    moment = office.clock()

    async def work(connection: Connection) -> int | PolicyProposalRow:
        before = await hold_for_change(office, caller, connection)
        if expected_version is not None and expected_version != before.version:
            raise PolicyOutdated(expected=expected_version, current=before.version)
        require_confirmed(before, change.table, confirm)
        if back_to != office.policy.sequence - 1 and widened(before, change.table):
            return await propose(connection, change, before=before.version, author=caller, moment=moment)
        return await put_in_force(connection, change, before=before.version, author=caller, moment=moment)

    done = await unit_of_work(work)
    return done if isinstance(done, PolicyProposalRow) else await settle(done, change, office.policy_path)


async def _change_from_keyboard(
    in_force: PolicyInForce,
    path: Path,
    clock: Clock,
    change: PolicyChange,
    confirm: Collection[str],
    *,
    back_to: int | None = None,
) -> Activated:
    moment = clock()

    async def work(connection: Connection) -> int:
        await hold_policy_still(connection)
        before = await in_force.table()
        require_confirmed(before, change.table, confirm)
        if back_to != in_force.sequence - 1:
            require_one_is_enough(before, change.table)
        return await put_in_force(connection, change, before=before.version, author=None, moment=moment)

    return await settle(await unit_of_work(work), change, path)
