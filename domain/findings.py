"""What checking says: findings, and the report that holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.months import Month
from domain.performance import Totals
from domain.vocabulary import DeliveryStatus, PartOutcome, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: *line* and *column* count from 1, *byte_offset* from 0, *path* is an XPath with names."""

    line: int
    column: int
    byte_offset: int
    path: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark, for the person who must mend the file.

    *code* is the number of the rule (`N-401`) or of the schema facet (`XSD.enumeration`); message and advice in four
    languages stand in the catalogue under it and are filled with *values*. *part* is the ordinal of the part in its
    file, from 1, none for the file itself. *value* is what was found, cut and masked; *expected* what would be right.
    *convention*, *month*, *employee* (masked) and *line_number* are the business path. No personal data anywhere.
    """

    code: str
    severity: Severity
    place: Place | None = None
    part: int | None = None
    promotor: str | None = None
    convention: str | None = None
    month: str | None = None
    employee: str | None = None
    line_number: int | None = None
    value: str | None = None
    expected: str | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])


class StageState(StrEnum):
    """SKIPPED: not part of this run, or an earlier stage ended it. FAILED: it should have run and could not."""

    DONE = "DONE"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class StageResult:
    name: str
    state: StageState
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FindingCount:
    """Exact number of findings of one code, also beyond the cap on details."""

    code: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a collective file says of itself (Hoofding)."""

    reference: str
    environment: str
    created_at: str
    sender: str
    schema_version: str
    software: str | None


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One part of a collective file: promotor × convention × month (Prestatiestaat).

    *replaces* is the `version.revision` that a replacement names, none when it names none.
    """

    number: int
    promotor: str
    convention: str
    month: Month
    programme: str
    reference: str | None
    delivery_status: DeliveryStatus
    replaces: str | None
    place: Place
    totals: Totals
    blocking: int
    warnings: int
    outcome: PartOutcome


@dataclass(frozen=True, slots=True)
class Slices:
    """In how many slices a file was read, and how many of them the fast path left to a parser."""

    read: int
    missed: int


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run of checks, over a collective file or over one revision of a performance file.

    *findings* are in the order of the file and hold at most the cap of details for each code (*is_capped* says whether
    it was reached); *counts* are exact. A stage that did not run is named, so that no findings never means not checked.
    *slices* is none where it is not kept.
    """

    verdict: Verdict
    stages: tuple[StageResult, ...]
    counts: tuple[FindingCount, ...]
    findings: tuple[Finding, ...]
    is_capped: bool
    rule_set: str
    header: Header | None = None
    parts: Sequence[PartSummary] = ()
    slices: Slices | None = None


def verdict_of(stages: tuple[StageResult, ...], counts: tuple[FindingCount, ...]) -> Verdict:
    """VALID only when every stage is done and nothing is blocking."""
    if any(count.severity in (Severity.FILE, Severity.BLOCKING) for count in counts):
        return Verdict.INVALID
    if all(stage.state is StageState.DONE for stage in stages):
        return Verdict.VALID
    return Verdict.NOT_FULLY_CHECKED
