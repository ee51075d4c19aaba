"""Writing performance files: versions, immutable revisions with their lines, test results and steps of state.

Everything happens within the unit of work of the caller, who has checked rights and state.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from uuid_utils.compat import uuid7

from domain.findings import Report
from domain.months import Month
from domain.performance import PerformanceLine, Totals
from domain.states import PerformanceFileState
from domain.vocabulary import Programme, Severity, Source
from persistence.bulk import EmployeeMonth, write_employee_months, write_findings, write_lines
from persistence.database import Connection, as_moment, rows
from persistence.models import PerformanceFileRow, PerformanceRevisionRow, ReportRow
from persistence.number_series import reserve
from persistence.performance_files import PerformanceFile
from persistence.sweeping import forget_employee_months

REVISIONS: Final = "performance_revision"
REPORTS: Final = "report"


@dataclass(frozen=True, slots=True)
class LinesByHand:
    """A full set of lines that a person gave for an organisation.

    *shares*: for each INSZ among them, how much of a full-time job in thousandths.
    """

    programme: Programme
    lines: Sequence[PerformanceLine]
    totals: Totals
    shares: Sequence[tuple[str, int]]
    made_by: str
    made_for: str
    made_at: datetime


async def add_version(connection: Connection, convention_id: str, month: Month, version: int, made: LinesByHand) -> str:
    """A new version in DRAFT with its first revision; answers its id.

    The indexes `performance_file_version` and `performance_file_one_open` refuse a second one.
    """
    file_id = str(uuid7())
    revision_id = await reserve(connection, REVISIONS, 1)
    await PerformanceFileRow.create(
        using_db=connection.client,
        id=file_id,
        convention_id=convention_id,
        month=str(month),
        version=version,
        revision=1,
        state=PerformanceFileState.DRAFT,
        current_revision_id=revision_id,
        created_at=made.made_at,
    )
    await _write_revision(connection, revision_id, file_id, 1, made)
    await _replace_employee_months(connection, file_id, convention_id, month, made)
    return file_id


async def add_revision(connection: Connection, file: PerformanceFile, made: LinesByHand) -> None:
    """Make *made* the current revision of *file*, in DRAFT; earlier revisions stay as they are."""
    revision = file.revision + 1
    revision_id = await reserve(connection, REVISIONS, 1)
    await _write_revision(connection, revision_id, file.id, revision, made)
    await rows(
        "UPDATE performance_file SET revision = ?, current_revision_id = ?, state = 'DRAFT' WHERE id = ?",
        [revision, revision_id, file.id],
        connection,
    )
    await _replace_employee_months(connection, file.id, file.convention_id, file.month, made)


async def save_test(
    connection: Connection, file: PerformanceFile, report: Report, state: PerformanceFileState, by: str, at: datetime
) -> None:
    """Bind a test result to the current revision of *file* and move it to *state*."""
    counted = dict.fromkeys(Severity, 0)
    for count in report.counts:
        counted[count.severity] += count.count
    report_id = await reserve(connection, REPORTS, 1)
    await ReportRow.create(
        using_db=connection.client,
        id=report_id,
        revision_id=file.current.id,
        verdict=report.verdict,
        stages=[asdict(stage) for stage in report.stages],
        counts=[asdict(count) for count in report.counts],
        is_capped=report.is_capped,
        rule_set=report.rule_set,
        made_at=at,
    )
    await write_findings(report_id, report.findings, within=connection)
    await rows(
        "UPDATE performance_revision SET report_id = ?, blocking = ?, warnings = ?, tested_at = ?, tested_by = ?"
        " WHERE id = ?",
        [report_id, counted[Severity.BLOCKING], counted[Severity.WARNING], at, by, file.current.id],
        connection,
    )
    await rows("UPDATE performance_file SET state = ? WHERE id = ?", [state.value, file.id], connection)


async def save_submission(connection: Connection, file_id: str, by: str, organisation_id: str, at: datetime) -> None:
    """SUBMITTED, by a person for an organisation; what became of an earlier submission is history then."""
    await rows(
        "UPDATE performance_file SET state = 'SUBMITTED', submitted_by = ?, submitted_for = ?, submitted_at = ?,"
        " withdrawn_by = NULL, withdrawn_at = NULL, decided_by = NULL, decided_at = NULL, decision_reason = NULL"
        " WHERE id = ?",
        [by, organisation_id, at, file_id],
        connection,
    )


async def save_withdrawal(connection: Connection, file_id: str, by: str, at: datetime) -> None:
    await rows(
        "UPDATE performance_file SET state = 'WITHDRAWN', withdrawn_by = ?, withdrawn_at = ? WHERE id = ?",
        [by, at, file_id],
        connection,
    )


async def save_decision(
    connection: Connection, file_id: str, state: PerformanceFileState, by: str, reason: str | None, at: datetime
) -> None:
    """ACCEPTED or REFUSED, as *state* says."""
    await rows(
        "UPDATE performance_file SET state = ?, decided_by = ?, decided_at = ?, decision_reason = ? WHERE id = ?",
        [state.value, by, at, reason, file_id],
        connection,
    )


async def tested_revision(connection: Connection, file_id: str) -> int | None:
    """The newest revision that was tested; none when no revision was."""
    found = await rows(
        "SELECT MAX(revision) AS revision FROM performance_revision"
        " WHERE performance_file_id = ? AND tested_at IS NOT NULL",
        [file_id],
        connection,
    )
    return found[0]["revision"]


async def _write_revision(
    connection: Connection, revision_id: int, file_id: str, revision: int, made: LinesByHand
) -> None:
    totals = made.totals
    await PerformanceRevisionRow.create(
        using_db=connection.client,
        id=revision_id,
        performance_file_id=file_id,
        revision=revision,
        source=Source.BY_HAND,
        made_by=made.made_by,
        made_for=made.made_for,
        made_at=made.made_at,
        programme=made.programme,
        employees=totals.employees,
        lines=totals.lines,
        hours_hundredths=totals.hours_hundredths,
        days_tenths=totals.days_tenths,
        full_time_equivalents_ten_thousandths=totals.full_time_equivalents_ten_thousandths,
        blocking=0,
        warnings=0,
    )
    await write_lines(((revision_id, line) for line in made.lines), within=connection)


async def _replace_employee_months(
    connection: Connection, file_id: str, convention_id: str, month: Month, made: LinesByHand
) -> None:
    """Who stands in the file now; someone who stood in this month already keeps the place of his first filing."""
    found = await rows(
        "SELECT insz, MIN(filed_at) AS filed_at FROM employee_month WHERE convention_id = ? AND month = ?"
        " GROUP BY insz",
        [convention_id, str(month)],
        connection,
    )
    filed = {row["insz"]: as_moment(row["filed_at"]) for row in found}
    await forget_employee_months(connection, [file_id])
    await write_employee_months(
        (
            EmployeeMonth(
                month=str(month),
                insz=insz,
                performance_file_id=file_id,
                convention_id=convention_id,
                permille_of_full_time=permille,
                filed_at=filed.get(insz, made.made_at),
            )
            for insz, permille in made.shares
        ),
        within=connection,
    )
