"""The policy file as it lies on disk: an edit passes the same gate as any other, on whichever worker sees it first.

A file can confirm nothing and shows nobody. So an edit that takes away what filing needs, or that lets more people
submit, waits as a proposal. A file that says what an older version said is taken for a forgotten copy: back to an
older version goes by a rollback only.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from authz.decision_table import DecisionTable
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_text import SIZE_LIMIT_BYTES
from authz.widening import widened
from domain.months import Clock
from filing.policy_acceptance import newly_stopped, require_tests_pass
from filing.policy_in_force import PolicyChange, PolicyInForce, compile_policy, in_database, put_in_force
from filing.policy_proposing import propose
from persistence.database import Connection
from persistence.policies import (
    add_policy,
    hold_policy_still,
    latest_policy_sequence,
    policy_tests_with,
    policy_with_version,
)
from persistence.policy_proposals import drop_those_from_file, waiting_proposals
from persistence.unit_of_work import unit_of_work


class FileState(StrEnum):
    """How the policy file on disk stands to the policy in force."""

    IN_FORCE = "IN_FORCE"
    EDITED = "EDITED"
    WAITING = "WAITING"
    OLDER = "OLDER"
    REFUSED = "REFUSED"
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class PolicyOnDisk:
    """The bytes of the policy file, and the text of the tests beside it when there are any."""

    policy: bytes
    tests: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an edit; *is_new* when it was this very look that made the version or the proposal."""

    state: FileState
    table: DecisionTable
    sequence: int
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class FileStanding:
    """How the file stands now, with the version that it would be and what is wrong in it."""

    state: FileState
    version: str | None = None
    faults: tuple[PolicyFault, ...] = ()


def policy_tests_beside(policy: Path) -> str | None:
    """The text of the `policy_tests.csv` in the same folder; none when there is none. Raises `OSError`."""
    tests = policy.with_name("policy_tests.csv")
    return _bounded(tests).decode("utf-8-sig", "replace") if tests.exists() else None


def policy_on_disk(path: Path) -> PolicyOnDisk:
    """Raises `OSError`."""
    return PolicyOnDisk(_bounded(path), policy_tests_beside(path))


async def take_edit(on_disk: PolicyOnDisk, model: str, clock: Clock, reason: str) -> Taken:
    """Put an edit of the file in force, or write it down as a proposal; once, however many workers see it.

    Without *tests* beside it those of the version in force count. Raises `PolicyRefused`; the policy in force stays.
    """
    table = await compile_policy(on_disk.policy, model)
    text = on_disk.policy.decode("utf-8-sig")
    moment = clock()

    async def work(connection: Connection) -> Taken:
        await hold_policy_still(connection)
        latest = await latest_policy_sequence(connection)
        if latest is None:
            await require_tests_pass(table, on_disk.tests)
            first = await add_policy(
                connection,
                version=table.version,
                policy=text,
                author_id=None,
                reason=reason,
                moment=moment,
                tests=on_disk.tests,
            )
            return Taken(FileState.IN_FORCE, table, first, is_new=True)
        # Read under the lock: of several workers that see the same edit, one makes the version.
        known = await policy_with_version(table.version, connection)
        if known is not None:
            return Taken(FileState.IN_FORCE if known == latest else FileState.OLDER, table, latest)
        before = await in_database(latest, model, connection)
        tests = on_disk.tests if on_disk.tests is not None else await policy_tests_with(latest, connection)
        await require_tests_pass(table, tests)
        change = PolicyChange("policyActivate", text, table, reason, tests=tests)
        if not newly_stopped(before, table) and not widened(before, table):
            made = await put_in_force(connection, change, before=before, author=None, moment=moment)
            return Taken(FileState.IN_FORCE, table, made, is_new=True)
        if any(one.version == table.version for one in await waiting_proposals(before.version, connection)):
            return Taken(FileState.WAITING, table, latest)
        await drop_those_from_file(connection, before.version)
        await propose(connection, change, before=before.version, author=None, moment=moment)
        return Taken(FileState.WAITING, table, latest, is_new=True)

    return await unit_of_work(work)


async def file_standing(path: Path, in_force: PolicyInForce) -> FileStanding:
    """How the file stands to the policy in force, read now; changes nothing."""
    try:
        on_disk = await asyncio.to_thread(policy_on_disk, path)
    except OSError:
        return FileStanding(FileState.UNREADABLE)
    now = await in_force.table()
    try:
        table = await compile_policy(on_disk.policy, in_force.model)
        if table.version == now.version:
            return FileStanding(FileState.IN_FORCE, table.version)
        tests = on_disk.tests if on_disk.tests is not None else await policy_tests_with(in_force.sequence)
        await require_tests_pass(table, tests)
    except PolicyRefused as refused:
        return FileStanding(FileState.REFUSED, faults=refused.faults)
    if await policy_with_version(table.version) is not None:
        return FileStanding(FileState.OLDER, table.version)
    waits = any(one.version == table.version for one in await waiting_proposals(now.version))
    return FileStanding(FileState.WAITING if waits else FileState.EDITED, table.version, newly_stopped(now, table))


def _bounded(path: Path) -> bytes:
    """No more than what shows that it is too large."""
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT_BYTES + 1)
