"""Reports as documents, made as `mandaat check` makes them, at one fixed moment."""

from datetime import UTC, datetime
from pathlib import Path

from collective_files import checked

from domain.findings import Finding, FindingCount, Report, StageResult, StageState
from domain.vocabulary import Verdict
from validation.reporting.document import FileFacts, ReportDocument, part_told
from validation.reporting.file_facts import file_facts
from validation.stages import Stage

MOMENT = datetime(2026, 11, 5, 8, tzinfo=UTC)
SAMPLES = Path(__file__).parents[1] / "samples"


def document_of(path: Path, *, cap: int = 1000) -> ReportDocument:
    report = checked(path, cap=cap)
    return ReportDocument(report, file_facts(path), MOMENT, tuple(part_told(part) for part in report.parts))


def document_with(*findings: Finding, name: str = "file.xml", is_capped: bool = False) -> ReportDocument:
    """A document with these findings, about a file that nobody has."""
    counts: dict[tuple[str, str], FindingCount] = {}
    for finding in findings:
        known = counts.get((finding.code, finding.severity))
        count = FindingCount(finding.code, finding.severity, 1 if known is None else known.count + 1)
        counts[finding.code, finding.severity] = count
    report = Report(
        verdict=Verdict.INVALID if findings else Verdict.VALID,
        stages=tuple(StageResult(stage, StageState.DONE) for stage in Stage),
        counts=tuple(counts.values()),
        findings=findings,
        is_capped=is_capped,
        rule_set="1",
    )
    return ReportDocument(report, FileFacts(name, 10, "0" * 64), MOMENT, ())
