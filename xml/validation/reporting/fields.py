"""The values of a report under the names that programs read, once for every form that programs read.

JSON and XML differ in where they put a thing, never in what it is called or says.
"""

from collections.abc import Mapping

from domain.findings import FindingCount, Header, Place, StageResult
from validation.reporting.described import DescribedFinding
from validation.reporting.document import FileFacts, PartTold
from validation.reporting.layers import layer_of
from validation.schema.identity import SchemaFacts

Fields = Mapping[str, object]
"""In the order in which they are written; none where something is not known."""


def file_fields(file: FileFacts) -> Fields:
    return {
        "name": file.name,
        "sizeBytes": file.size_bytes,
        "sha256": file.sha256,
        "declaredEncoding": file.declared_encoding,
        "detectedEncoding": file.detected_encoding,
        "hasByteOrderMark": file.has_byte_order_mark,
    }


def schema_fields(schema: SchemaFacts) -> Fields:
    return {
        "name": schema.name,
        "namespace": schema.namespace,
        "versions": schema.versions,
        "sha256": schema.sha256,
    }


def header_fields(header: Header) -> Fields:
    return {
        "reference": header.reference,
        "environment": header.environment,
        "createdAt": header.created_at,
        "sender": header.sender,
        "schemaVersion": header.schema_version,
        "software": header.software,
    }


def stage_fields(stage: StageResult) -> Fields:
    return {"name": stage.name, "state": stage.state, "seconds": stage.seconds}


def count_fields(count: FindingCount) -> Fields:
    return {"code": count.code, "severity": count.severity, "layer": layer_of(count.code), "count": count.count}


def place_fields(place: Place) -> Fields:
    return {"line": place.line, "column": place.column, "byteOffset": place.byte_offset, "path": place.path}


def part_fields(part: PartTold) -> Fields:
    """What a part is; its place follows, then `outcome_fields` and `total_fields`."""
    return {
        "number": part.number,
        "promotor": part.promotor,
        "convention": part.convention,
        "month": part.month,
        "programme": part.programme,
        "reference": part.reference,
        "deliveryStatus": part.delivery_status,
        "replaces": part.replaces,
    }


def outcome_fields(part: PartTold) -> Fields:
    return {"outcome": part.outcome, "blocking": part.blocking, "warnings": part.warnings}


def total_fields(part: PartTold) -> Fields:
    return {
        "employees": part.employees,
        "lines": part.lines,
        "hoursHundredths": part.hours_hundredths,
        "daysTenths": part.days_tenths,
        "fullTimeEquivalentsTenThousandths": part.full_time_equivalents_ten_thousandths,
    }


def finding_fields(described: DescribedFinding) -> Fields:
    """What is wrong; its sentences and its place follow, then `subject_fields`."""
    finding = described.finding
    return {
        "code": finding.code,
        "specKey": described.spec_key,
        "severity": finding.severity,
        "layer": described.layer,
    }


def sentence_fields(described: DescribedFinding) -> Mapping[str, str | None]:
    return {"message": described.message, "advice": described.advice, "hint": described.hint}


def subject_fields(described: DescribedFinding) -> Fields:
    """What a finding is about, and what was found and expected there."""
    finding = described.finding
    return {
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
