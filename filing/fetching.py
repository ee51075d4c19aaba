"""Fetching a collective file again: its stored bytes for who sent it, its report for whoever may see it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from domain.caller import Caller
from domain.errors import NotFound
from filing.acts import record_act
from filing.identification import Identified
from filing.office import Office
from filing.reading import Readings, record_readings
from filing.report_documents import StoredReport, stored_report
from filing.sending import files_in_sight
from persistence.collective_files import FileSight, collective_files_by_id
from persistence.database import Connection
from persistence.models import CollectiveFileRow
from persistence.unit_of_work import unit_of_work

THING = "collective file"


@dataclass(frozen=True, slots=True)
class StoredContent:
    """*pieces* end in an error, before the last of them, when the bytes are not those that came in."""

    file: CollectiveFileRow
    size_bytes: int
    pieces: AsyncGenerator[bytes]


async def fetch_content(office: Office, known: Identified, file_id: str) -> StoredContent:
    """The bytes as they came in; every fetch is put in the audit trail, because they hold whole INSZ.

    Only for the organisation that sent them, as far as it may still send. Raises `NotFound`.
    """
    sight = files_in_sight(known.caller, known.table)
    if not _may_have_content(sight):
        raise NotFound(THING)
    file = await _in_sight(sight, file_id)
    await unit_of_work(lambda connection: _record(office, known.caller, file, connection))
    size_bytes: int = getattr(file, "size_bytes")  # noqa: B009 - tortoise leaves its type open
    return StoredContent(file, size_bytes, _verified(office, file))


async def fetch_report(office: Office, known: Identified, file_id: str) -> StoredReport:
    """The report on a file in sight; a fetch by another organisation than the sender is put in the audit trail.

    Raises `NotFound`, also while there is none yet.
    """
    sight = files_in_sight(known.caller, known.table)
    file = await _in_sight(sight, file_id)
    report = await stored_report(office, file, shows_lines=_may_have_content(sight))
    if report is None:
        raise NotFound("report")
    if file.sender_id != known.caller.organisation_id:
        await record_readings(office, known, Readings(collective_files={file.id}))
    return report


def _may_have_content(sight: FileSight) -> bool:
    """The department sees what checking said, not the performances in the file."""
    return not sight.everything and sight.organisation_id is not None


async def _in_sight(sight: FileSight, file_id: str) -> CollectiveFileRow:
    found = await collective_files_by_id(sight, [file_id])
    if file_id not in found:
        raise NotFound(THING)
    return found[file_id]


async def _record(office: Office, caller: Caller, file: CollectiveFileRow, connection: Connection) -> None:
    await record_act(
        office,
        caller,
        connection,
        "collectiveFileFetch",
        kind="collective_file",
        key=file.id,
        moment=office.clock(),
        details={"sha256": file.sha256},
    )


async def _verified(office: Office, file: CollectiveFileRow) -> AsyncGenerator[bytes]:
    """The stored bytes, one piece late: the last one goes out only after the hash was found right."""
    held: bytes | None = None
    async for piece in office.store.read(file.store_key, sha256=file.sha256):
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
