"""What is known of a file while its pieces come in, and the report that follows from it.

Memory is bounded by the limits on what a file may hold: a row of columns for each part, and findings up to the cap.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from domain.findings import Finding, Header, Report, Slices, verdict_of
from domain.vocabulary import Severity
from validation.broken_off import BrokenOff, finding_of
from validation.checked import RangeResult
from validation.collecting import DETAILS_PER_CODE, Collector
from validation.configuration import rule_settings
from validation.contexts import FileContext
from validation.envelope import whole_file_findings
from validation.frame import Piece, Plan
from validation.parts_of_file import PartsOfFile
from validation.refusal import FileRefused
from validation.register_check import RegisterResult
from validation.stages import Stage, StageFailed, StageLog, Stopwatch, running

_LOG = logging.getLogger(__name__)


class FileCheck:
    """Gathers the results of one file, in the order of its pieces, and says the report."""

    def __init__(self, plan: Plan, *, today: date, cap: int = DETAILS_PER_CODE) -> None:
        self.today = today
        self.cap = cap
        self._plan = plan
        self._stages = StageLog()
        self._stages.done(Stage.ENVELOPE)
        self._collector = Collector(cap)
        self._parts = PartsOfFile()
        self._broken_promotors: set[int] = set()
        self._unreadable_parts = 0
        self._reached = self._registered = plan.pieces[0].origin.offset
        self._next = plan.head.body
        self.slices = Slices(0, 0)
        """So far."""

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Findings about the file itself, of the envelope for instance."""
        for finding in findings:
            self._collector.add(finding)

    def next_piece(self, piece: Piece) -> Piece:
        """*piece*, with what need not be told of it any more: the report is the same, and sooner there.

        To be asked as late as possible; results that are not in yet change nothing but the work.
        """
        return replace(piece, told_enough=self._collector.full())

    def add(self, result: RangeResult) -> None:
        """Take over what was found in the next piece, with its numbers in the file.

        Raises `ValueError` when it is not the next one.
        """
        if result.is_misplanned or result.piece.origin.offset != self._reached:
            raise ValueError("pieces are added in the order of the file, each once")
        self._reached += result.piece.length
        self._collector.merge(result.findings, result.counts.items())
        self._broken_promotors |= result.broken_promotors
        self._unreadable_parts += result.unreadable_parts
        self.slices = Slices(self.slices.read + len(result.piece.slices), self.slices.missed + result.slices_missed)
        self._parts.extend(result.parts.columns)
        self._next = result.extent.origin(self._reached)
        self._stages.took(Stage.SCHEMA, result.schema_seconds)
        self._stages.took(Stage.RULES, result.rules_seconds)

    def add_register(self, result: RegisterResult) -> None:
        """Take over what the register said of the next piece, after `add`."""
        if result.piece.origin.offset != self._registered:
            raise ValueError("pieces are added in the order of the file, each once")
        self._registered += result.piece.length
        self._collector.merge(result.findings, result.counts.items())
        for number, tally in result.tallies.items():
            self._parts.add(number, tally)
        self._stages.took(Stage.REGISTER, result.seconds)

    def follow(self, plan: Plan) -> None:
        """From here on the file is cut otherwise."""
        if plan.pieces[0].origin.offset != self._reached:
            raise ValueError("a new plan goes on where the old one ended")
        self._plan = plan

    def refuse(self, refusal: FileRefused) -> None:
        """The file turned out not to be well-formed, or beyond measure: what was found so far stays in the report."""
        self.add_findings(refusal.findings)
        self._stages.done(Stage.WELL_FORMED)

    def fail(self, failure: StageFailed) -> None:
        """A check of ours broke: the log gets the cause, and the file can never be VALID."""
        _LOG.error("validation stage failed", exc_info=failure, extra={"stage": failure.stage})
        self._stages.failed(failure.stage)

    def break_off(self, because: BrokenOff) -> None:
        """The next piece cannot be checked: the process that was at it is gone."""
        piece = next((piece for piece in self._plan.pieces if piece.origin.offset == self._reached), None)
        origin = piece.origin if piece is not None and piece.is_exact else self._next
        self.add_findings([finding_of(because, None if piece is None else origin.place("/"))])
        self._stages.failed(Stage.SCHEMA)

    def report(self) -> Report:
        """The outcome; call it once, when every piece is in or when the run ended early."""
        if self._reached == self._end():
            self._stages.done(Stage.WELL_FORMED, Stage.SCHEMA, Stage.RULES)
            if self._registered == self._reached:
                self._stages.done(Stage.REGISTER)
            self._run_whole_file()
        stages, counts = self._stages.results(), self._collector.finding_counts()
        is_refused = any(count.severity is Severity.FILE for count in counts)
        return Report(
            verdict=verdict_of(stages, counts),
            stages=stages,
            counts=counts,
            findings=self._collector.in_file_order(),
            is_capped=self._collector.is_capped,
            rule_set=rule_settings().rule_set,
            header=self._plan.head.envelope.header,
            parts=self._parts.summaries(is_refused=is_refused, broken_promotors=self._broken_promotors),
            slices=self.slices,
        )

    def _end(self) -> int:
        last = self._plan.pieces[-1]
        return last.origin.offset + last.length

    def _run_whole_file(self) -> None:
        watch = Stopwatch()
        try:
            with running(Stage.WHOLE_FILE):
                self._check_whole_file()
        except StageFailed as failure:
            self.fail(failure)
            return
        self._stages.done(Stage.WHOLE_FILE)
        self._stages.took(Stage.WHOLE_FILE, watch.lap())

    def _check_whole_file(self) -> None:
        head = self._plan.head
        context = FileContext(
            declared=head.envelope.control_totals,
            counted=self._parts.control_totals(),
            is_complete=self._unreadable_parts == 0 and not self._broken_promotors,
            size_bytes=self._plan.size_bytes,
            limits=self._plan.limits,
        )
        self.add_findings(whole_file_findings(head, context))
        self.add_findings(self._parts.add_repeats())


def report_of_refusal(refusal: FileRefused, *, header: Header | None = None) -> Report:
    """The report on a file that the gate refused: only the envelope was looked at."""
    collector = Collector()
    for finding in refusal.findings:
        collector.add(finding)
    log = StageLog()
    log.done(Stage.ENVELOPE)
    stages, counts = log.results(), collector.finding_counts()
    return Report(
        verdict=verdict_of(stages, counts),
        stages=stages,
        counts=counts,
        findings=collector.in_file_order(),
        is_capped=collector.is_capped,
        rule_set=rule_settings().rule_set,
        header=header,
    )
