"""A report for people and for other programs: text, JSON and CSV, with the sentences of one language.

Keys of the JSON and columns of the CSV are a contract: they may be added to, never renamed. The report holds no
personal data, so neither does anything made from it.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from domain.findings import Finding, PartSummary, Place, Report
from domain.vocabulary import Language
from validation.reporting.sentences import said_of

REPORT_FORMAT = 1
CSV_COLUMNS = (
    *("severity", "code", "line", "column", "path", "part", "promotor", "convention", "month", "employee"),
    *("line_number", "value", "expected", "message", "advice"),
)
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def report_as_text(report: Report, language: Language) -> Iterator[str]:
    """Lines for a terminal: the verdict, the stages, the counts, then every finding with its place and its advice."""
    yield f"{report.verdict} · {report.rule_set}"
    yield " · ".join(f"{stage.name} {stage.state}" for stage in report.stages)
    for count in report.counts:
        yield f"{count.severity} {count.code}: {count.count}"
    for finding in report.findings:
        said = said_of(finding, language)
        yield ""
        yield f"{_where(finding.place)}{finding.severity} {finding.code}: {said.message}"
        if finding.place is not None:
            yield f"    {finding.place.path}"
        yield f"    {said.advice}"
    if report.is_capped:
        yield ""
        yield f"… {sum(count.count for count in report.counts) - len(report.findings)}"


def report_as_json(report: Report, language: Language) -> bytes:
    """One JSON document in UTF-8, keys in a fixed order."""
    document: dict[str, Any] = {
        "format": REPORT_FORMAT,
        "verdict": report.verdict,
        "ruleSet": report.rule_set,
        "language": language,
        "stages": [{"name": stage.name, "state": stage.state, "seconds": stage.seconds} for stage in report.stages],
        "counts": [{"code": count.code, "severity": count.severity, "count": count.count} for count in report.counts],
        "isCapped": report.is_capped,
        "header": None
        if report.header is None
        else {
            "reference": report.header.reference,
            "environment": report.header.environment,
            "createdAt": report.header.created_at,
            "sender": report.header.sender,
            "schemaVersion": report.header.schema_version,
            "software": report.header.software,
        },
        "parts": [_part(part) for part in report.parts],
        "findings": [_finding(finding, language) for finding in report.findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def report_as_csv(report: Report, language: Language) -> str:
    """One row a finding, in the order of the file, after a row of column names; safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for finding in report.findings:
        writer.writerow([_cell(value) for value in _row(finding, language)])
    return text.getvalue()


def _where(place: Place | None) -> str:
    return "" if place is None else f"{place.line}:{place.column}: "


def _row(finding: Finding, language: Language) -> tuple[object, ...]:
    said = said_of(finding, language)
    place = finding.place
    return (
        finding.severity,
        finding.code,
        None if place is None else place.line,
        None if place is None else place.column,
        None if place is None else place.path,
        finding.part,
        finding.promotor,
        finding.convention,
        finding.month,
        finding.employee,
        finding.line_number,
        finding.value,
        said.expected,
        said.message,
        said.advice,
    )


def _cell(value: object) -> object:
    """Text that a spreadsheet would calculate gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    said = said_of(finding, language)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": said.message,
        "advice": said.advice,
        "place": _place(finding.place),
        "part": finding.part,
        "promotor": finding.promotor,
        "convention": finding.convention,
        "month": finding.month,
        "employee": finding.employee,
        "lineNumber": finding.line_number,
        "value": finding.value,
        "expected": finding.expected,
        "expectedInWords": said.expected,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"line": place.line, "column": place.column, "byteOffset": place.byte_offset, "path": place.path}


def _part(part: PartSummary) -> dict[str, Any]:
    totals = part.totals
    return {
        "number": part.number,
        "promotor": part.promotor,
        "convention": part.convention,
        "month": str(part.month),
        "programme": part.programme,
        "reference": part.reference,
        "deliveryStatus": part.delivery_status,
        "replaces": part.replaces,
        "place": _place(part.place),
        "outcome": part.outcome,
        "blocking": part.blocking,
        "warnings": part.warnings,
        "totals": {
            "employees": totals.employees,
            "lines": totals.lines,
            "hoursHundredths": totals.hours_hundredths,
            "daysTenths": totals.days_tenths,
            "fullTimeEquivalentsTenThousandths": totals.full_time_equivalents_ten_thousandths,
        },
    }
