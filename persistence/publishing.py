"""Publishing a checked collective file: its report, its parts, and the performance files that they become.

Everything within one unit of work and set-wise: a thousand parts take some dozen statements. The lines are there
already, under revision numbers that were reserved for this file; from the commit on they are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from uuid_utils.compat import uuid7

from domain.findings import PartSummary, Report
from domain.states import PerformanceFileState
from domain.vocabulary import Source
from persistence.bulk import Table, write_within
from persistence.database import Connection, rows
from persistence.models import CollectiveFileRow, ReportRow
from persistence.placeholders import a_list

_PARAMETERS: Final = 30_000
"""Most parameters in one statement; both engines take some more."""
_REVISIONS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Load:
    """Where a part is loaded: as the first revision of a new version, or as the next revision of the newest one.

    *revision_id* is the reserved number under which its lines are.
    """

    performance_file_id: str
    is_new_version: bool
    version: int
    revision: int
    revision_id: int


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """A part with its final outcome; *convention_id* none where the sender does not see it, *load* unless loaded."""

    summary: PartSummary
    convention_id: str | None
    load: Load | None


async def hold_conventions_still(connection: Connection, convention_ids: Iterable[str]) -> None:
    """Keep everybody else from filing under these conventions until the unit of work ends.

    Who fills in by hand shares a lock on the convention, so one of the two waits. Always in the same order.
    """
    if connection.locks_rows:
        for some in _chunks(iter(sorted(set(convention_ids)))):
            await rows(
                f"SELECT 1 FROM convention WHERE id IN {a_list(len(some))} ORDER BY id FOR NO KEY UPDATE",
                some,
                connection,
            )


async def add_report(
    connection: Connection,
    report_id: int,
    collective_file_id: str,
    report: Report,
    moment: datetime,
    *,
    schema_sha256: str,
) -> None:
    await ReportRow.create(
        using_db=connection.client,
        id=report_id,
        collective_file_id=collective_file_id,
        verdict=report.verdict,
        stages=[asdict(stage) for stage in report.stages],
        counts=[asdict(count) for count in report.counts],
        is_capped=report.is_capped,
        rule_set=report.rule_set,
        made_at=moment,
        schema_sha256=schema_sha256,
    )


async def add_parts(
    connection: Connection, file: CollectiveFileRow, parts: Sequence[PublishedPart], moment: datetime
) -> None:
    """Write *parts* and what they are loaded into; the indexes on performance files refuse what came in between.

    A file comes in stretches of parts, one after the other in the same unit of work.
    """
    loads = [(part, part.load) for part in parts if part.load is not None]
    new = [(part, load) for part, load in loads if load.is_new_version]
    await write_within(connection, _FILES, (_file(part, load, moment) for part, load in new))
    await write_within(connection, _REVISIONS, (_revision(file, one, moment) for one in loads))
    await write_within(connection, _PARTS, (_part(file, part) for part in parts))
    if loads:
        revision_ids = [load.revision_id for _, load in loads]
        await _take_over(connection, min(revision_ids), max(revision_ids))


async def _take_over(connection: Connection, first: int, last: int) -> None:
    """Make the new revisions current, and say who stands in the files now.

    Who stood in the month under the convention before keeps the place of his first filing.
    """
    await rows(
        "UPDATE performance_file SET revision = r.revision, current_revision_id = r.id, state = 'DRAFT'"
        " FROM performance_revision r WHERE r.performance_file_id = performance_file.id AND r.id BETWEEN ? AND ?"
        " AND performance_file.current_revision_id <> r.id",
        [first, last],
        connection,
    )
    for start in range(first, last + 1, _REVISIONS_AT_ONCE):
        await _say_who_stands(connection, start, min(start + _REVISIONS_AT_ONCE - 1, last))


async def _say_who_stands(connection: Connection, first: int, last: int) -> None:
    """Add who came and take away who went.

    The tables have just grown from nothing, so both engines plan blindly: every table is reached by its key, whatever
    they think of its size, and a stretch of revisions bounds what a bad plan can cost.
    """
    await rows(
        """
        INSERT INTO employee_month
          (month, insz, performance_file_id, convention_id, permille_of_full_time, filed_at)
        SELECT e.month, e.insz, e.file_id, e.convention_id,
          SUM(CASE WHEN e.weekly > 0 AND e.full_time > 0
            THEN (e.weekly * 2000 + e.full_time) / (2 * e.full_time) ELSE 0 END),
          COALESCE(
            (SELECT MIN(earlier.filed_at) FROM employee_month earlier WHERE earlier.month = e.month
              AND earlier.insz = e.insz AND earlier.convention_id = e.convention_id),
            MIN(e.made_at))
        FROM (
          SELECT DISTINCT f.month, f.id AS file_id, f.convention_id, r.made_at, l.insz, l.employer,
            l.employment_number, l.employment_begin, l.employment_end,
            l.weekly_hours_hundredths AS weekly, l.full_time_hours_hundredths AS full_time
          FROM performance_revision r
          JOIN performance_file f ON f.id = r.performance_file_id AND f.current_revision_id = r.id
          JOIN performance_line l ON l.revision_id = r.id
          WHERE r.id BETWEEN ? AND ?
        ) e
        WHERE 1 = 1
        GROUP BY e.month, e.insz, e.file_id, e.convention_id
        ON CONFLICT (month, insz, performance_file_id)
          DO UPDATE SET permille_of_full_time = excluded.permille_of_full_time
        """,
        [first, last],
        connection,
    )
    await rows(
        """
        DELETE FROM employee_month WHERE performance_file_id IN
            (SELECT f.id FROM performance_revision r
             JOIN performance_file f ON f.id = r.performance_file_id AND f.current_revision_id = r.id
             WHERE r.id BETWEEN ? AND ?)
          AND NOT EXISTS
            (SELECT 1 FROM performance_file f
             JOIN performance_line l ON l.revision_id = f.current_revision_id
             WHERE f.id = employee_month.performance_file_id AND l.insz = employee_month.insz)
        """,
        [first, last],
        connection,
    )


_FILES: Final = Table(
    "performance_file",
    ("id", "convention_id", "month", "version", "revision", "state", "current_revision_id", "created_at"),
)
_REVISION_COLUMNS: Final = (
    "id",
    "performance_file_id",
    "revision",
    "source",
    "made_by",
    "made_for",
    "made_at",
    "collective_file_id",
    "part_number",
    "programme",
    "employees",
    "lines",
    "hours_hundredths",
    "days_tenths",
    "full_time_equivalents_ten_thousandths",
    "blocking",
    "warnings",
)
_PART_COLUMNS: Final = (
    "id",
    "collective_file_id",
    "number",
    "promotor_number",
    "convention_number",
    "convention_id",
    "month",
    "programme",
    "reference",
    "delivery_status",
    "outcome",
    "employees",
    "lines",
    "hours_hundredths",
    "days_tenths",
    "blocking",
    "warnings",
    "performance_file_id",
    "revision_id",
)
_REVISIONS: Final = Table("performance_revision", _REVISION_COLUMNS)
_PARTS: Final = Table("collective_file_part", _PART_COLUMNS)


def _file(part: PublishedPart, load: Load, moment: datetime) -> tuple[Any, ...]:
    return (
        load.performance_file_id,
        part.convention_id,
        str(part.summary.month),
        load.version,
        load.revision,
        PerformanceFileState.DRAFT.value,
        load.revision_id,
        moment,
    )


def _revision(file: CollectiveFileRow, loaded: tuple[PublishedPart, Load], moment: datetime) -> tuple[Any, ...]:
    part, load = loaded
    summary, totals = part.summary, part.summary.totals
    return (
        load.revision_id,
        load.performance_file_id,
        load.revision,
        Source.COLLECTIVE_FILE.value,
        file.uploaded_by,
        file.sender_id,
        moment,
        file.id,
        summary.number,
        str(summary.programme),
        totals.employees,
        totals.lines,
        totals.hours_hundredths,
        totals.days_tenths,
        totals.full_time_equivalents_ten_thousandths,
        summary.blocking,
        summary.warnings,
    )


def _part(file: CollectiveFileRow, part: PublishedPart) -> tuple[Any, ...]:
    summary, load = part.summary, part.load
    return (
        str(uuid7()),
        file.id,
        summary.number,
        summary.promotor,
        summary.convention,
        part.convention_id,
        str(summary.month),
        str(summary.programme),
        summary.reference,
        summary.delivery_status.value,
        summary.outcome.value,
        summary.totals.employees,
        summary.totals.lines,
        summary.totals.hours_hundredths,
        summary.totals.days_tenths,
        summary.blocking,
        summary.warnings,
        None if load is None else load.performance_file_id,
        None if load is None else load.revision_id,
    )


def _chunks(items: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(items, _PARAMETERS)):
        yield some
