"""Files that come in over several requests: how far each is, and where its bytes lie in the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from persistence.database import Connection, rows
from persistence.models import ResumableUploadRow
from persistence.placeholders import a_list


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an upload as it lies in the file store; *first_byte* is its offset in the file."""

    first_byte: int
    size_bytes: int
    store_key: str
    sha256: str


async def add_upload(connection: Connection, row: ResumableUploadRow) -> None:
    await row.save(using_db=connection.client, force_create=True)


async def count_open_uploads(connection: Connection, *, user_id: str, organisation_id: str, moment: datetime) -> int:
    """How many uploads this sender has under way: not expired, and not taken in."""
    found = await rows(
        "SELECT COUNT(*) AS count FROM resumable_upload WHERE user_id = ? AND organisation_id = ?"
        " AND expires_at > ? AND collective_file_id IS NULL",
        [user_id, organisation_id, moment],
        connection,
    )
    return found[0]["count"]


async def upload_of_sender(
    upload_id: str, *, user_id: str, organisation_id: str, moment: datetime
) -> ResumableUploadRow | None:
    """The upload, when this sender began it and it has not expired."""
    found = await rows(
        "SELECT * FROM resumable_upload WHERE id = ? AND user_id = ? AND organisation_id = ? AND expires_at > ?",
        [upload_id, user_id, organisation_id, moment],
    )
    return ResumableUploadRow(**found[0]) if found else None


async def segments_of(upload_ids: Sequence[str]) -> list[Segment]:
    """The stored stretches of these uploads, in order of upload and offset."""
    found = await rows(
        "SELECT first_byte, size_bytes, store_key, sha256 FROM resumable_segment"
        f" WHERE upload_id IN {a_list(len(upload_ids))} ORDER BY upload_id, first_byte",
        upload_ids,
    )
    return [Segment(**row) for row in found]


async def count_segments(upload_id: str) -> int:
    found = await rows("SELECT COUNT(*) AS count FROM resumable_segment WHERE upload_id = ?", [upload_id])
    return found[0]["count"]


async def append_segments(
    connection: Connection, upload_id: str, segments: Sequence[Segment], moment: datetime
) -> bool:
    """Make stored stretches part of the upload; false when it goes on elsewhere by now, and then nothing is done.

    They follow each other, and the first of them begins where the upload ended when its sender asked.
    """
    found = await rows(
        "UPDATE resumable_upload SET received_bytes = received_bytes + ?"
        " WHERE id = ? AND received_bytes = ? AND expires_at > ? AND collective_file_id IS NULL RETURNING id",
        [sum(one.size_bytes for one in segments), upload_id, segments[0].first_byte, moment],
        connection,
    )
    if not found:
        return False
    for one in segments:
        await rows(
            "INSERT INTO resumable_segment (upload_id, first_byte, size_bytes, store_key, sha256)"
            " VALUES (?, ?, ?, ?, ?)",
            [upload_id, one.first_byte, one.size_bytes, one.store_key, one.sha256],
            connection,
        )
    return True


async def note_taken_in(connection: Connection, upload_id: str, collective_file_id: str) -> None:
    """The upload became this file: its stretches are nobody's any more, and its row answers a repeated request."""
    await rows(
        "UPDATE resumable_upload SET collective_file_id = ? WHERE id = ?", [collective_file_id, upload_id], connection
    )
    await rows("DELETE FROM resumable_segment WHERE upload_id = ?", [upload_id], connection)


async def forget_uploads(connection: Connection, upload_ids: Sequence[str]) -> None:
    """Delete uploads with their stretches."""
    await rows(f"DELETE FROM resumable_segment WHERE upload_id IN {a_list(len(upload_ids))}", upload_ids, connection)
    await rows(f"DELETE FROM resumable_upload WHERE id IN {a_list(len(upload_ids))}", upload_ids, connection)


async def expired_uploads(moment: datetime, *, most: int) -> list[str]:
    """Ids of uploads that expired by *moment*, the oldest first."""
    found = await rows(
        "SELECT id FROM resumable_upload WHERE expires_at <= ? ORDER BY expires_at, id LIMIT ?", [moment, most]
    )
    return [row["id"] for row in found]


async def segment_keys_in_use(keys: Iterable[str]) -> frozenset[str]:
    """Those of *keys* of the file store that belong to an upload."""
    wanted = list(keys)
    if not wanted:
        return frozenset()
    found = await rows(f"SELECT store_key FROM resumable_segment WHERE store_key IN {a_list(len(wanted))}", wanted)
    return frozenset(row["store_key"] for row in found)
