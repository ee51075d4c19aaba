"""Reports on collective files, and the parts of those files; reached by way of a file that is in sight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.findings import Finding
from domain.vocabulary import PartOutcome, Severity
from persistence.bulk_reading import findings_of
from persistence.database import rows
from persistence.models import CollectiveFilePartRow, ReportRow
from persistence.pages import Page, PageRequest
from persistence.pages_of_each import Listing, pages_of_each
from persistence.placeholders import a_list


@dataclass(frozen=True, slots=True)
class FindingsWanted:
    """What the findings of a report are narrowed to; none means all."""

    part: int | None = None
    severity: Severity | None = None
    code: str | None = None

    def condition(self) -> tuple[str, list[object]]:
        """SQL over `finding f` that follows a condition, with its values."""
        wanted = {"part": self.part, "severity": self.severity and self.severity.value, "code": self.code}
        given = {column: value for column, value in wanted.items() if value is not None}
        return "".join(f" AND f.{column} = ?" for column in given), list(given.values())


async def reports_by_id(report_ids: Sequence[int]) -> Mapping[int, ReportRow]:
    """Those that exist; an id comes from a row in sight that refers to it."""
    found = await rows(f"SELECT * FROM report WHERE id IN {a_list(len(report_ids))}", report_ids)
    return {row["id"]: ReportRow(**row) for row in found}


async def findings_of_reports(
    report_ids: Sequence[int], wanted: FindingsWanted, request: PageRequest
) -> Mapping[int, Page[Finding]]:
    """The same page of the findings of each report, in the order of the file; cursors are their numbers."""
    condition, values = wanted.condition()
    listing = Listing(
        columns="f.*",
        source=f"FROM finding f WHERE 1 = 1{condition} AND f.report_id = ?",
        values=values,
        key="f.finding_number",
        key_name="finding_number",
        make=findings_of,
    )
    return await pages_of_each(listing, report_ids, request)


async def count_findings(report_ids: Sequence[int], wanted: FindingsWanted) -> Mapping[int, int]:
    """How many findings each report keeps in detail; one without any is left out."""
    condition, values = wanted.condition()
    found = await rows(
        "SELECT f.report_id, COUNT(*) AS total FROM finding f"
        f" WHERE f.report_id IN {a_list(len(report_ids))}{condition} GROUP BY f.report_id",
        [*report_ids, *values],
    )
    return {row["report_id"]: int(row["total"]) for row in found}


async def parts_of_files(
    file_ids: Sequence[str], outcome: PartOutcome | None, request: PageRequest
) -> Mapping[str, Page[CollectiveFilePartRow]]:
    """The same page of the parts of each file, in the order of the file; cursors are their numbers."""
    narrowed = "" if outcome is None else "p.outcome = ? AND "
    listing = Listing(
        columns="p.*",
        source=f"FROM collective_file_part p WHERE {narrowed}p.collective_file_id = ?",
        values=[] if outcome is None else [outcome.value],
        key="p.number",
        key_name="number",
        make=lambda found: [CollectiveFilePartRow(**row) for row in found],
    )
    return await pages_of_each(listing, file_ids, request)


async def count_parts(file_ids: Sequence[str], outcome: PartOutcome | None) -> Mapping[str, int]:
    """How many parts each file has; one without any is left out."""
    narrowed = "" if outcome is None else " AND outcome = ?"
    found = await rows(
        "SELECT collective_file_id, COUNT(*) AS total FROM collective_file_part"
        f" WHERE collective_file_id IN {a_list(len(file_ids))}{narrowed} GROUP BY collective_file_id",
        [*file_ids, *([] if outcome is None else [outcome.value])],
    )
    return {row["collective_file_id"]: int(row["total"]) for row in found}


async def parts_in_order(file_id: str) -> Sequence[CollectiveFilePartRow]:
    """All parts of a file, for a report that is downloaded whole."""
    found = await rows("SELECT * FROM collective_file_part WHERE collective_file_id = ? ORDER BY number", [file_id])
    return [CollectiveFilePartRow(**row) for row in found]
