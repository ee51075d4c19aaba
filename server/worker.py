"""The worker: claims collective files one after the other, checks them in child processes, and says that it is alive.

An orderly stop gives the file in hand back, so that another worker takes it up at once and it counts as no failed
attempt. A worker that dies leaves a lease that ends by itself.
"""

import asyncio
import contextlib
import math
import os
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry
from uuid_utils.compat import uuid7

from domain.vocabulary import Verdict
from filing.broken_off import CheckBrokeOff
from filing.checking import Progress, check_claimed_file
from filing.housekeeping import keep_house
from filing.office import Office
from persistence.database import current_database
from persistence.failures import TemporarilyUnavailable
from persistence.sweeping import sweep_lines
from persistence.unit_of_work import unit_of_work
from persistence.work import (
    Claimed,
    GivenBack,
    LeaseLost,
    claim,
    heartbeat,
    note_swept,
    release,
    unswept_files,
)
from server.check_metrics import CheckMetrics
from server.check_pool import CheckPool
from server.check_process import CheckLimits, DidNotStart
from server.log_context import bind, unbind
from server.settings import Settings

log = structlog.get_logger(__name__)

_HEARTBEATS_A_LEASE = 4
_PIECES_AHEAD_A_PROCESS = 1
_HOUSEKEEPING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How a worker works: see the settings of the same names."""

    processes: int
    lease_seconds: int
    poll_seconds: float
    stop_seconds: float
    check: CheckLimits

    @classmethod
    def of(cls, settings: Settings) -> "WorkerLimits":
        return cls(
            processes=settings.worker_processes,
            lease_seconds=settings.lease_seconds,
            poll_seconds=settings.worker_poll_seconds,
            stop_seconds=settings.graceful_stop_seconds,
            check=CheckLimits(
                memory_bytes=settings.check_memory_limit_bytes,
                cpu_seconds=settings.check_cpu_limit_seconds,
                wall_seconds=settings.check_wall_limit_seconds,
            ),
        )


async def run_worker(
    office: Office, limits: WorkerLimits, stop: asyncio.Event, metrics: CheckMetrics | None = None
) -> None:
    """Work until *stop* is set; then the file in hand is finished in time or given back. *metrics* counts, if given.

    A fault of ours ends the worker: whoever runs it starts another, and the file that met it twice ends as not checked.
    """
    name = f"{socket.gethostname()[:40]}:{os.getpid()}"
    log.info("worker_started", name=name, processes=limits.processes)
    metrics = metrics or CheckMetrics(CollectorRegistry())
    house = _House()
    with CheckPool(limits.processes, limits.check) as pool:
        while not stop.is_set():
            try:
                claimed = await _claim(name, limits)
                if claimed is None:
                    await _sweep_finished()
                    await house.keep(office)
            except TemporarilyUnavailable:
                log.warning("database_unavailable")
                claimed = None
            if claimed is None:
                await _pause(stop, limits.poll_seconds)
            else:
                await _work(office, claimed, pool, limits, stop, metrics)
    log.info("worker_stopped", name=name)


async def work_once(office: Office, limits: WorkerLimits, pool: CheckPool, metrics: CheckMetrics | None = None) -> bool:
    """Check one file, if one waits; answers whether there was one."""
    claimed = await _claim("once", limits)
    if claimed is None:
        return False
    await _work(office, claimed, pool, limits, asyncio.Event(), metrics or CheckMetrics(CollectorRegistry()))
    return True


async def _claim(name: str, limits: WorkerLimits) -> Claimed | None:
    # New for each claim: a worker that claims its own lost file again must not pass its old fence.
    owner = f"{name}:{uuid7()}"
    return await unit_of_work(lambda connection: claim(connection, owner, limits.lease_seconds))


async def _work(
    office: Office,
    claimed: Claimed,
    pool: CheckPool,
    limits: WorkerLimits,
    stop: asyncio.Event,
    metrics: CheckMetrics,
) -> None:
    progress = Progress()
    bound = bind(collective_file=claimed.file.id, attempt=claimed.fence.attempt)
    log.info("check_started")
    try:
        async with _kept(claimed, progress, limits):
            checking = asyncio.create_task(
                check_claimed_file(office, claimed, pool, progress, ahead=limits.processes * _PIECES_AHEAD_A_PROCESS)
            )
            verdict = await _ended_or_stopped(checking, stop, limits.stop_seconds)
        slices = progress.slices
        log.info("check_ended", phases=progress.phases.rounded(), slices=slices.read, slices_missed=slices.missed)
        metrics.ended(verdict, progress)
    except LeaseLost:
        metrics.lease_lost()
        log.warning("lease_lost")
    except asyncio.CancelledError:
        await _give_back(claimed, GivenBack.STOPPED, metrics)
    except TemporarilyUnavailable:
        await _give_back(claimed, GivenBack.INTERRUPTED, metrics)
    except DidNotStart:
        await _give_back(claimed, GivenBack.INTERRUPTED, metrics)
        raise
    except CheckBrokeOff as broken:
        log.warning("check_broke_off", because=broken.because)
        await _give_back(claimed, GivenBack.BROKEN_OFF, metrics)
    except BaseException:
        await _give_back(claimed, GivenBack.BROKEN_OFF, metrics)
        raise
    finally:
        unbind(bound)


async def _ended_or_stopped(checking: asyncio.Task[Verdict], stop: asyncio.Event, stop_seconds: float) -> Verdict:
    """Wait for the check; from *stop* on, no longer than so many seconds. Raises `CancelledError` when cut short."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not checking.done():
            await asyncio.wait({checking}, timeout=stop_seconds)
        if not checking.done():
            checking.cancel()
        return await checking
    finally:
        stopping.cancel()
        if not checking.done():
            checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await checking


@asynccontextmanager
async def _kept(claimed: Claimed, progress: Progress, limits: WorkerLimits) -> AsyncGenerator[None]:
    """Heartbeats while the block runs."""
    beating = asyncio.create_task(_beat(claimed, progress, limits))
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


async def _beat(claimed: Claimed, progress: Progress, limits: WorkerLimits) -> None:
    pause = min(limits.lease_seconds / _HEARTBEATS_A_LEASE, 1.0)
    while True:
        await asyncio.sleep(pause)
        try:
            await unit_of_work(
                lambda connection: heartbeat(
                    connection,
                    claimed.fence,
                    stage=progress.stage,
                    progress_bytes=progress.checked_bytes,
                    lease_seconds=limits.lease_seconds,
                )
            )
        except LeaseLost:
            progress.is_lost = True
            return
        except TemporarilyUnavailable:
            # The next beat may get through; if none does, the lease ends and the fence holds.
            log.warning("heartbeat_missed")


async def _give_back(claimed: Claimed, because: GivenBack, metrics: CheckMetrics) -> None:
    log.info("check_given_back", reason=because.name)
    metrics.given_back(because)
    # A load that was cut short still writes its last rows: the next holder sweeps only what is there when he comes.
    if units := current_database().units:
        await asyncio.wait(units)
    try:
        await unit_of_work(lambda connection: release(connection, claimed.fence, because))
    except TemporarilyUnavailable:
        log.warning("lease_not_released")


async def _sweep_finished() -> None:
    """Lines that a worker left when it died between publishing and sweeping."""
    for file_id, first, last in await unswept_files():
        await sweep_lines(first, last)
        await unit_of_work(lambda connection, file_id=file_id: note_swept(connection, file_id))


class _House:
    """Keeps house while no file waits, an hour apart; what did not succeed is for the next hour."""

    def __init__(self) -> None:
        self._next = -math.inf

    async def keep(self, office: Office) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _HOUSEKEEPING_SECONDS
        try:
            await keep_house(office)
        except TemporarilyUnavailable:
            log.warning("housekeeping_put_off")


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
