"""Changing the policy: checked whole, put in force in one transaction, and kept in the file for the next start."""

import asyncio
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from authz.decision_table import DecisionTable
from authz.widening import widened
from domain.caller import Caller
from domain.errors import DomainError, InvalidValue
from domain.months import Clock
from domain.vocabulary import Action
from filing.office import Office
from filing.policy_acceptance import Draft, draft_of, require_confirmed, require_one_is_enough
from filing.policy_in_force import PolicyChange, PolicyInForce, compile_policy, encoded, put_in_force
from filing.policy_proposing import propose
from filing.policy_weighing import PolicyCheck, weigh_table
from filing.subjects import AtDepartment
from persistence.database import Connection
from persistence.durable import replace_durably
from persistence.models import PolicyProposalRow, PolicyVersionRow
from persistence.policies import hold_policy_still, policy_version_with
from persistence.unit_of_work import unit_of_work

log = structlog.get_logger(__name__)

LONGEST_REASON = 2000
_THING = "policy"


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


async def activate_policy(
    office: Office, caller: Caller, request: ActivatePolicy, *, dry_run: bool = False
) -> Activated | PolicyProposalRow | PolicyCheck:
    """Put a policy in force: every worker decides by it from its next decision on.

    A policy that lets more people submit becomes a proposal instead, which another policy administrator approves. A
    *dry_run* asks and refuses all the same, changes nothing, and answers what it would do.
    Raises `NotFound` and `NotAllowed`; `InvalidValue` without a reason; `PolicyRefused` with every fault or failing
    test, also when nobody could change the policy afterwards; `PolicyUnconfirmed`; `PolicyOutdated`.
    """
    await require_administrator(office, caller)
    reason = reason_in(request.reason)
    draft = await draft_of(encoded(request.policy), request.tests, office.policy)
    change = _change_of("policyActivate", draft, reason, request.confirm)
    asked = _Asked(change, request.confirm, expected_version=request.expected_version, dry_run=dry_run)
    return await _change(office, caller, asked)


async def roll_back_policy(
    office: Office,
    caller: Caller,
    sequence: int,
    reason: str,
    confirm: tuple[str, ...] = (),
    *,
    dry_run: bool = False,
) -> Activated | PolicyProposalRow | PolicyCheck:
    """Put an older version in force again, with its own tests, as a new version.

    Back to the version just before needs no second administrator: it takes back one change, and no more. Raises what
    `activate_policy` raises; `NotFound` for a version that never was, `InvalidValue` for the one in force.
    """
    await require_administrator(office, caller)
    change = await _older(office.policy, sequence, reason_in(reason))
    return await _change(office, caller, _Asked(change, confirm, back_to=sequence, dry_run=dry_run))


async def activate_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, request: ActivatePolicy, *, dry_run: bool = False
) -> Activated | PolicyCheck:
    """`activate_policy` for the operator of the machine, who could edit the file as well; the trail names nobody.

    Raises `NeedsSecondAdministrator` too: a keyboard cannot show that two persons agree.
    """
    draft = await draft_of(encoded(request.policy), request.tests, in_force)
    change = _change_of("policyActivate", draft, reason_in(request.reason), request.confirm)
    asked = _Asked(change, request.confirm, expected_version=request.expected_version, dry_run=dry_run)
    return await _change_from_keyboard(in_force, path, clock, asked)


async def roll_back_from_keyboard(
    in_force: PolicyInForce,
    path: Path,
    clock: Clock,
    *,
    sequence: int,
    reason: str,
    confirm: tuple[str, ...] = (),
    dry_run: bool = False,
) -> Activated | PolicyCheck:
    """`roll_back_policy` for the operator of the machine."""
    change = await _older(in_force, sequence, reason_in(reason))
    return await _change_from_keyboard(
        in_force, path, clock, _Asked(change, confirm, back_to=sequence, dry_run=dry_run)
    )


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A change, with what whoever asks for it says beside it; *back_to* is the version of a rollback."""

    change: PolicyChange
    confirm: Collection[str]
    expected_version: str | None = None
    back_to: int | None = None
    dry_run: bool = False

    def require_acceptable(self, before: DecisionTable) -> None:
        if self.expected_version is not None and self.expected_version != before.version:
            raise PolicyOutdated(expected=self.expected_version, current=before.version)
        require_confirmed(before, self.change.table, self.confirm)

    def is_one_step_back(self, in_force: PolicyInForce) -> bool:
        return self.back_to is not None and self.back_to == in_force.sequence - 1


async def _change(office: Office, caller: Caller, asked: _Asked) -> Activated | PolicyProposalRow | PolicyCheck:
    moment, change = office.clock(), asked.change

    async def work(connection: Connection) -> int | PolicyProposalRow | None:
        before = await hold_for_change(office, caller, connection)
        asked.require_acceptable(before)
        if asked.dry_run:
            return None
        if not asked.is_one_step_back(office.policy) and widened(before, change.table):
            return await propose(connection, change, before=before.version, author=caller, moment=moment)
        return await put_in_force(connection, change, before=before, author=caller, moment=moment)

    done = await unit_of_work(work)
    if done is None:
        return await _rehearsed(asked, office.policy, office.clock)
    return done if isinstance(done, PolicyProposalRow) else await settle(done, change, office.policy_path)


async def _change_from_keyboard(
    in_force: PolicyInForce, path: Path, clock: Clock, asked: _Asked
) -> Activated | PolicyCheck:
    moment, change = clock(), asked.change

    async def work(connection: Connection) -> int | None:
        await hold_policy_still(connection)
        before = await in_force.table()
        asked.require_acceptable(before)
        if not asked.is_one_step_back(in_force):
            require_one_is_enough(before, change.table)
        if asked.dry_run:
            return None
        return await put_in_force(connection, change, before=before, author=None, moment=moment)

    done = await unit_of_work(work)
    return await _rehearsed(asked, in_force, clock) if done is None else await settle(done, change, path)


async def _rehearsed(asked: _Asked, in_force: PolicyInForce, clock: Clock) -> PolicyCheck:
    weighed = await weigh_table(asked.change.table, in_force, clock)
    return replace(weighed, widened=()) if asked.is_one_step_back(in_force) else weighed
