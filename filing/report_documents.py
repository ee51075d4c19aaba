"""The report on a collective file as a document to download: JSON, CSV or XML, with the sentences of one language.

JSON and CSV are those of the offline checker; what only the database knows (what became of each part) takes the place
of what the checker would say. Documents hold no INSZ.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from domain.findings import Finding, FindingCount, Report, StageResult, StageState
from domain.vocabulary import Language, Severity
from filing.finding_sentences import said_of
from persistence.bulk_reading import each_finding
from persistence.models import CollectiveFilePartRow, CollectiveFileRow
from persistence.reports import parts_in_order, reports_by_id
from validation.reporting.rendering import report_as_csv, report_as_json

NAMESPACE = "urn:x-mandaat:report:1"


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A published report, its findings in the order of the file, and the parts with what became of them."""

    file: CollectiveFileRow
    report: Report
    parts: tuple[CollectiveFilePartRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentForm:
    media_type: str
    render: Callable[[StoredReport, Language], bytes]


async def stored_report(file: CollectiveFileRow) -> StoredReport | None:
    """The report on *file*; none while it has not been checked."""
    number: int | None = getattr(file, "report_id")  # noqa: B009 - tortoise leaves its type open
    if number is None:
        return None
    row = (await reports_by_id([number]))[number]
    report = Report(
        verdict=row.verdict,
        stages=tuple(StageResult(one["name"], StageState(one["state"]), one["seconds"]) for one in row.stages),
        counts=tuple(FindingCount(one["code"], Severity(one["severity"]), one["count"]) for one in row.counts),
        findings=tuple([finding async for finding in each_finding(number)]),
        is_capped=row.is_capped,
        rule_set=row.rule_set,
    )
    return StoredReport(file, report, tuple(await parts_in_order(file.id)))


def _as_json(stored: StoredReport, language: Language) -> bytes:
    document: dict[str, Any] = json.loads(report_as_json(stored.report, language))
    document["header"] = {
        "reference": stored.file.reference,
        "schemaVersion": stored.file.schema_version,
        "sha256": stored.file.sha256,
        "state": stored.file.state,
    }
    document["parts"] = [_part(part) for part in stored.parts]
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _as_csv(stored: StoredReport, language: Language) -> bytes:
    # A byte order mark, or a spreadsheet reads UTF-8 as something else.
    return b"\xef\xbb\xbf" + report_as_csv(stored.report, language).encode()


def _as_xml(stored: StoredReport, language: Language) -> bytes:
    text = io.StringIO()
    xml = XMLGenerator(text, encoding="UTF-8", short_empty_elements=True)
    file, report = stored.file, stored.report
    xml.startDocument()
    opening = {
        "xmlns": NAMESPACE,
        "reference": file.reference,
        "sha256": file.sha256,
        "state": file.state.value,
        "verdict": report.verdict.value,
        "ruleSet": report.rule_set,
        "language": language.value,
        "isCapped": "true" if report.is_capped else "false",
    }
    xml.startElement("Report", AttributesImpl(opening))
    for stage in report.stages:
        _element(xml, "Stage", {"name": stage.name, "state": stage.state})
    for count in report.counts:
        _element(xml, "Count", {"code": count.code, "severity": count.severity, "count": count.count})
    for part in stored.parts:
        _element(xml, "Part", _part(part))
    for finding in report.findings:
        _finding(xml, finding, language)
    xml.endElement("Report")
    xml.endDocument()
    return text.getvalue().encode()


def _finding(xml: XMLGenerator, finding: Finding, language: Language) -> None:
    place, said = finding.place, said_of(finding, language)
    attributes: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity,
        "line": place and place.line,
        "column": place and place.column,
        "byteOffset": place and place.byte_offset,
        "path": place and place.path,
        "part": finding.part,
        "promotor": finding.promotor,
        "convention": finding.convention,
        "month": finding.month,
        "employee": finding.employee,
        "lineNumber": finding.line_number,
        "value": finding.value,
        "expected": finding.expected,
    }
    xml.startElement("Finding", _given(attributes))
    for name, sentence in (("Message", said.message), ("Advice", said.advice)):
        xml.startElement(name, AttributesImpl({}))
        xml.characters(sentence)
        xml.endElement(name)
    xml.endElement("Finding")


def _element(xml: XMLGenerator, name: str, attributes: Mapping[str, object]) -> None:
    xml.startElement(name, _given(attributes))
    xml.endElement(name)


def _given(attributes: Mapping[str, object]) -> "AttributesImpl[str]":
    return AttributesImpl({name: str(value) for name, value in attributes.items() if value is not None})


def _part(part: CollectiveFilePartRow) -> dict[str, object]:
    row: Any = part  # tortoise leaves the types of some columns open
    return {
        "number": part.number,
        "promotor": part.promotor_number,
        "convention": part.convention_number,
        "month": part.month,
        "programme": part.programme.value,
        "reference": part.reference,
        "deliveryStatus": part.delivery_status.value,
        "outcome": part.outcome.value,
        "blocking": part.blocking,
        "warnings": part.warnings,
        "employees": part.employees,
        "lines": part.lines,
        "hoursHundredths": row.hours_hundredths,
        "daysTenths": row.days_tenths,
    }


FORMS: Mapping[str, DocumentForm] = {
    "json": DocumentForm("application/json", _as_json),
    "csv": DocumentForm("text/csv; charset=utf-8", _as_csv),
    "xml": DocumentForm("application/xml", _as_xml),
}
