"""No stale rights: while two processes write, rights are taken away and given back; no write follows a revocation.

The audit trail is written in the transaction of each act and numbered in the order of commits, so it says which act
committed under which rights; the whole trail is held to that.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from persistence.failures import TemporarilyUnavailable

PROGRAM = Path(__file__).parent / "rights_writer.py"
ROOT = Path(__file__).parents[2]
ROUNDS = 6
WRITE = "performanceFileTest"
HANGS = 240.0
"""Seconds after which a process that says nothing more is taken for dead."""


@dataclass
class Writer:
    """A process that writes as the uploader, as fast as it may, and tells how each try ended."""

    process: asyncio.subprocess.Process
    told: Counter[str] = field(default_factory=Counter[str])

    async def until(self, word: str, count: int) -> None:
        """Read what it tells until it said *word* so often; fails the test when it ends or hangs."""
        assert self.process.stdout is not None
        while self.told[word] < count:
            async with asyncio.timeout(HANGS):
                line = await self.process.stdout.readline()
            assert line, f"ended with {await self.process.wait()}"
            self.told[line.decode().strip()] += 1

    async def another(self, word: str) -> None:
        """Until it says *word* once more than what it was heard to say so far."""
        await self.until(word, self.told[word] + 1)

    async def stop(self) -> None:
        """Close its input and hear it out."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(HANGS):
            rest, _ = await self.process.communicate()
        self.told.update(rest.decode().split())


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_05_no_write_of_two_processes_commits_after_its_right_was_revoked(
    office: Office, database_url: str, tmp_path: Path, seed: int
) -> None:
    files = [await a_file("104233", month=month) for month in (OCTOBER, OCTOBER.plus(-1))]
    chance = random.Random(seed)  # noqa: S311 - spreads moments, hides nothing
    async with _writers(files, database_url, tmp_path) as writers:
        for number in range(ROUNDS):
            # Each has written since the right was given, so the revocation comes between writes that go on.
            for writer in writers:
                await writer.another("done")
            await asyncio.sleep(chance.uniform(0, 0.02))
            await (_mandate_away if number % 2 else _role_away)(office)
            # One that is told behind a write was refused after the revocation.
            for writer in writers:
                await writer.another("refused")
            await (_mandate_back if number % 2 else _role_back)(office)
        for writer in writers:
            await writer.another("done")
            await writer.stop()

    writes = await _held_to_the_trail()
    assert sum(writer.told["done"] for writer in writers) == writes
    assert (await verify_chain()).first_bad is None


@asynccontextmanager
async def _writers(files: list[str], database_url: str, folder: Path) -> AsyncGenerator[list[Writer]]:
    given = {
        "database_url": database_url,
        "file_store_url": f"file://{folder / 'files'}",
        "receipt_key_path": str(folder / "receipt.pem"),
        "policy_path": str(ROOT / "policy.csv"),
        "casbin_model_path": str(ROOT / "casbin_model.conf"),
    }
    async with AsyncExitStack() as stack:
        writers: list[Writer] = []
        for file_id in files:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(PROGRAM),
                json.dumps(given),
                file_id,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            stack.callback(lambda process=process: process.kill() if process.returncode is None else None)
            writers.append(Writer(process))
        for writer in writers:
            await writer.until("ready", 1)
        yield writers


async def _mandate_away(office: Office) -> None:
    promotor = await persona(office, "promotor")
    (mandate,) = await rows(
        "SELECT m.id FROM mandate m JOIN convention c ON c.id = m.convention_id"
        " WHERE c.number = '104233' AND m.revoked_at IS NULL"
    )
    await _patiently(lambda: revoke_mandate(office, promotor, mandate["id"]))


async def _mandate_back(office: Office) -> None:
    """A mandate of the uploader's secretariat again."""
    promotor = await persona(office, "promotor")
    request = GrantMandate("104233", ALFA, MandateLevel.UPLOAD, Month.parse("2026-01"), None)
    await _patiently(lambda: grant_mandate(office, promotor, request))


async def _role_away(office: Office) -> None:
    helpdesk, uploader = await persona(office, "helpdesk"), await persona(office, "uploader")
    (grant,) = await rows("SELECT id FROM role_grant WHERE user_id = ? AND revoked_at IS NULL", [uploader.user_id])
    await _patiently(lambda: revoke_role(office, helpdesk, grant["id"]))


async def _role_back(office: Office) -> None:
    helpdesk, uploader = await persona(office, "helpdesk"), await persona(office, "uploader")
    request = GrantRole(uploader.user_id, ALFA, Role.UPLOADER, None, None)
    await _patiently(lambda: grant_role(office, helpdesk, request))


async def _patiently(act: Callable[[], Awaitable[Any]]) -> None:
    """Again while the writers leave no time for it: on SQLite one writes at a time, and a machine may be slow."""
    for _ in range(20):
        try:
            await act()
        except TemporarilyUnavailable:
            continue
        return
    raise AssertionError("the database was never free")


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
