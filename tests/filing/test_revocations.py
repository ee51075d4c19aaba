"""No stale rights: while two processes write, rights are taken away and given back; no write follows a revocation.

The audit trail is written in the transaction of each act and numbered in the order of commits, so it says which act
committed under which rights; the whole trail is held to that.
"""

import asyncio
import json
import random
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from collective import persona
from performance_files import OCTOBER, a_file

from domain.demo_world import ALFA
from domain.months import Month
from domain.vocabulary import MandateLevel, Role
from filing.mandates import GrantMandate, grant_mandate, revoke_mandate
from filing.office import Office
from filing.role_grants import GrantRole, grant_role, revoke_role
from persistence.audit import verify_chain
from persistence.database import rows

PROGRAM = Path(__file__).parent / "rights_writer.py"
ROOT = Path(__file__).parents[2]
ROUNDS = 6
WRITE = "performanceFileTest"


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_05_no_write_of_two_processes_commits_after_its_right_was_revoked(
    office: Office, database_url: str, tmp_path: Path, seed: int
) -> None:
    given = {
        "database_url": database_url,
        "file_store_url": f"file://{tmp_path / 'files'}",
        "receipt_key_path": str(tmp_path / "receipt.pem"),
        "policy_path": str(ROOT / "policy.csv"),
        "casbin_model_path": str(ROOT / "casbin_model.conf"),
    }
    files = [await a_file("104233", month=month) for month in (OCTOBER, OCTOBER.plus(-1))]
    chance = random.Random(seed)  # noqa: S311 - spreads moments, hides nothing
    async with AsyncExitStack() as stack:
        writers: list[asyncio.subprocess.Process] = []
        for file_id in files:
            writer = await asyncio.create_subprocess_exec(
                sys.executable,
                str(PROGRAM),
                json.dumps(given),
                file_id,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            stack.callback(lambda writer=writer: writer.kill() if writer.returncode is None else None)
            writers.append(writer)
        for writer in writers:
            assert writer.stdout is not None
            async with asyncio.timeout(30):
                assert await writer.stdout.readline() == b"ready\n"

        for number in range(ROUNDS):
            await asyncio.sleep(chance.uniform(0.05, 0.15))
            await (_another_mandate if number % 2 else _another_role)(office, chance.uniform(0, 0.05))

        await asyncio.sleep(0.1)
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.close()
        async with asyncio.timeout(30):
            answers = [await writer.communicate() for writer in writers]

    told = [json.loads(output) for output, _ in answers]
    writes = await _held_to_the_trail()
    assert [done > 0 for done, _ in told] == [True, True]
    assert sum(done for done, _ in told) == writes
    assert sum(refused for _, refused in told) > 0
    assert (await verify_chain()).first_bad is None


async def _another_mandate(office: Office, pause: float) -> None:
    """Take the mandate of the uploader's secretariat away, and give one again."""
    promotor = await persona(office, "promotor")
    (mandate,) = await rows(
        "SELECT m.id FROM mandate m JOIN convention c ON c.id = m.convention_id"
        " WHERE c.number = '104233' AND m.revoked_at IS NULL"
    )
    await revoke_mandate(office, promotor, mandate["id"])
    await asyncio.sleep(pause)
    await grant_mandate(
        office, promotor, GrantMandate("104233", ALFA, MandateLevel.UPLOAD, Month.parse("2026-01"), None)
    )


async def _another_role(office: Office, pause: float) -> None:
    helpdesk, uploader = await persona(office, "helpdesk"), await persona(office, "uploader")
    (grant,) = await rows("SELECT id FROM role_grant WHERE user_id = ? AND revoked_at IS NULL", [uploader.user_id])
    await revoke_role(office, helpdesk, grant["id"])
    await asyncio.sleep(pause)
    await grant_role(office, helpdesk, GrantRole(uploader.user_id, ALFA, Role.UPLOADER, None, None))


async def _held_to_the_trail() -> int:
    """How many writes the trail has; fails for one between a revocation and the next grant."""
    holds = {"mandate": True, "role": True}
    writes = revocations = 0
    for entry in await rows("SELECT sequence, action, outcome FROM audit_entry ORDER BY sequence"):
        match entry["action"]:
            case "mandateRevoke" | "roleRevoke":
                holds[entry["action"].removesuffix("Revoke")] = False
                revocations += 1
            case "mandateGrant" | "roleGrant":
                holds[entry["action"].removesuffix("Grant")] = True
            case action:
                assert (action, entry["outcome"]) == (WRITE, "DONE")
                assert all(holds.values()), f"entry {entry['sequence']} was written without a right: {holds}"
                writes += 1
    assert revocations == ROUNDS
    return writes
