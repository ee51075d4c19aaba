"""Who read which performance file: an index on the audit trail, by file.

The trail holds the same in the details of its entries, inside the chain; the index makes it quick to find by file, and
checking the chain compares the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from persistence.database import Connection, as_moment, rows
from persistence.pages import Page, PageRequest
from persistence.pages_of_each import Listing, pages_of_each
from persistence.placeholders import a_list

READING: Final = "performanceFileConsult"
"""The action of an audit entry that says which performance files were read; its detail `files` names them."""

_STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """One request in which a file was read; *sequence* is its audit entry."""

    sequence: int
    at: datetime
    user_id: str
    organisation_id: str


async def index_readings(connection: Connection, sequence: int, file_ids: Sequence[str]) -> None:
    """Note the files that the entry *sequence* says were read; in its transaction."""
    waiting = iter(file_ids)
    while some := list(islice(waiting, _STEP)):
        await rows(
            "INSERT INTO performance_file_read (performance_file_id, sequence) VALUES "
            + ", ".join(["(?, ?)"] * len(some)),
            [value for file_id in some for value in (file_id, sequence)],
            connection,
        )


async def pages_of_readings(file_ids: Sequence[str], request: PageRequest) -> Mapping[str, Page[Reading]]:
    """A page of who read each file, newest first."""
    listing = Listing(
        columns="r.sequence, e.at, e.user_id, e.organisation_id",
        source="FROM performance_file_read r JOIN audit_entry e ON e.sequence = r.sequence"
        " WHERE r.performance_file_id = ?",
        values=(),
        key="r.sequence",
        key_name="sequence",
        make=lambda found: [
            Reading(row["sequence"], as_moment(row["at"]), row["user_id"], row["organisation_id"]) for row in found
        ],
        newest_first=True,
    )
    return await pages_of_each(listing, file_ids, request)


async def counts_of_readings(file_ids: Sequence[str]) -> Mapping[str, int]:
    """In how many requests each file was read; one that nobody read is left out."""
    found = await rows(
        "SELECT performance_file_id, COUNT(*) AS total FROM performance_file_read"
        f" WHERE performance_file_id IN {a_list(len(file_ids))} GROUP BY performance_file_id",
        file_ids,
    )
    return {row["performance_file_id"]: int(row["total"]) for row in found}


async def indexed_between(first: int, last: int, connection: Connection | None = None) -> Mapping[int, frozenset[str]]:
    """What the index says was read in each entry from *first* to *last*, both inclusive."""
    found = await rows(
        "SELECT sequence, performance_file_id FROM performance_file_read WHERE sequence BETWEEN ? AND ?",
        [first, last],
        connection,
    )
    files: dict[int, set[str]] = {}
    for row in found:
        files.setdefault(row["sequence"], set()).add(row["performance_file_id"])
    return {sequence: frozenset(read) for sequence, read in files.items()}
