"""Faults of business rules become findings: with the business path of what they are about, and its path in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.findings import Finding, Place
from domain.identifiers import mask_insz
from domain.vocabulary import Severity
from validation.collecting import Collector
from validation.document import Part, Spot
from validation.masking import shown
from validation.rule import Fault, Rule
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE


@dataclass(frozen=True, slots=True)
class PathedFinding:
    """A finding whose place is not looked up yet; *path* is where it belongs, *fallback* where the element would be."""

    finding: Finding
    path: str
    fallback: str

    @property
    def elements(self) -> tuple[str, str]:
        """Paths of the elements where it may stand, the best one first; an attribute stands where its element does."""
        return (self.path.partition("/@")[0], self.fallback)

    def placed(self, places: Mapping[str, Place], origin: Place) -> Finding:
        """With its place out of *places* (by path of an element); at *origin* when even its parent is not there."""
        element, parent = self.elements
        place = places.get(element) or places.get(parent) or origin
        if "/@" in self.path:
            place = replace(place, path=self.path)
        return replace(self.finding, place=place)


@dataclass(slots=True)
class Tally:
    """How many faults of a part block it, how many only warn; *is_kept_out*: one keeps it from being loaded."""

    blocking: int = 0
    warnings: int = 0
    is_kept_out: bool = False

    def add(self, other: "Tally") -> None:
        self.blocking += other.blocking
        self.warnings += other.warnings
        self.is_kept_out |= other.is_kept_out

    def count(self, severity: Severity, *, keeps_out: bool) -> None:
        self.blocking += severity is Severity.BLOCKING
        self.warnings += severity is Severity.WARNING
        self.is_kept_out |= keeps_out and severity is Severity.BLOCKING


class FaultsOfPart:
    """Turns the faults of one part, which stands at *path*, into findings."""

    def __init__(self, part: Part, path: str) -> None:
        self._part = part
        self._path = path
        self._lines_before: list[list[int]] | None = None

    def gather(
        self, faults: Iterable[tuple[Rule[Any], Fault]], collector: Collector, tally: Tally
    ) -> list[PathedFinding]:
        """Count *faults*; answers those for which the collector has room."""
        kept: list[PathedFinding] = []
        for rule, fault in faults:
            severity = fault.severity or rule.severity
            tally.count(severity, keeps_out=rule.keeps_out)
            if collector.wants(rule.code, severity):
                kept.append(self._pathed(rule, fault))
        return kept

    def _pathed(self, rule: Rule[Any], fault: Fault) -> PathedFinding:
        part, spot = self._part, fault.spot
        parent = self._element(spot)
        finding = Finding(
            code=rule.code,
            severity=fault.severity or rule.severity,
            part=part.number,
            promotor=part.promotor,
            convention=shown(part.convention),
            month=str(part.month),
            employee=None if spot.employee is None else mask_insz(part.employees[spot.employee].insz),
            line_number=self._line_number(spot),
            value=None if fault.value is None else shown(fault.value),
            expected=fault.expected,
            values=dict(fault.values),
        )
        return PathedFinding(finding, f"{parent}/{spot.field}" if spot.field else parent, parent)

    def _element(self, spot: Spot) -> str:
        """Ordinals of a spot count from 0, those of a path from 1."""
        path = self._path
        for name, ordinal in ((EMPLOYEE, spot.employee), (EMPLOYMENT, spot.employment), (LINE, spot.line)):
            if ordinal is None:
                break
            path = f"{path}/{name}[{ordinal + 1}]"
        return path

    def _line_number(self, spot: Spot) -> int | None:
        """The number of the line in the whole part, as its rows are numbered; none when the spot is not a line."""
        if spot.employee is None or spot.employment is None or spot.line is None:
            return None
        if self._lines_before is None:
            self._lines_before = _lines_before(self._part)
        return self._lines_before[spot.employee][spot.employment] + spot.line + 1


def _lines_before(part: Part) -> list[list[int]]:
    """By employee and employment, how many lines of the part come earlier; worked out once for all faults."""
    before: list[list[int]] = []
    total = 0
    for employee in part.employees:
        before.append([])
        for employment in employee.employments:
            before[-1].append(total)
            total += len(employment.lines)
    return before
