"""Collective files as work: claimed under a lease, kept by heartbeats, finished only by the attempt that holds them.

The attempt number and the owner together are the fence: a worker whose lease ended cannot write any more, because a
later claim has another pair. The clock is the database's, so that the clocks of machines may differ.
Decision: `docs/decisions/0003-collective-file-is-its-own-work-item.md`.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from domain.states import CollectiveFileState
from domain.vocabulary import Mode
from persistence.database import Connection, rows
from persistence.location import Dialect
from persistence.models import CollectiveFileRow
from persistence.placeholders import a_list

RELEASED: Final = "released"
"""Stands as owner of a file that a worker gave back in good order: taking it up again is no new attempt."""

MOST_INTERRUPTIONS: Final = 50
"""After so many, each counts as an attempt: then it is the file that is too much for this database."""
INTERRUPTION_SECONDS: Final = 10
"""How long a file rests after an interruption, so that an outage is not asked again at once."""

_SMALL_BYTES: Final = 1024 * 1024
_LONG_WAIT_SECONDS: Final = 600


class GivenBack(Enum):
    """Why a worker lets a file go before it has an outcome."""

    STOPPED = auto()
    """The worker stops. No attempt; another takes it up at once."""
    INTERRUPTED = auto()
    """The database did not answer. No attempt, up to `MOST_INTERRUPTIONS`; taken up after `INTERRUPTION_SECONDS`."""
    BROKEN_OFF = auto()
    """Checking failed, which may be the file's fault: an attempt, and others go first now."""


class LeaseLost(Exception):
    """Another worker holds the file now, or it is finished: whatever this one found counts for nothing."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What every write about a claimed file names."""

    file_id: str
    attempt: int
    owner: str

    @property
    def condition(self) -> str:
        return "id = ? AND attempt = ? AND lease_owner = ? AND state = 'CHECKING'"

    @property
    def values(self) -> list[object]:
        return [self.file_id, self.attempt, self.owner]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file with the fence under which this worker holds it.

    *left_behind*: first and last of the revision numbers under which an earlier attempt may have left lines.
    """

    file: CollectiveFileRow
    fence: Fence
    left_behind: tuple[int, int] | None

    @property
    def is_loaded(self) -> bool:
        """Whether good parts become performance files; a file that is only tested never changes anything."""
        return self.file.mode is Mode.PRODUCTION and not self.file.checks_only


async def claim(connection: Connection, owner: str, lease_seconds: int) -> Claimed | None:
    """Take the file that is next, if there is work: received, or held by a worker whose lease has ended.

    First what has waited for long, then senders with the fewest files under way, small files before large ones, the
    oldest first. A file whose check broke off goes behind all others for so long as that is a wait: one that hangs
    would take a worker's time once more before anybody else has his turn. *owner* is new for each claim.
    """
    long_ago = _seconds_ago(connection, _LONG_WAIT_SECONDS)
    found = await rows(
        f"""
        UPDATE collective_file SET state = 'CHECKING', lease_owner = ?, lease_until = {_in_seconds(connection)},
          attempt = attempt + CASE WHEN lease_owner = '{RELEASED}' THEN 0 ELSE 1 END, stage = NULL, progress_bytes = 0
        WHERE id = (
          SELECT f.id FROM collective_file f
          WHERE f.state = 'RECEIVED' OR (f.state = 'CHECKING' AND f.lease_until < {_now(connection)})
          ORDER BY CASE WHEN f.state = 'CHECKING' AND f.lease_owner <> '{RELEASED}' AND f.lease_until >= {long_ago}
              THEN 1 ELSE 0 END,
            CASE WHEN f.received_at < {long_ago} THEN 0 ELSE 1 END,
            (SELECT COUNT(*) FROM collective_file other WHERE other.sender_id = f.sender_id
              AND other.state = 'CHECKING' AND other.lease_until >= {_now(connection)}),
            CASE WHEN f.size_bytes <= {_SMALL_BYTES} THEN 0 ELSE 1 END, f.id
          LIMIT 1{" FOR UPDATE OF f SKIP LOCKED" if connection.locks_rows else ""})
        RETURNING *
        """,
        [owner, lease_seconds],
        connection,
    )
    if not found:
        return None
    row = found[0]
    first, last = row["first_revision_id"], row["last_revision_id"]
    return Claimed(
        file=CollectiveFileRow(**row),
        fence=Fence(row["id"], row["attempt"], owner),
        left_behind=None if first is None else (first, last),
    )


async def heartbeat(
    connection: Connection, fence: Fence, *, stage: str | None, progress_bytes: int, lease_seconds: int
) -> None:
    """Keep the file for another lease and say how far it is; raises `LeaseLost`."""
    found = await rows(
        f"UPDATE collective_file SET lease_until = {_in_seconds(connection)}, stage = ?, progress_bytes = ?"
        f" WHERE {fence.condition} RETURNING id",
        [lease_seconds, stage, progress_bytes, *fence.values],
        connection,
    )
    if not found:
        raise LeaseLost(fence.file_id)


async def release(connection: Connection, fence: Fence, because: GivenBack) -> None:
    """Let another worker take the file up; nothing happens when the lease is lost already."""
    until, values, interruptions = _seconds_ago(connection, 1), [], 0
    owner = f"'{RELEASED}'"
    if because is GivenBack.INTERRUPTED:
        until, values, interruptions = _in_seconds(connection), [INTERRUPTION_SECONDS], 1
        owner = f"CASE WHEN interruptions < {MOST_INTERRUPTIONS} THEN '{RELEASED}' ELSE lease_owner END"
    elif because is GivenBack.BROKEN_OFF:
        owner = "lease_owner"
    await rows(
        f"UPDATE collective_file SET lease_until = {until}, lease_owner = {owner},"
        f" interruptions = interruptions + {interruptions} WHERE {fence.condition} RETURNING id",
        [*values, *fence.values],
        connection,
    )


async def note_revisions(connection: Connection, fence: Fence, first: int | None, last: int | None) -> None:
    """Remember which revision numbers this attempt loads lines under, so that they can be swept; raises `LeaseLost`."""
    found = await rows(
        f"UPDATE collective_file SET first_revision_id = ?, last_revision_id = ? WHERE {fence.condition} RETURNING id",
        [first, last, *fence.values],
        connection,
    )
    if not found:
        raise LeaseLost(fence.file_id)


async def finish(
    connection: Connection, fence: Fence, *, state: CollectiveFileState, report_id: int, stage: str | None
) -> None:
    """Give the file its one outcome; raises `LeaseLost`, and then the whole unit of work is undone.

    *stage* is kept as the reason when the file was not fully checked.
    """
    found = await rows(
        "UPDATE collective_file SET state = ?, report_id = ?, stage = ?, progress_bytes = size_bytes,"
        f" finished_at = {_now(connection)}, lease_owner = NULL, lease_until = NULL"
        f" WHERE {fence.condition} RETURNING id",
        [state.value, report_id, stage, *fence.values],
        connection,
    )
    if not found:
        raise LeaseLost(fence.file_id)


async def unswept_files() -> list[tuple[str, int, int]]:
    """Finished files whose unpublished lines may still be there: id, first and last of their revision numbers."""
    finished = [state.value for state in CollectiveFileState if state.is_final]
    found = await rows(
        f"SELECT id, first_revision_id, last_revision_id FROM collective_file WHERE state IN {a_list(len(finished))}"
        " AND first_revision_id IS NOT NULL ORDER BY id LIMIT 100",
        finished,
    )
    return [(row["id"], row["first_revision_id"], row["last_revision_id"]) for row in found]


async def note_swept(connection: Connection, file_id: str) -> None:
    await rows(
        "UPDATE collective_file SET first_revision_id = NULL, last_revision_id = NULL WHERE id = ?"
        " AND finished_at IS NOT NULL",
        [file_id],
        connection,
    )


# SQLite keeps moments as text in UTC to the microsecond, and so do these.
def _now(connection: Connection) -> str:
    if connection.dialect is Dialect.SQLITE:
        return "strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')"
    return "clock_timestamp()"


def _in_seconds(connection: Connection) -> str:
    """So many seconds, a parameter, from now."""
    if connection.dialect is Dialect.SQLITE:
        return "strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now', CAST(? AS TEXT) || ' seconds')"
    return "clock_timestamp() + CAST(? AS INTEGER) * INTERVAL '1 second'"


def _seconds_ago(connection: Connection, seconds: int) -> str:
    if connection.dialect is Dialect.SQLITE:
        return f"strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now', '-{seconds} seconds')"
    return f"clock_timestamp() - INTERVAL '{seconds} seconds'"
