"""A web process's worth of writes, in a process of its own: tests one performance file again and again.

`python rights_writer.py SETTINGS_JSON FILE_ID`; it writes a line when it is ready and stops when its input is closed.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from domain.errors import DomainError
from filing.identification import identify
from filing.testing import PutToTest, put_to_test
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
    done = refused = 0
    async with open_office(settings, clock=lambda: moment) as office:
        known = await identify(office, subject="demo-uploader", name="Omar Peeters", enterprise_number="0999000327")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not closed.done():
            try:
                await put_to_test(office, known.caller, PutToTest(file_id, 1))
                done += 1
            except DomainError:
                refused += 1
                await asyncio.sleep(0.002)
    sys.stdout.write(json.dumps([done, refused]))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2]))
