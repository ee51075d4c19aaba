"""The report on a collective file as a document to download: JSON, CSV, XML or a page, in one language.

The same documents as those of the offline checker; what only the database knows (the state of the file, what became of
each part) takes the place of what the checker would say. Documents hold no INSZ whole.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.findings import FindingCount, Header, Report, StageResult, StageState
from domain.vocabulary import Language, Severity
from filing.office import Office
from persistence.bulk_reading import each_finding
from persistence.file_store import StoredBytesMissing
from persistence.models import CollectiveFilePartRow, CollectiveFileRow
from persistence.reports import parts_in_order, reports_by_id
from validation.gate import HEAD_BYTES, read_head
from validation.refusal import FileRefused
from validation.reporting.as_csv import report_as_csv
from validation.reporting.as_html import report_as_html
from validation.reporting.as_json import report_as_json
from validation.reporting.as_xml import report_as_xml
from validation.reporting.document import PartTold, ReportDocument
from validation.reporting.file_facts import facts_of_head
from validation.reporting.page_of_findings import stretches_on_page


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A published report on *file*; *shows_lines*: who asks may have the lines of the file, not only what was found."""

    file: CollectiveFileRow
    document: ReportDocument
    shows_lines: bool


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """*needs_lines*: it shows the lines around each finding, when the third argument says where the file is."""

    media_type: str
    render: Callable[[ReportDocument, Language, Path | None], bytes]
    needs_lines: bool = False


async def stored_report(office: Office, file: CollectiveFileRow, *, shows_lines: bool) -> StoredReport | None:
    """The report on *file*; none while it has not been checked."""
    row: Any = file  # tortoise leaves the types of some columns open
    number: int | None = row.report_id
    if number is None:
        return None
    stored: Any = (await reports_by_id([number]))[number]
    head = await _head_of(office, file)
    report = Report(
        verdict=stored.verdict,
        stages=tuple(StageResult(one["name"], StageState(one["state"]), one["seconds"]) for one in stored.stages),
        counts=tuple(FindingCount(one["code"], Severity(one["severity"]), one["count"]) for one in stored.counts),
        findings=tuple([finding async for finding in each_finding(number)]),
        is_capped=stored.is_capped,
        rule_set=stored.rule_set,
        header=await asyncio.to_thread(_header_in, head, is_whole=row.size_bytes <= HEAD_BYTES),
    )
    document = ReportDocument(
        report=report,
        file=facts_of_head(head, name=file.file_name, size_bytes=row.size_bytes, sha256=file.sha256),
        checked_at=stored.made_at,
        parts=tuple(_part(part) for part in await parts_in_order(file.id)),
        state=file.state.value,
        schema_sha256=stored.schema_sha256,
        received_at=row.received_at,
        finished_at=row.finished_at,
    )
    return StoredReport(file, document, shows_lines)


async def written_report(office: Office, stored: StoredReport, form: DocumentForm, language: Language) -> bytes:
    """The document itself; thousands of findings take a while to write down, so never in the event loop."""
    async with AsyncExitStack() as opened:
        content: Path | None = None
        if form.needs_lines and stored.shows_lines:
            stretches = await asyncio.to_thread(stretches_on_page, stored.document.findings())
            # A report outlives the bytes of its file.
            with suppress(StoredBytesMissing):
                size_bytes = stored.document.file.size_bytes
                kept = office.store.local_excerpts(stored.file.store_key, stretches, size_bytes=size_bytes)
                content = await opened.enter_async_context(kept)
        return await asyncio.to_thread(form.render, stored.document, language, content)


async def _head_of(office: Office, file: CollectiveFileRow) -> bytes:
    """The first bytes of the file, nothing when they are gone."""
    try:
        async with aclosing(office.store.read(file.store_key, sha256=file.sha256)) as pieces:
            async for piece in pieces:
                return piece[:HEAD_BYTES]
    except StoredBytesMissing:
        return b""
    return b""


def _header_in(head: bytes, *, is_whole: bool) -> Header | None:
    try:
        return read_head(head, is_whole=is_whole).envelope.header
    except FileRefused:
        return None


def _part(part: CollectiveFilePartRow) -> PartTold:
    row: Any = part  # tortoise leaves the types of some columns open
    return PartTold(
        number=part.number,
        promotor=part.promotor_number,
        convention=part.convention_number,
        month=part.month,
        programme=part.programme.value,
        reference=row.reference,
        delivery_status=part.delivery_status.value,
        outcome=part.outcome.value,
        blocking=part.blocking,
        warnings=part.warnings,
        employees=part.employees,
        lines=part.lines,
        hours_hundredths=row.hours_hundredths,
        days_tenths=row.days_tenths,
    )


def _as_csv(document: ReportDocument, language: Language, _content: Path | None) -> bytes:
    # A byte order mark, or a spreadsheet reads UTF-8 as something else.
    return b"\xef\xbb\xbf" + report_as_csv([document], language).encode()


FORMS: Mapping[str, DocumentForm] = {
    "json": DocumentForm("application/json", lambda document, language, _: report_as_json(document, language)),
    "csv": DocumentForm("text/csv; charset=utf-8", _as_csv),
    "xml": DocumentForm("application/xml", lambda document, language, _: report_as_xml(document, language)),
    "html": DocumentForm(
        "text/html; charset=utf-8",
        lambda document, language, content: report_as_html(document, language, content=content),
        needs_lines=True,
    ),
}
