"""Running a worker process until it is told to stop, by a signal or by the end of the process that brought it along."""

import asyncio
import os
import signal
import sys

from prometheus_client import CollectorRegistry

from server.check_metrics import CheckMetrics, told_on
from server.logs import configure_logs
from server.offices import open_office, refuse_unready
from server.settings_at_start import load_settings
from server.worker import WorkerLimits, run_worker
from validation.settling import settle

_NICENESS = 5


async def worker(*, embedded: bool = False) -> None:
    """Check collective files in a process of its own; as many of them as you like on PostgreSQL.

    Parameters
    ----------
    embedded
        End when standard input closes, as the worker that `serve` brings along does.
    """
    settings = load_settings()
    configure_logs(settings.log_level)
    await refuse_unready(settings)
    if embedded:
        # On the same machine, whoever waits for an answer comes first.
        os.nice(_NICENESS)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    watching = asyncio.create_task(_stop_with_input(stop)) if embedded else None
    registry = CollectorRegistry()
    metrics = CheckMetrics(registry)
    with told_on(settings.host, settings.worker_metrics_port, registry):
        async with open_office(settings) as office:
            settle()
            await run_worker(office, WorkerLimits.of(settings), stop, metrics)
    if watching is not None:
        watching.cancel()


async def _stop_with_input(stop: asyncio.Event) -> None:
    """The pipe closes when the process at its other end is gone, however it ended."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()
