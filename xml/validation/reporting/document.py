"""The report as a document: what was checked, when and against what, besides what checking found.

Made the same way by `mandaat check` and by a server; what only a server knows is none in the first.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.findings import Finding, PartSummary, Place, Report, StageState
from domain.months import BRUSSELS
from domain.vocabulary import Language, PartOutcome, Severity
from validation.reporting.described import DescribedFinding, described
from validation.reporting.layers import layer_of
from validation.schema.identity import SchemaFacts, schema_facts
from validation.stages import Stage

REPORT_FORMAT = 1
"""Goes up when something is renamed or taken away, and not when something is added."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The checked file itself. Encodings: what its XML declaration says, and what its first bytes are; none unknown."""

    name: str
    size_bytes: int
    sha256: str
    declared_encoding: str | None = None
    detected_encoding: str | None = None
    has_byte_order_mark: bool = False


@dataclass(frozen=True, slots=True)
class PartTold:
    """One part (promotor × convention × month) as a report tells of it; amounts as `domain.performance.Totals`.

    *replaces*, *place* and *full_time_equivalents_ten_thousandths* are none where they are not kept.
    """

    number: int
    promotor: str
    convention: str
    month: str
    programme: str
    reference: str | None
    delivery_status: str
    outcome: str
    blocking: int
    warnings: int
    employees: int
    lines: int
    hours_hundredths: int
    days_tenths: int
    full_time_equivalents_ten_thousandths: int | None = None
    replaces: str | None = None
    place: Place | None = None

    @property
    def is_read(self) -> bool:
        """Whether its amounts are known: of a part that breaks the schema nothing is counted."""
        return self.lines > 0 or self.outcome != PartOutcome.NOT_LOADED


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """*state* is what became of the file on a server, which also knows when it came in and when it had its outcome.

    *schema_sha256* is that of the schema by which it was checked, when that may be another than the one of today.
    """

    report: Report
    file: FileFacts
    checked_at: datetime
    parts: tuple[PartTold, ...]
    state: str | None = None
    schema_sha256: str | None = None
    received_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def schema(self) -> SchemaFacts:
        """The schema of this installation, with the SHA-256 of the text by which the file was checked."""
        today = schema_facts()
        return today if self.schema_sha256 is None else replace(today, sha256=self.schema_sha256)

    @property
    def stage_reached(self) -> str | None:
        """The last stage that was done; those before it are done too, but for one that was skipped."""
        done = [stage.name for stage in self.report.stages if stage.state is StageState.DONE]
        return done[-1] if done else None

    @property
    def seconds(self) -> float:
        """Processor seconds of all stages in all processes: what checking cost, not how long anybody waited."""
        return round(sum(stage.seconds for stage in self.report.stages), 6)

    @property
    def finding_count(self) -> int:
        """All findings, those beyond the cap on details too."""
        return sum(count.count for count in self.report.counts)

    def counts_by_severity(self) -> Mapping[Severity, int]:
        """Exact, heaviest first; a severity that nothing has counts 0."""
        counts = Counter[Severity]()
        for count in self.report.counts:
            counts[count.severity] += count.count
        return {severity: counts[severity] for severity in Severity}

    def counts_by_layer(self) -> Mapping[Stage, int]:
        """Exact, in the order of the stages."""
        counts = Counter[Stage]()
        for count in self.report.counts:
            counts[layer_of(count.code)] += count.count
        return {stage: counts[stage] for stage in Stage}

    def capped(self) -> Mapping[str, int]:
        """By code, the exact number of findings of each code of which not all details are kept."""
        kept = Counter(finding.code for finding in self.report.findings)
        exact = Counter[str]()
        for count in self.report.counts:
            exact[count.code] += count.count
        return {code: count for code, count in exact.items() if count > kept[code]}

    def findings(self) -> tuple[Finding, ...]:
        """In the order of the file: by byte offset, then by part and code; findings about no place last."""
        return tuple(sorted(self.report.findings, key=_order))

    def described(self, language: Language) -> tuple[DescribedFinding, ...]:
        """All findings in full, in the order of the file."""
        parts_at = self.parts_at()
        return tuple(described(finding, language, parts_at) for finding in self.findings())

    def parts_at(self) -> Mapping[int, str]:
        """By number of a part, its path, as far as known."""
        return {part.number: part.place.path for part in self.parts if part.place is not None}


def part_told(part: PartSummary) -> PartTold:
    """A part as checking leaves it."""
    totals = part.totals
    return PartTold(
        number=part.number,
        promotor=part.promotor,
        convention=part.convention,
        month=str(part.month),
        programme=part.programme,
        reference=part.reference,
        delivery_status=part.delivery_status,
        outcome=part.outcome,
        blocking=part.blocking,
        warnings=part.warnings,
        employees=totals.employees,
        lines=totals.lines,
        hours_hundredths=totals.hours_hundredths,
        days_tenths=totals.days_tenths,
        full_time_equivalents_ten_thousandths=totals.full_time_equivalents_ten_thousandths,
        replaces=part.replaces,
        place=part.place,
    )


def in_brussels(moment: datetime | None) -> str | None:
    """As the forms for programs spell a moment: to the second, with the offset of Brussels."""
    return None if moment is None else moment.astimezone(BRUSSELS).isoformat(timespec="seconds")


def _order(finding: Finding) -> tuple[bool, int, int, str, str, str]:
    place = finding.place
    return (
        place is None,
        place.byte_offset if place else 0,
        finding.part or 0,
        finding.code,
        finding.value or "",
        finding.expected or "",
    )
