"""An office with the demo world, and collective files for it: the valid sample, changed in one spot."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from policies import MODEL, SHIPPED
from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.demo_world import persona_named
from domain.months import Clock
from domain.vocabulary import Mode
from filing.checking import Progress, check_claimed_file
from filing.demo import load_demo_world
from filing.gate import Gate
from filing.identification import identify
from filing.office import Office
from filing.policy_at_start import policy_at_start
from filing.receipts import receipt_signer
from filing.receiving import SendCollectiveFile, SentFile, receive_collective_file
from filing.uploads_at_once import UploadsAtOnce
from persistence.database import rows
from persistence.file_store import FileStore
from persistence.models import CollectiveFilePartRow, CollectiveFileRow
from persistence.unit_of_work import unit_of_work
from persistence.work import claim

SAMPLES = Path(__file__).parents[1] / "samples"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = "test-key"
LIMIT = 5_000_000


async def demo_office(files: Path, clock: Clock, *, limit_bytes: int = LIMIT, uploads_at_once: int = 10) -> Office:
    """An office on the open database, which gets the demo world."""
    await load_demo_world(clock)
    policy = await policy_at_start(SHIPPED.encode(), MODEL, clock)
    return Office(
        gate=Gate(policy, clock),
        policy=policy,
        policy_path=files.parent / "policy.csv",
        clock=clock,
        store=FileStore(f"file://{files}"),
        sign=receipt_signer(KEY, KEY_ID),
        resumable_uploads_limit=3,
        resumable_uploads_kept=timedelta(hours=24),
        upload_limit_bytes=limit_bytes,
        uploads_at_once=UploadsAtOnce(uploads_at_once),
    )


async def persona(office: Office, name: str) -> Caller:
    found = persona_named(name)
    assert found is not None, name
    known = await identify(
        office, subject=found.subject, name=found.display_name, enterprise_number=str(found.organisation)
    )
    return known.caller


def sample(name: str = "valid.xml") -> bytes:
    return (SAMPLES / name).read_bytes()


def referenced(data: bytes, reference: str) -> bytes:
    """The same file under another reference."""
    changed, count = re.subn(
        rb"<Bestandsreferentie>[^<]*<", b"<Bestandsreferentie>" + reference.encode() + b"<", data, count=1
    )
    assert count == 1
    return changed


def in_pieces(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    async def pieces() -> AsyncGenerator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return pieces()


async def send(
    office: Office,
    caller: Caller,
    data: bytes,
    *,
    mode: Mode = Mode.PRODUCTION,
    checks_only: bool = False,
    key: str | None = None,
    file_name: str = "bestand.xml",
) -> CollectiveFileRow:
    return await receive_collective_file(
        office,
        caller,
        SendCollectiveFile(mode=mode, checks_only=checks_only, idempotency_key=key),
        SentFile(in_pieces(data), file_name),
    )


def stored_files(office: Office) -> list[str]:
    """Everything that lies in the store, unfinished pieces too."""
    folder = office.store.folder
    assert folder is not None
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def kept(office: Office) -> dict[str, Any]:
    """All that an upload can leave behind."""
    tables = ("collective_file", "idempotency", "audit_entry")
    counts = {table: (await rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"] for table in tables}
    return {**counts, "files": stored_files(office)}


@asynccontextmanager
async def nothing_kept(office: Office) -> AsyncGenerator[None]:
    """Fails unless the block leaves rows and files as they were."""
    before = await kept(office)
    yield
    assert await kept(office) == before


async def checked_here(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Stands for the child processes of a worker: the same call, in this process."""
    return function(*args, **kwargs)


async def check_next(office: Office, *, owner: str = "test") -> CollectiveFileRow:
    """Claim the next file, check and publish it; answers its row afterwards."""
    claimed = await unit_of_work(lambda connection: claim(connection, f"{owner}:{uuid7()}", 60))
    assert claimed is not None, "no file waits"
    await check_claimed_file(office, claimed, checked_here, Progress(), ahead=2)
    return await CollectiveFileRow.get(id=claimed.file.id)


async def delivered(office: Office, caller: Caller, data: bytes, **options: Any) -> CollectiveFileRow:
    """Send a file and check it."""
    sent = await send(office, caller, data, **options)
    row = await check_next(office)
    assert row.id == sent.id
    return row


async def parts_of(row: CollectiveFileRow) -> dict[tuple[str, str], str]:
    """Outcome by convention and month."""
    found = await CollectiveFilePartRow.filter(collective_file_id=row.id).order_by("number")
    return {(part.convention_number, part.month): part.outcome.value for part in found}


async def codes_of(row: CollectiveFileRow) -> list[str]:
    """Codes of the findings of its report, in their order."""
    found = await rows("SELECT code FROM finding WHERE report_id = ? ORDER BY finding_number", [row.report_id])
    return [one["code"] for one in found]


async def loaded() -> dict[str, int]:
    """How many rows there are of what a file is loaded into."""
    tables = ("performance_file", "performance_revision", "performance_line", "employee_month")
    return {table: (await rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"] for table in tables}
