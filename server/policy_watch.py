"""Looking after the policy file while the process runs: an edit on disk is taken up, or told, without a restart.

Every web process looks. Whichever sees an edit first puts it through the gate and into the database; the others follow
the version there at their next request, as they follow any other change. A file that is refused changes nothing: the
log, a number for the operator, `/readyz` and `policy { file }` say so.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import structlog
from prometheus_client import CollectorRegistry, Gauge

from authz.policy_faults import PolicyRefused
from filing.office import Office
from filing.policy_on_disk import FileState, PolicyOnDisk, file_standing, policy_on_disk, take_edit
from persistence.failures import TemporarilyUnavailable

log = structlog.get_logger(__name__)

_REASON = "policy file on disk"
_TOLD_FAULTS = 20

Look: TypeAlias = tuple[tuple[int, int, int] | None, ...]
"""What tells an edited file from the one before, of the policy and of its tests: inode, size, time of change."""


def file_gauge(registry: CollectorRegistry) -> Gauge:
    return Gauge(
        "mandaat_policy_file_in_force",
        "1 when the policy file says what is in force; 0 when it is refused, waits or cannot be read.",
        registry=registry,
    )


class PolicyFileNotInForce(Exception):
    """The policy file was refused, waits, says what an older version said, or cannot be read."""


class PolicyWatch:
    """Takes up each edit once. An edit counts when the file looks the same twice, so that no half of it is read."""

    def __init__(self, office: Office, gauge: Gauge) -> None:
        self._office = office
        self._gauge = gauge
        self._is_in_force = True
        self._last: Look | None = None
        self._settled: Look | None = None

    async def begin(self, seen: Look) -> None:
        """From here on; what the start made of the file is not asked again."""
        found = await file_standing(self._office.policy_path, self._office.policy)
        self._settle(seen, is_in_force=found.state is FileState.IN_FORCE)

    async def run(self, pause_seconds: float) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(pause_seconds)
            await self.look()

    async def check(self) -> None:
        """For `/readyz`: raises `PolicyFileNotInForce` while the file says something else than what decides."""
        if not self._is_in_force:
            raise PolicyFileNotInForce

    async def look(self) -> None:
        """Take up an edit that looks as it did at the look before."""
        path = self._office.policy_path
        seen = await asyncio.to_thread(look_at, path)
        is_still, self._last = seen == self._last, seen
        if not is_still or seen == self._settled:
            return
        try:
            on_disk = await asyncio.to_thread(policy_on_disk, path)
        except OSError as error:
            self._settle(seen, is_in_force=False)
            log.warning("policy_file_unreadable", error=type(error).__name__)
            return
        if await asyncio.to_thread(look_at, path) != seen:
            return
        try:
            is_in_force = await self._take(on_disk)
        except TemporarilyUnavailable:
            return  # at the next look again
        self._settle(seen, is_in_force=is_in_force)

    async def _take(self, on_disk: PolicyOnDisk) -> bool:
        try:
            taken = await take_edit(on_disk, self._office.policy.model, self._office.clock, _REASON)
        except PolicyRefused as refused:
            faults = [f"{fault.line or '-'}:{fault.column or '-'} {fault.code}" for fault in refused.faults]
            log.warning("policy_file_refused", faults=faults[:_TOLD_FAULTS], count=len(faults))
            return False
        told = {"version": taken.table.version, "sequence": taken.sequence}
        if taken.state is not FileState.IN_FORCE:
            log.warning("policy_file_left_aside", state=taken.state, **told)
            return False
        if taken.is_new:
            log.info("policy_file_taken_up", **told)
        return True

    def _settle(self, seen: Look, *, is_in_force: bool) -> None:
        self._settled, self._is_in_force = seen, is_in_force
        self._gauge.set(1 if is_in_force else 0)


@asynccontextmanager
async def watching(office: Office, gauge: Gauge, *, seen: Look, pause_seconds: float) -> AsyncGenerator[PolicyWatch]:
    """Look after the policy file while the block runs; *seen* is how it looked before the office took it up."""
    watch = PolicyWatch(office, gauge)
    await watch.begin(seen)
    looking = asyncio.create_task(watch.run(pause_seconds))
    looking.add_done_callback(_tell_broken)
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait([looking])


def look_at(policy: Path) -> Look:
    """How the policy and its tests look now."""
    return tuple(_signature(path) for path in (policy, policy.with_name("policy_tests.csv")))


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _tell_broken(looking: asyncio.Task[None]) -> None:
    if not looking.cancelled() and (error := looking.exception()) is not None:
        log.error("policy_watch_broken", exc_info=error)
