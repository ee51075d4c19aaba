"""A report as JSON. Its keys are a contract (docs/reports.md): they may be added to, never renamed."""

import json

from domain.findings import Place
from domain.vocabulary import Language
from validation.reporting.described import DescribedFinding
from validation.reporting.document import REPORT_FORMAT, PartTold, ReportDocument, in_brussels
from validation.reporting.fields import (
    Fields,
    count_fields,
    file_fields,
    finding_fields,
    header_fields,
    outcome_fields,
    part_fields,
    place_fields,
    schema_fields,
    sentence_fields,
    stage_fields,
    subject_fields,
    total_fields,
)


def report_as_json(document: ReportDocument, language: Language) -> bytes:
    """One JSON document in UTF-8, keys in a fixed order, findings in the order of the file."""
    return json.dumps(_report(document, language), ensure_ascii=False, indent=2).encode() + b"\n"


def _report(document: ReportDocument, language: Language) -> Fields:
    report = document.report
    return {
        "format": REPORT_FORMAT,
        "checkedAt": in_brussels(document.checked_at),
        "receivedAt": in_brussels(document.received_at),
        "finishedAt": in_brussels(document.finished_at),
        "language": language,
        "file": file_fields(document.file),
        "schema": schema_fields(document.schema),
        "ruleSet": report.rule_set,
        "verdict": report.verdict,
        "state": document.state,
        "stageReached": document.stage_reached,
        "seconds": document.seconds,
        "stages": [stage_fields(stage) for stage in report.stages],
        "slices": report.slices and {"read": report.slices.read, "missed": report.slices.missed},
        "counts": [count_fields(count) for count in report.counts],
        "countsBySeverity": dict(document.counts_by_severity()),
        "countsByLayer": dict(document.counts_by_layer()),
        "isCapped": report.is_capped,
        "header": report.header and header_fields(report.header),
        "parts": [_part(part) for part in document.parts],
        "findings": [_finding(described) for described in document.described(language)],
    }


def _part(part: PartTold) -> Fields:
    return {**part_fields(part), "place": _place(part.place), **outcome_fields(part), "totals": total_fields(part)}


def _finding(described: DescribedFinding) -> Fields:
    return {
        **finding_fields(described),
        **sentence_fields(described),
        "place": _place(described.finding.place),
        **subject_fields(described),
    }


def _place(place: Place | None) -> Fields | None:
    return place and place_fields(place)
