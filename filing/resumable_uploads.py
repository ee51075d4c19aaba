"""Sending a large file over several requests, so that a broken connection costs only what had not arrived.

An upload belongs to who began it, for the organisation that he acted for; for everybody else it does not exist. Its
bytes lie in the store as stretches, each written once; how far it is, is what the database says. A mutation takes the
finished upload in like any other file, and everything that is asked of a file is asked there.
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.errors import DomainError, InvalidValue, NotFound
from domain.vocabulary import Mode
from filing.office import Office
from filing.peeking import CollectiveFileTooLarge
from filing.receiving import SendCollectiveFile, SentFile, labelled, receive_collective_file
from filing.sending import require_may_send
from persistence.collective_files import collective_file_with_id
from persistence.database import Connection
from persistence.failures import TemporarilyUnavailable
from persistence.file_store import SEGMENTS, StoredBytesMissing
from persistence.models import CollectiveFileRow, ResumableUploadRow
from persistence.resumable_uploads import (
    Segment,
    add_upload,
    append_segments,
    count_open_uploads,
    count_segments,
    expired_uploads,
    forget_uploads,
    note_taken_in,
    segments_of,
    upload_of_sender,
)
from persistence.unit_of_work import unit_of_work

SEGMENT_BYTES: Final = 4 * 1024 * 1024
"""A stretch that is safe as soon as it is full; one upload holds no more than this in memory."""
MOST_SEGMENTS: Final = 2000
_THING: Final = "upload"
_FORGOTTEN_AT_ONCE: Final = 100


class TooManyResumableUploads(DomainError):
    """The sender has begun as many uploads as he may; he finishes one, or abandons one."""

    code = "TOO_MANY_RESUMABLE_UPLOADS"

    def __init__(self, *, found: int, limit: int) -> None:
        super().__init__(found=found, limit=limit)


class OffsetConflict(DomainError):
    """The upload does not end where the sender wants to go on: he asks how far it is, and goes on there."""

    code = "UPLOAD_OFFSET"

    def __init__(self, *, found: int, expected: int) -> None:
        super().__init__(found=found, expected=expected)


class ChecksumMismatch(DomainError):
    """The bytes are not those that the sender says he sent; none of them were kept."""

    code = "CHECKSUM_MISMATCH"


class TooManySegments(DomainError):
    """The upload came in so small stretches that no more are taken; it can only be abandoned."""

    code = "TOO_MANY_SEGMENTS"

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class UploadComplete(DomainError):
    """All bytes are there already; nothing can be added."""

    code = "UPLOAD_COMPLETE"


class UploadGone(InvalidValue):
    """The upload expired, or its sender deleted it, while it was being taken in; nothing was, and he sends it again."""

    code = "UPLOAD_GONE"

    def __init__(self) -> None:
        super().__init__("upload", found="an upload that is gone", expected="an upload of yours that has not expired")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a stretch has to come to; *algorithm* as hashlib names it."""

    algorithm: str
    digest: bytes


async def begin_upload(office: Office, caller: Caller, *, size_bytes: int, file_name: str | None) -> ResumableUploadRow:
    """A place for a file of so many bytes.

    Raises `NotAllowed`, `CollectiveFileTooLarge` and `TooManyResumableUploads`.
    """
    await require_may_send(office, caller, mode=Mode.TEST, checks_only=False)
    if size_bytes > office.upload_limit_bytes:
        raise CollectiveFileTooLarge(measured_bytes=size_bytes, limit_bytes=office.upload_limit_bytes)
    moment = office.clock()
    row = ResumableUploadRow(
        id=str(uuid7()),
        organisation_id=caller.organisation_id,
        user_id=caller.user_id,
        file_name=labelled(file_name or ""),
        size_bytes=size_bytes,
        received_bytes=0,
        created_at=moment,
        expires_at=moment + office.resumable_uploads_kept,
        collective_file_id=None,
    )

    async def work(connection: Connection) -> None:
        under_way = await count_open_uploads(
            connection, user_id=caller.user_id, organisation_id=caller.organisation_id, moment=moment
        )
        if under_way >= office.resumable_uploads_limit:
            raise TooManyResumableUploads(found=under_way, limit=office.resumable_uploads_limit)
        await add_upload(connection, row)

    await unit_of_work(work)
    return row


async def upload_in_sight(office: Office, caller: Caller, upload_id: str) -> ResumableUploadRow:
    """Raises `NotFound` for one that does not exist, has expired, or that somebody else began."""
    row = await upload_of_sender(
        upload_id, user_id=caller.user_id, organisation_id=caller.organisation_id, moment=office.clock()
    )
    if row is None:
        raise NotFound(_THING)
    return row


def require_open_at(row: ResumableUploadRow, offset: int) -> None:
    """Raises `UploadComplete`, and `OffsetConflict` when the upload does not end at *offset*."""
    if row.received_bytes == row.size_bytes:
        raise UploadComplete
    if row.received_bytes != offset:
        raise OffsetConflict(found=offset, expected=row.received_bytes)


async def append_to_upload(
    office: Office,
    caller: Caller,
    row: ResumableUploadRow,
    content: AsyncIterator[bytes],
    *,
    checksum: Checksum | None = None,
) -> int:
    """Add what comes in behind what is there; answers how many bytes the upload has then.

    When *content* raises, what came before stays and the error goes on. With a *checksum* it is all or nothing: raises
    `ChecksumMismatch`. Raises `TooManyUploads`, `TooManySegments`, and what `require_open_at` raises when another
    request went on with the same upload meanwhile.
    """
    with office.uploads_at_once.one_of(caller.organisation_id):
        return await _appended(office, caller, row, content, checksum)


async def _appended(
    office: Office, caller: Caller, row: ResumableUploadRow, content: AsyncIterator[bytes], checksum: Checksum | None
) -> int:
    if await count_segments(row.id) >= MOST_SEGMENTS:
        raise TooManySegments(limit=MOST_SEGMENTS)
    digest = None if checksum is None else hashlib.new(checksum.algorithm, usedforsecurity=False)
    end = row.received_bytes
    waiting: list[Segment] = []
    try:
        async for stretch in _stretches(content):
            waiting.append(await _stored(office, stretch, end))
            end += len(stretch)
            if digest is None:
                await _count_in(office, caller, row.id, waiting)
                waiting = []
            else:
                digest.update(stretch)
        if checksum is not None and digest is not None:
            if digest.digest() != checksum.digest:
                raise ChecksumMismatch
            if waiting:
                await _count_in(office, caller, row.id, waiting)
                waiting = []
    except TemporarilyUnavailable:
        # They may count after all: the sweeper knows a day later.
        waiting = []
        raise
    finally:
        await _delete(office, waiting)
    return end


async def abandon_upload(office: Office, row: ResumableUploadRow) -> None:
    """Forget the upload and its bytes."""
    await _forget(office, [row.id])


async def take_in_upload(
    office: Office, caller: Caller, upload_id: str, request: SendCollectiveFile
) -> CollectiveFileRow:
    """The finished upload becomes the content of *request*, which then goes as `receive_collective_file` says.

    An upload that was taken in already answers the file that it became. Raises `InvalidValue` for one that nobody
    began, that somebody else did, or that is not complete; then it stays as it is, as after every refusal. Raises
    `UploadGone` when it is taken away while it is read.
    """
    try:
        row = await upload_in_sight(office, caller, upload_id)
    except NotFound as error:
        raise InvalidValue(
            "upload", found="an unknown upload", expected="an upload of yours that has not expired"
        ) from error
    if row.collective_file_id is not None:
        return await _taken_in_before(office, caller, row.collective_file_id, request)
    if row.received_bytes < row.size_bytes:
        raise InvalidValue("upload", found=f"{row.received_bytes} bytes", expected=f"{row.size_bytes} bytes")
    segments = await segments_of([row.id])
    sent = SentFile(_content(office, row, segments), row.file_name, row.size_bytes)
    try:
        file = await receive_collective_file(office, caller, request, sent)
    except StoredBytesMissing as missing:
        return await _overtaken(office, caller, upload_id, request, missing)
    await unit_of_work(lambda connection: note_taken_in(connection, row.id, file.id))
    await _delete(office, segments)
    return file


async def forget_expired_uploads(office: Office) -> None:
    """Take away uploads that nobody finished in time, with their bytes."""
    while expired := await expired_uploads(office.clock(), most=_FORGOTTEN_AT_ONCE):
        await _forget(office, expired)


async def _stretches(content: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """*content* in stretches; what came before it raised is given before the error goes on."""
    buffer = bytearray()
    try:
        async for chunk in content:
            buffer += chunk
            if len(buffer) >= SEGMENT_BYTES:
                yield bytes(buffer)
                buffer.clear()
    except Exception:
        if buffer:
            yield bytes(buffer)
        raise
    if buffer:
        yield bytes(buffer)


async def _stored(office: Office, stretch: bytes, first_byte: int) -> Segment:
    async def once() -> AsyncGenerator[bytes]:
        yield stretch

    key = f"{SEGMENTS}{uuid7()}"
    stored = await office.store.put(key, once(), limit_bytes=len(stretch))
    return Segment(first_byte, stored.size_bytes, key, stored.sha256)


async def _count_in(office: Office, caller: Caller, upload_id: str, segments: Sequence[Segment]) -> None:
    """Stored stretches become part of the upload."""
    moment = office.clock()
    if await unit_of_work(lambda connection: append_segments(connection, upload_id, segments, moment)):
        return
    require_open_at(await upload_in_sight(office, caller, upload_id), segments[0].first_byte)
    raise TemporarilyUnavailable


async def _content(office: Office, row: ResumableUploadRow, segments: Sequence[Segment]) -> AsyncGenerator[bytes]:
    if sum(one.size_bytes for one in segments) < row.size_bytes:
        raise StoredBytesMissing(row.id)
    for one in segments:
        async for piece in office.store.read(one.store_key, sha256=one.sha256):
            yield piece


async def _overtaken(
    office: Office, caller: Caller, upload_id: str, request: SendCollectiveFile, missing: StoredBytesMissing
) -> CollectiveFileRow:
    """What became of an upload whose bytes went while they were read; those go after its row says why.

    Another request took it in: that file is the answer. Raises `UploadGone`, and *missing* when nothing explains it.
    """
    try:
        row = await upload_in_sight(office, caller, upload_id)
    except NotFound:
        raise UploadGone from missing
    if row.collective_file_id is None:
        raise missing
    return await _taken_in_before(office, caller, row.collective_file_id, request)


async def _taken_in_before(
    office: Office, caller: Caller, file_id: str, request: SendCollectiveFile
) -> CollectiveFileRow:
    await require_may_send(office, caller, mode=request.mode, checks_only=request.checks_only)
    file = await collective_file_with_id(file_id)
    if (file.mode, file.checks_only) != (request.mode, request.checks_only):
        found = "an upload that was taken in for another purpose"
        raise InvalidValue("upload", found=found, expected="an upload that was not taken in yet")
    return file


async def _forget(office: Office, upload_ids: Sequence[str]) -> None:
    segments = await segments_of(upload_ids)
    await unit_of_work(lambda connection: forget_uploads(connection, upload_ids))
    await _delete(office, segments)


async def _delete(office: Office, segments: Sequence[Segment]) -> None:
    for one in segments:
        await office.store.delete(one.store_key)
