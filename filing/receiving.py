"""Receiving a collective file: from the first byte to a signed receipt; checking it comes later, in a worker.

Order: may he send, bytes (hashed, counted and looked at on the way) to the store, then one transaction with the row,
its receipt, the idempotency key and the audit entry. The row is the commit point: whatever is refused before leaves no
row and no bytes, and what was acknowledged is durable. Bytes whose transaction has an unknown end stay for the sweeper.
"""

import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.errors import DomainError
from domain.findings import Header
from domain.states import CollectiveFileState
from domain.vocabulary import Mode
from filing.acts import record_act
from filing.idempotency_keys import idempotency_key, require_key_form
from filing.office import Office
from filing.peeking import CollectiveFileTooLarge, PeekedStream
from filing.receipts import ReceiptContent, sign_receipt
from filing.sending import require_may_send
from persistence.collective_files import (
    add_collective_file,
    collective_file_under_reference,
    collective_file_with_id,
)
from persistence.database import Connection
from persistence.failures import TemporarilyUnavailable
from persistence.file_store import UPLOADS, Stored
from persistence.idempotency import Answered, answered, remember
from persistence.models import CollectiveFileRow
from persistence.standing import hold_rights_still
from persistence.unit_of_work import unit_of_work
from validation.configuration import rule_settings

NAMELESS = "collectief-bestand.xml"
LONGEST_NAME = 200
_KIND = "collective_file"


class ReferenceReused(DomainError):
    """The sender used this file reference before, for a file with other content; *earlier* is that file."""

    code = "REFERENCE_REUSED"

    def __init__(self, earlier: CollectiveFileRow) -> None:
        super().__init__(path=("file",), reference=earlier.reference, file_id=earlier.id)
        self.earlier = earlier


@dataclass(frozen=True, slots=True)
class SentFile:
    """*content* in pieces, *file_name* as a label only; *size_bytes* when it is known before the bytes are read."""

    content: AsyncIterator[bytes]
    file_name: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SendCollectiveFile:
    """What a sender asks to do with a file.

    *mode* is the environment that he means. *checks_only*: the file is checked like any other, whatever environment it
    names, and nothing of it is ever loaded.
    """

    mode: Mode
    checks_only: bool = False
    idempotency_key: str | None = None


async def receive_collective_file(
    office: Office, caller: Caller, request: SendCollectiveFile, sent: SentFile
) -> CollectiveFileRow:
    """Take a collective file in; answers its row, state RECEIVED, with its receipt.

    The same bytes under the same reference, or the same request under the same key, answer the first row again. Raises
    `NotAllowed`, `InvalidValue`, `CollectiveFileTooLarge`, `TooManyUploads`, `CollectiveFileRefused`, `ReferenceReused`
    and `IdempotencyKeyReused`; then nothing has been kept.
    """
    key = request.idempotency_key
    if key is not None:
        require_key_form(key)
    await require_may_send(office, caller, mode=request.mode, checks_only=request.checks_only)
    limit = office.upload_limit_bytes
    if sent.size_bytes is not None and sent.size_bytes > limit:
        raise CollectiveFileTooLarge(measured_bytes=sent.size_bytes, limit_bytes=limit)
    identifier = str(uuid7())
    store_key = f"{UPLOADS}{identifier}.xml"
    stream = PeekedStream(
        sent.content,
        sender=caller.enterprise_number,
        mode=None if request.checks_only else request.mode,
        limit_bytes=limit,
    )
    with office.uploads_at_once.one_of(caller.organisation_id):
        stored = await office.store.put(store_key, aiter(stream), limit_bytes=limit)
    row = _row(
        office,
        caller,
        request,
        stream.header,
        stored,
        identifier=identifier,
        store_key=store_key,
        file_name=sent.file_name,
    )
    try:
        kept = await _keep(office, caller, _Taken(row, stored, key))
    except TemporarilyUnavailable:
        # It may have committed after all: the sweeper knows a day later.
        raise
    except DomainError:
        await office.store.delete(store_key)
        raise
    if kept.id != identifier:
        await office.store.delete(store_key)
    return kept


def labelled(file_name: str) -> str:
    """*file_name* as it may be shown: one line, no folders, nothing that steers a terminal or turns the writing."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    visible = "".join(" " if unicodedata.category(char) in {"Zs", "Zl", "Zp"} else char for char in last)
    shown = "".join(char for char in visible if unicodedata.category(char)[0] != "C")
    name = " ".join(shown.split())[:LONGEST_NAME].strip()
    return NAMELESS if name.strip(".") == "" else name


class _ReferenceTaken(TemporarilyUnavailable):
    """Another upload with the same reference committed first: the next attempt sees it."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is in the store and waits for its row."""

    row: CollectiveFileRow
    stored: Stored
    key: str | None


async def _keep(office: Office, caller: Caller, taken: _Taken) -> CollectiveFileRow:
    async def work(connection: Connection) -> CollectiveFileRow:
        return await _record(office, caller, taken, connection)

    try:
        return await unit_of_work(work, refusals={"collective_file_reference": _ReferenceTaken})
    except _ReferenceTaken:
        return await unit_of_work(work, refusals={"collective_file_reference": _ReferenceTaken})


async def _record(office: Office, caller: Caller, taken: _Taken, connection: Connection) -> CollectiveFileRow:
    row = taken.row
    await hold_rights_still(caller.user_id, caller.organisation_id, [], connection)
    await require_may_send(office, caller, mode=row.mode, checks_only=row.checks_only, connection=connection)
    request_key = None
    if taken.key is not None:
        same = (row.mode.value, row.checks_only, row.sha256)
        request_key = idempotency_key(caller, taken.key, operation=_operation(row), request=same)
    if request_key is not None:
        answer = await answered(request_key, connection)
        if answer is not None:
            return await collective_file_with_id(answer.id, connection)
    earlier = None
    if not row.checks_only:
        earlier = await collective_file_under_reference(connection, row.sender_id, row.mode, row.reference)
    if earlier is not None and earlier.sha256 != row.sha256:
        raise ReferenceReused(earlier)
    kept = earlier or row
    if earlier is None:
        await add_collective_file(connection, row)
    if request_key is not None:
        await remember(connection, request_key, Answered(_KIND, kept.id), row.received_at)
    if earlier is None:
        await record_act(
            office,
            caller,
            connection,
            _operation(row),
            kind=_KIND,
            key=row.id,
            moment=row.received_at,
            details={
                "mode": row.mode.value,
                "checksOnly": row.checks_only,
                "reference": row.reference,
                "sha256": row.sha256,
                "bytes": taken.stored.size_bytes,
            },
        )
    return kept


def _row(
    office: Office,
    caller: Caller,
    request: SendCollectiveFile,
    header: Header,
    stored: Stored,
    *,
    identifier: str,
    store_key: str,
    file_name: str,
) -> CollectiveFileRow:
    received_at = _to_milliseconds(office.clock())
    content = ReceiptContent(
        id=identifier,
        mode=request.mode,
        checks_only=request.checks_only,
        reference=header.reference,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        received_at=received_at,
        sender=caller.enterprise_number,
        schema_version=header.schema_version,
        rule_set=rule_settings().rule_set,
    )
    return CollectiveFileRow(
        id=identifier,
        sender_id=caller.organisation_id,
        uploaded_by=caller.user_id,
        mode=request.mode,
        checks_only=request.checks_only,
        reference=header.reference,
        schema_version=header.schema_version,
        file_name=labelled(file_name),
        store_key=store_key,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        received_at=received_at,
        receipt=str(sign_receipt(content, office.sign)),
        state=CollectiveFileState.RECEIVED,
        stage=None,
        progress_bytes=0,
        attempt=0,
        lease_owner=None,
        lease_until=None,
        first_revision_id=None,
        last_revision_id=None,
        report_id=None,
        finished_at=None,
        claimed_roles=None if caller.claimed_roles is None else ",".join(sorted(caller.claimed_roles)),
    )


def _operation(row: CollectiveFileRow) -> str:
    return "collectiveFileTest" if row.checks_only else "collectiveFileUpload"


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
