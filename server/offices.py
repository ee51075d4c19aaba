"""The composition root: the services of one process are built here, once, and nowhere else.

Web process, worker and commands open the same office; only the web process puts an HTTP application around it.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from domain.errors import CouldNotRun
from domain.months import Clock, system_clock
from filing.gate import Gate
from filing.office import Office
from filing.policy_at_start import policy_at_start
from filing.policy_in_force import compile_policy
from filing.policy_on_disk import policy_on_disk
from filing.receipts import receipt_signer
from filing.uploads_at_once import UploadsAtOnce
from persistence.database import database
from persistence.file_store import FileStore
from persistence.migration import pending
from server.receipt_key import load_receipt_key
from server.settings import Settings


class NotReadyToServe(CouldNotRun):
    """The database is not migrated, or holds nothing yet."""


@asynccontextmanager
async def open_office(settings: Settings, *, clock: Clock = system_clock) -> AsyncGenerator[Office]:
    """The services of one process on the migrated database of *settings*; closed at the end of the block.

    Raises `PolicyRefused` for a policy file that is not acceptable, and what the parts raise for a wrong setting.
    """
    on_disk = policy_on_disk(settings.policy_path)
    model = settings.casbin_model_path.read_text(encoding="utf-8")
    key = load_receipt_key(settings)
    async with database(settings.database_url):
        in_force = await policy_at_start(on_disk.policy, model, clock, on_disk.tests)
        yield Office(
            gate=Gate(in_force, clock),
            policy=in_force,
            policy_path=settings.policy_path,
            clock=clock,
            store=FileStore(settings.file_store_url),
            sign=receipt_signer(key.private, key.key_id),
            upload_limit_bytes=settings.upload_limit_bytes,
            uploads_at_once=UploadsAtOnce(settings.uploads_at_once_limit),
            resumable_uploads_limit=settings.resumable_uploads_limit,
            resumable_uploads_kept=timedelta(hours=settings.resumable_upload_hours),
        )


@asynccontextmanager
async def migrated_database(settings: Settings) -> AsyncGenerator[None]:
    """The database of *settings* alone, open; raises `NotReadyToServe` when it is not migrated."""
    await _refuse_unmigrated(settings)
    async with database(settings.database_url):
        yield


async def refuse_unready(settings: Settings) -> None:
    """Raise `NotReadyToServe`, or `PolicyRefused`, for what would only fail later, far from the cause."""
    await _refuse_unmigrated(settings)
    model = settings.casbin_model_path.read_text(encoding="utf-8")
    await compile_policy(settings.policy_path.read_bytes(), model)


async def _refuse_unmigrated(settings: Settings) -> None:
    waiting = await pending(settings.database_url)
    if waiting:
        raise NotReadyToServe(f"the database is not up to date ({', '.join(waiting)} is waiting); run: mandaat migrate")
