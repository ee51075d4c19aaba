"""A worker as a process of its own, for tests that kill it: `python worker_process.py SETTINGS_JSON`."""

import asyncio
import json
import signal
import sys
from datetime import datetime
from pathlib import Path

from server.check_process import CheckLimits
from server.offices import open_office
from server.settings import Settings
from server.worker import WorkerLimits, run_worker


async def main(given: dict[str, str]) -> None:
    settings = Settings(
        database_url=given["database_url"],
        file_store_url=given["file_store_url"],
        receipt_key_path=Path(given["receipt_key_path"]),
    )
    moment = datetime.fromisoformat("2026-11-05T09:00:00+01:00")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_office(settings, clock=lambda: moment) as office:
        limits = WorkerLimits(
            processes=1,
            lease_seconds=int(given["lease_seconds"]),
            poll_seconds=0.1,
            stop_seconds=20,
            check=CheckLimits(memory_bytes=512 * 1024 * 1024, cpu_seconds=60, wall_seconds=300),
        )
        await run_worker(office, limits, stop)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
