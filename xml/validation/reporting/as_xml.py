"""A report as XML, by a schema of its own: `schemas/report-1.xsd`, which is the contract."""

from typing import cast

from lxml import etree

from domain.findings import Place
from domain.vocabulary import Language
from validation.reporting.described import DescribedFinding
from validation.reporting.document import REPORT_FORMAT, ReportDocument, in_brussels
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
from validation.schema.diagnosis import Element

REPORT_NAMESPACE = "urn:x-mandaat:report:1"
REPORT_SCHEMA_FILE = "report-1.xsd"


def report_as_xml(document: ReportDocument, language: Language) -> bytes:
    """One document in UTF-8; what is not known has no attribute."""
    report = document.report
    root = etree.Element(f"{{{REPORT_NAMESPACE}}}Report", nsmap={None: REPORT_NAMESPACE})
    _describe(
        root,
        {
            "format": REPORT_FORMAT,
            "checkedAt": in_brussels(document.checked_at),
            "receivedAt": in_brussels(document.received_at),
            "finishedAt": in_brussels(document.finished_at),
            "language": language,
            "ruleSet": report.rule_set,
            "verdict": report.verdict,
            "state": document.state,
            "stageReached": document.stage_reached,
            "seconds": document.seconds,
            "isCapped": report.is_capped,
        },
    )
    _add(root, "File", file_fields(document.file))
    _add(root, "Schema", schema_fields(document.schema))
    if report.header is not None:
        _add(root, "Header", header_fields(report.header))
    for stage in report.stages:
        _add(root, "Stage", stage_fields(stage))
    for count in report.counts:
        _add(root, "Count", count_fields(count))
    for part in document.parts:
        _add(root, "Part", {**part_fields(part), **_place(part.place), **outcome_fields(part), **total_fields(part)})
    for described in document.described(language):
        _add_finding(root, described)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add_finding(root: Element, described: DescribedFinding) -> None:
    place = _place(described.finding.place)
    element = _add(root, "Finding", {**finding_fields(described), **place, **subject_fields(described)})
    for name, sentence in sentence_fields(described).items():
        if sentence is not None:
            _add(element, name.capitalize(), {}).text = sentence


def _place(place: Place | None) -> Fields:
    return {} if place is None else place_fields(place)


def _add(parent: Element, name: str, fields: Fields) -> Element:
    element = etree.SubElement(parent, f"{{{REPORT_NAMESPACE}}}{name}")
    _describe(element, fields)
    return element


def _describe(element: Element, fields: Fields) -> None:
    for name, value in fields.items():
        if value is not None:
            element.set(name, _spelled(value))


def _spelled(value: object) -> str:
    """As the types of XML Schema spell it: a list with spaces, a number of seconds never with an exponent."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6f}"
        case tuple():
            return " ".join(cast("tuple[str, ...]", value))
        case _:
            return str(value)
