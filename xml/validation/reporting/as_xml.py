"""A report as XML, by a schema of its own: `schemas/report-1.xsd`, which is the contract."""

from collections.abc import Mapping

from lxml import etree

from domain.vocabulary import Language
from validation.reporting.described import DescribedFinding
from validation.reporting.document import REPORT_FORMAT, PartTold, ReportDocument, in_brussels
from validation.reporting.layers import layer_of
from validation.schema.diagnosis import Element

REPORT_NAMESPACE = "urn:x-mandaat:report:1"
REPORT_SCHEMA_FILE = "report-1.xsd"


def report_as_xml(document: ReportDocument, language: Language) -> bytes:
    """One document in UTF-8; what is not known has no attribute."""
    report, file, schema, header = document.report, document.file, document.schema, document.report.header
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
            "seconds": f"{document.seconds:.6f}",
            "isCapped": _truth(report.is_capped),
        },
    )
    _add(
        root,
        "File",
        {
            "name": file.name,
            "sizeBytes": file.size_bytes,
            "sha256": file.sha256,
            "declaredEncoding": file.declared_encoding,
            "detectedEncoding": file.detected_encoding,
            "hasByteOrderMark": _truth(file.has_byte_order_mark),
        },
    )
    _add(
        root,
        "Schema",
        {
            "name": schema.name,
            "namespace": schema.namespace,
            "versions": " ".join(schema.versions),
            "sha256": schema.sha256,
        },
    )
    if header is not None:
        _add(
            root,
            "Header",
            {
                "reference": header.reference,
                "environment": header.environment,
                "createdAt": header.created_at,
                "sender": header.sender,
                "schemaVersion": header.schema_version,
                "software": header.software,
            },
        )
    for stage in report.stages:
        _add(root, "Stage", {"name": stage.name, "state": stage.state, "seconds": f"{stage.seconds:.6f}"})
    for count in report.counts:
        layer = layer_of(count.code)
        _add(root, "Count", {"code": count.code, "severity": count.severity, "layer": layer, "count": count.count})
    for part in document.parts:
        _add(root, "Part", _part(part))
    for described in document.described(language):
        _add_finding(root, described)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _part(part: PartTold) -> Mapping[str, object]:
    return {
        "number": part.number,
        "promotor": part.promotor,
        "convention": part.convention,
        "month": part.month,
        "programme": part.programme,
        "reference": part.reference,
        "deliveryStatus": part.delivery_status,
        "replaces": part.replaces,
        "line": part.place and part.place.line,
        "column": part.place and part.place.column,
        "byteOffset": part.place and part.place.byte_offset,
        "path": part.place and part.place.path,
        "outcome": part.outcome,
        "blocking": part.blocking,
        "warnings": part.warnings,
        "employees": part.employees,
        "lines": part.lines,
        "hoursHundredths": part.hours_hundredths,
        "daysTenths": part.days_tenths,
        "fullTimeEquivalentsTenThousandths": part.full_time_equivalents_ten_thousandths,
    }


def _add_finding(root: Element, described: DescribedFinding) -> None:
    finding, place = described.finding, described.finding.place
    attributes: dict[str, object] = {
        "code": finding.code,
        "specKey": described.spec_key,
        "severity": finding.severity,
        "layer": described.layer,
        "line": place and place.line,
        "column": place and place.column,
        "byteOffset": place and place.byte_offset,
        "path": place and place.path,
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
    finding_element = _add(root, "Finding", attributes)
    for name, sentence in (("Message", described.message), ("Advice", described.advice), ("Hint", described.hint)):
        if sentence is not None:
            _add(finding_element, name, {}).text = sentence


def _add(parent: Element, name: str, attributes: Mapping[str, object]) -> Element:
    element = etree.SubElement(parent, f"{{{REPORT_NAMESPACE}}}{name}")
    _describe(element, attributes)
    return element


def _describe(element: Element, attributes: Mapping[str, object]) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))


def _truth(value: bool) -> str:  # noqa: FBT001 -- the whole subject
    return "true" if value else "false"
