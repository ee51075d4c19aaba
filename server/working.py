"""Running a worker process until it is told to stop, by a signal or by the end of the process that brought it along."""

import asyncio
import signal
import sys

from server.app import open_office
from server.serving import refuse_unready
from server.settings import Settings
from server.worker import WorkerLimits, run_worker


async def work(settings: Settings, *, embedded: bool) -> None:
    """Check collective files until SIGTERM or SIGINT; *embedded* also until standard input closes.

    Raises `NotReadyToServe` when the database is not migrated.
    """
    await refuse_unready(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    watching = asyncio.create_task(_stop_with_input(stop)) if embedded else None
    async with open_office(settings) as office:
        await run_worker(office, WorkerLimits.of(settings), stop)
    if watching is not None:
        watching.cancel()


async def _stop_with_input(stop: asyncio.Event) -> None:
    """The pipe closes when the process at its other end is gone, however it ended."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()
