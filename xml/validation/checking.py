"""Checking one piece of a file: its slices against the schema, then what could be read against the rules.

A function of bytes and a day, made to run in another process: it takes about a hundred milliseconds of processor time
for each megabyte and must never run in an event loop.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain.months import Month
from domain.performance import Totals
from domain.vocabulary import DeliveryStatus
from validation.checked import CheckedParts, RangeResult
from validation.collecting import DETAILS_PER_CODE, Collector
from validation.configuration import rule_settings
from validation.contexts import EmployeeContext, PartContext
from validation.crossing import Employees, EmployeesOfParts
from validation.document import Part
from validation.frame import Frame, Piece
from validation.part_columns import PartColumns, PartNumbers
from validation.placing import FaultsOfPart, PathedFinding, Tally
from validation.reading.locating import places_of
from validation.reading.part_content import PartContent
from validation.reading.part_found import PartFound
from validation.reading.pieces import Misplanned, PieceReading
from validation.reading.trees import PartHead
from validation.rule import Fault, Rule
from validation.rules import check_month_of_part, check_number, check_part
from validation.rules.plain import is_plain_number
from validation.said import said_of_employments
from validation.stages import Stage, Stopwatch, running

_NOTHING = Totals(0, 0, 0, 0, 0)


def check_piece(
    path: Path, frame: Frame, piece: Piece, *, today: date, cap: int = DETAILS_PER_CODE, keeps_rows: bool = True
) -> RangeResult:
    """Everything that can be said of *piece* by itself; *today* is the day in Brussels.

    Without *keeps_rows* the parts come back empty: who loads nothing need not wait for employees to cross over.
    Raises `FileRefused` when the file turns out not to be well-formed, `StageFailed` when a check of ours broke.
    """
    watch = Stopwatch()
    collector = Collector(cap, full=piece.told_enough)
    reading = PieceReading(piece, frame, collector=collector)
    with running(Stage.SCHEMA), path.open("rb") as file:
        try:
            reading.read(file)
        except Misplanned:
            return RangeResult(piece, is_misplanned=True, slices_missed=reading.slices_missed)
    schema_seconds = watch.lap()
    pathed: list[PathedFinding] = []
    parts = _Parts(keeps_rows=keeps_rows)
    with running(Stage.RULES):
        for found in reading.parts:
            if found.head is None:
                continue
            if not reading.is_readable(found):
                parts.add_unreadable(found, found.head)
                continue
            tally = Tally()
            if not _is_plainly_fine(found.content, found.head, today):
                pathed += _gathered(found, found.finished(found.head), today, collector, tally)
            parts.add(found, found.head, tally)
        known = {found.path: found.place for found in reading.parts}
        places = places_of(path, frame, piece, pathed, known)
        collector.findings += (finding.placed(places, piece.origin.place("/")) for finding in pathed)
    return RangeResult(
        piece,
        extent=reading.extent,
        parts=parts.finished(),
        findings=collector.in_file_order(),
        counts=dict(collector.counts),
        broken_promotors=frozenset(reading.broken_promotors),
        slices_missed=reading.slices_missed,
        unreadable_parts=sum(not reading.is_readable(found) for found in reading.parts),
        schema_seconds=schema_seconds,
        rules_seconds=watch.lap(),
    )


def _is_plainly_fine(content: PartContent, head: PartHead, today: date) -> bool:
    """Whether no rule says anything of the part, as of nearly all parts."""
    return not (
        content.unusual
        or not content.employees
        or _month_faults(head.month, head.programme, head.delivery_status, today)
        or content.has_repeated_number()
    )


def _gathered(found: PartFound, part: Part, today: date, collector: Collector, tally: Tally) -> Iterator[PathedFinding]:
    """What rules say of the part and of its unusual employees, as far as the collector has room."""
    content = found.content
    settings = rule_settings()
    of_part = FaultsOfPart(part, found.path)
    if content.employees and not content.has_repeated_number():
        month_faults = _month_faults(part.month, part.programme, part.delivery_status, today)
        yield from of_part.gather(month_faults, collector, tally)
    else:
        yield from of_part.gather(check_part(PartContext(part, settings, today)), collector, tally)
    all_said = said_of_employments().of(part, content.employees, content.unusual)
    for index, said in zip(content.unusual, all_said, strict=True):
        if not is_plain_number(content.employees[index][0]):
            context = EmployeeContext(part, part.employees[index], index, settings)
            yield from of_part.gather(check_number(context), collector, tally)
        if collector.has_enough(said.codes):
            collector.count_all(said.counts)
            tally.add(said.tally)
        else:
            yield from of_part.gather(said.of_employee(index), collector, tally)


@lru_cache(maxsize=1024)
def _month_faults(
    month: Month, programme: str, status: DeliveryStatus, today: date
) -> tuple[tuple[Rule[Any], Fault], ...]:
    """What the rules about its month say of every part like this: they look at nothing else of it."""
    part = Part(0, "", None, status, None, "", programme, month, ())
    return tuple(check_month_of_part(PartContext(part, rule_settings(), today)))


class _Parts:
    """Gathers what is told of each part of the piece that has a readable head."""

    def __init__(self, *, keeps_rows: bool) -> None:
        self._keeps_rows = keeps_rows
        self._numbers: list[PartNumbers] = []
        self._heads: list[PartHead] = []
        self._employees: list[Employees] = []

    def add(self, found: PartFound, head: PartHead, tally: Tally) -> None:
        totals = found.content.totals(head.month)
        self._heads.append(head)
        self._employees.append(tuple(found.content.employees) if self._keeps_rows else ())
        self._numbers.append(_numbers(found, totals, tally, is_readable=True))

    def add_unreadable(self, found: PartFound, head: PartHead) -> None:
        self._heads.append(head)
        self._employees.append(None)
        tally = Tally(blocking=found.faults, is_kept_out=True)
        self._numbers.append(_numbers(found, _NOTHING, tally, is_readable=False))

    def finished(self) -> CheckedParts:
        return CheckedParts(PartColumns.of(self._numbers, self._heads), EmployeesOfParts(self._employees))


def _numbers(found: PartFound, totals: Totals, tally: Tally, *, is_readable: bool) -> PartNumbers:
    place = found.place
    return PartNumbers(
        found.number,
        found.promotor,
        found.ordinal,
        place.line,
        place.column,
        place.byte_offset,
        totals.employees,
        totals.lines,
        totals.hours_hundredths,
        totals.days_tenths,
        totals.full_time_equivalents_ten_thousandths,
        tally.blocking,
        tally.warnings,
        tally.is_kept_out,
        is_readable,
    )
