"""A web process's worth of writes, in a process of its own: tests one performance file again and again.

`python rights_writer.py SETTINGS_JSON FILE_ID`; it writes `ready`, then a line after each try, and stops when its input
is closed: `done`, `refused` for want of a right, or `busy` when the database had no time for it.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from domain.errors import DomainError
from filing.identification import identify
from filing.testing import PutToTest, put_to_test
from persistence.failures import TemporarilyUnavailable
from server.offices import open_office
from server.settings import Settings


async def main(given: dict[str, str], file_id: str) -> None:
    settings = Settings(
        database_url=given["database_url"],
        file_store_url=given["file_store_url"],
        receipt_key_path=Path(given["receipt_key_path"]),
        policy_path=Path(given["policy_path"]),
        casbin_model_path=Path(given["casbin_model_path"]),
    )
    moment = datetime.fromisoformat("2026-11-05T09:00:00+01:00")
    closed = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    async with open_office(settings, clock=lambda: moment) as office:
        known = await identify(office, subject="demo-uploader", name="Omar Peeters", enterprise_number="0999000327")
        _say("ready")
        while not closed.done():
            try:
                await put_to_test(office, known.caller, PutToTest(file_id, 1))
                _say("done")
            except TemporarilyUnavailable:
                _say("busy")
            except DomainError:
                _say("refused")
            # Lets the other writer, and whoever revokes, come between.
            await asyncio.sleep(0.002)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2]))
