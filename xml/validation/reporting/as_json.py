"""A report as JSON. Its keys are a contract (docs/reports.md): they may be added to, never renamed."""

import json
from typing import Any

from domain.findings import Place
from domain.vocabulary import Language
from validation.reporting.described import DescribedFinding
from validation.reporting.document import REPORT_FORMAT, PartTold, ReportDocument, in_brussels
from validation.reporting.layers import layer_of


def report_as_json(document: ReportDocument, language: Language) -> bytes:
    """One JSON document in UTF-8, keys in a fixed order, findings in the order of the file."""
    return json.dumps(_report(document, language), ensure_ascii=False, indent=2).encode() + b"\n"


def _report(document: ReportDocument, language: Language) -> dict[str, Any]:
    report, file, schema = document.report, document.file, document.schema
    header = report.header
    return {
        "format": REPORT_FORMAT,
        "checkedAt": in_brussels(document.checked_at),
        "receivedAt": in_brussels(document.received_at),
        "finishedAt": in_brussels(document.finished_at),
        "language": language,
        "file": {
            "name": file.name,
            "sizeBytes": file.size_bytes,
            "sha256": file.sha256,
            "declaredEncoding": file.declared_encoding,
            "detectedEncoding": file.detected_encoding,
            "hasByteOrderMark": file.has_byte_order_mark,
        },
        "schema": {
            "name": schema.name,
            "namespace": schema.namespace,
            "versions": list(schema.versions),
            "sha256": schema.sha256,
        },
        "ruleSet": report.rule_set,
        "verdict": report.verdict,
        "state": document.state,
        "stageReached": document.stage_reached,
        "seconds": document.seconds,
        "stages": [{"name": stage.name, "state": stage.state, "seconds": stage.seconds} for stage in report.stages],
        "slices": report.slices and {"read": report.slices.read, "missed": report.slices.missed},
        "counts": [
            {"code": count.code, "severity": count.severity, "layer": layer_of(count.code), "count": count.count}
            for count in report.counts
        ],
        "countsBySeverity": dict(document.counts_by_severity()),
        "countsByLayer": dict(document.counts_by_layer()),
        "isCapped": report.is_capped,
        "header": header
        and {
            "reference": header.reference,
            "environment": header.environment,
            "createdAt": header.created_at,
            "sender": header.sender,
            "schemaVersion": header.schema_version,
            "software": header.software,
        },
        "parts": [_part(part) for part in document.parts],
        "findings": [_finding(described) for described in document.described(language)],
    }


def _part(part: PartTold) -> dict[str, Any]:
    return {
        "number": part.number,
        "promotor": part.promotor,
        "convention": part.convention,
        "month": part.month,
        "programme": part.programme,
        "reference": part.reference,
        "deliveryStatus": part.delivery_status,
        "replaces": part.replaces,
        "place": _place(part.place),
        "outcome": part.outcome,
        "blocking": part.blocking,
        "warnings": part.warnings,
        "totals": {
            "employees": part.employees,
            "lines": part.lines,
            "hoursHundredths": part.hours_hundredths,
            "daysTenths": part.days_tenths,
            "fullTimeEquivalentsTenThousandths": part.full_time_equivalents_ten_thousandths,
        },
    }


def _finding(described: DescribedFinding) -> dict[str, Any]:
    finding = described.finding
    return {
        "code": finding.code,
        "specKey": described.spec_key,
        "severity": finding.severity,
        "layer": described.layer,
        "message": described.message,
        "advice": described.advice,
        "hint": described.hint,
        "place": _place(finding.place),
        "firstPath": described.first_path,
        "part": finding.part,
        "promotor": finding.promotor,
        "convention": finding.convention,
        "month": finding.month,
        "employee": finding.employee,
        "lineNumber": finding.line_number,
        "field": described.field,
        "value": finding.value,
        "expected": finding.expected,
        "expectedInWords": described.expected,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"line": place.line, "column": place.column, "byteOffset": place.byte_offset, "path": place.path}
