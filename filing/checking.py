"""Checking a collective file that a worker has claimed: piece by piece, beside what the department knows, to a report.

The work on bytes runs in other processes (*elsewhere*); here results are gathered in the order of the file, the
register is asked a piece at a time, and lines of good parts go to the database under revision numbers that nobody reads
until the file is published.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from domain.caller import Caller
from domain.findings import Finding, Report, Slices
from domain.months import day_in_brussels
from domain.states import CollectiveFileState
from domain.vocabulary import DeliveryStatus, PartOutcome, Verdict
from filing.broken_off import CheckBrokeOff
from filing.earlier_in_file import EarlierInFile
from filing.facts import known_of_parts
from filing.office import Office
from filing.phases import Phase, Phases
from filing.publishing import Unfinished, conclude, publish, state_after
from persistence.collective_files import sender_of
from persistence.database import Connection
from persistence.file_store import StoredBytesChanged, StoredBytesMissing
from persistence.line_writer import LineWriter
from persistence.models import CollectiveFileRow
from persistence.number_series import reserve
from persistence.packed_lines import PackedRevision
from persistence.performance_file_writing import REVISIONS
from persistence.standing import position_of
from persistence.sweeping import sweep_lines
from persistence.unit_of_work import unit_of_work
from persistence.work import Claimed, LeaseLost, note_revisions, note_swept
from validation.broken_off import BrokenOff
from validation.checked import RangeResult
from validation.checking import check_piece
from validation.cutting.planning import plan_again, plan_file
from validation.envelope import envelope_findings
from validation.file_check import FileCheck, report_of_refusal
from validation.frame import Plan
from validation.numbering import Numbering
from validation.refusal import FileRefused
from validation.register_check import RegisterResult, check_register_of
from validation.stages import StageFailed

MOST_ATTEMPTS = 2
_READ_BYTES = 1024 * 1024
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Elsewhere(Protocol):
    """Calls a function in another process and answers what it answers; what it raises comes back too.

    Raises `CheckBrokeOff` when that process is gone before it answers.
    """

    async def __call__(
        self, function: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result: ...


@dataclass(slots=True)
class Progress:
    """How far a file is, for heartbeats; *is_lost* once another worker may have it.

    *phases*: what took how long. *slices*: how many were read, and how many of them by a parser.
    """

    stage: str = "checking"
    checked_bytes: int = 0
    is_lost: bool = False
    phases: Phases = field(default_factory=Phases)
    slices: Slices = field(default_factory=lambda: Slices(0, 0))

    def require_lease(self, file_id: str) -> None:
        """Raises `LeaseLost`, between two steps, when the work would be for nothing."""
        if self.is_lost:
            raise LeaseLost(file_id)


async def check_claimed_file(
    office: Office, claimed: Claimed, elsewhere: Elsewhere, progress: Progress, *, ahead: int
) -> Verdict:
    """Check the file and publish its outcome; *ahead* is how many pieces are checked at once. Answers the verdict.

    Raises `LeaseLost` when another worker has it: then nothing was published. `CheckBrokeOff` in the first attempt: the
    file can be claimed once more, and then it ends. Anything else that is raised is a fault of ours or an outage.
    """
    file = claimed.file
    if claimed.left_behind is not None:
        await sweep_lines(*claimed.left_behind)
    if file.attempt > MOST_ATTEMPTS:
        return await conclude(office, claimed.fence, file, Unfinished.WORKER_DIED, because=BrokenOff.CRASH)
    try:
        async with office.store.local_path(file.store_key, sha256=file.sha256) as path:
            await asyncio.to_thread(_require_same_bytes, path, file)
            return await _Checking(office, claimed, elsewhere, progress, path, ahead).run()
    except StoredBytesMissing:
        return await conclude(office, claimed.fence, file, Unfinished.BYTES_MISSING)
    except StoredBytesChanged:
        return await conclude(office, claimed.fence, file, Unfinished.BYTES_CHANGED)
    except CheckBrokeOff as broken:
        if file.attempt < MOST_ATTEMPTS:
            raise
        return await conclude(office, claimed.fence, file, Unfinished.WORKER_DIED, because=broken.because)


class _Misplanned(Exception):
    """Searching bytes had made something else of the file than a parser finds."""


class _Checking:
    """One attempt at one file."""

    def __init__(
        self,
        office: Office,
        claimed: Claimed,
        elsewhere: Elsewhere,
        progress: Progress,
        path: Path,
        ahead: int,
    ) -> None:
        self._office = office
        self._claimed = claimed
        self._file = claimed.file
        self._elsewhere = elsewhere
        self._progress = progress
        self._path = path
        self._ahead = ahead
        self._today = day_in_brussels(office.clock())
        self._earlier = EarlierInFile()
        self._first_revision_id: int | None = None
        self._last_revision_id: int | None = None

    async def run(self) -> Verdict:
        sender = await sender_of(self._file)
        try:
            report = await self._report(sender)
            # Publishing needs room of its own.
            self._earlier = EarlierInFile()
            self._progress.require_lease(self._file.id)
            self._progress.stage = "publishing"
            self._progress.phases.enter(Phase.PUBLISH)
            verdict = await publish(
                self._office,
                self._claimed.fence,
                self._file,
                sender,
                report,
                first_revision_id=self._first_revision_id,
            )
        except LeaseLost:
            # The next holder swept before these lines were written.
            await self._sweep()
            raise
        await self._sweep()
        return verdict

    async def _report(self, sender: Caller) -> Report:
        self._progress.phases.enter(Phase.PLAN)
        try:
            plan = await self._elsewhere(plan_file, self._path)
        except FileRefused as refusal:
            return report_of_refusal(refusal)
        try:
            return await self._checked_beside_its_own(plan, sender)
        except _Misplanned:
            # Rare spellings only. From the start, because part numbers and revision numbers belong together.
            await self._start_over()
        try:
            exact = await self._elsewhere(plan_again, self._path, plan, plan.pieces[0])
        except FileRefused as refusal:
            return report_of_refusal(refusal, header=plan.head.envelope.header)
        return await self._checked_beside_its_own(exact, sender)

    async def _checked_beside_its_own(self, plan: Plan, sender: Caller) -> Report:
        """Check the file, beside those of its own parts that count.

        A part that is not loaded takes nobody's time, and some of them show only at the end (P-304, a broken
        promotor). When people of such a part were held against a later one, all is checked again without it.
        """
        report = await self._checked(plan, sender)
        kept_out = {part.number for part in report.parts if part.outcome is PartOutcome.NOT_LOADED}
        if state_after(report) is not CollectiveFileState.PROCESSED or self._earlier.told.isdisjoint(kept_out):
            return report
        await self._start_over(kept_out=kept_out)
        return await self._checked(plan, sender)

    async def _start_over(self, *, kept_out: Collection[int] = ()) -> None:
        await self._sweep()
        self._earlier = EarlierInFile(kept_out=kept_out)

    async def _checked(self, plan: Plan, sender: Caller) -> Report:
        phases = self._progress.phases
        check = FileCheck(plan, today=self._today)
        check.add_findings(await self._envelope(plan, sender))
        if self._claimed.is_loaded:
            await self._reserve(plan)
        try:
            async with LineWriter() as lines:
                phases.enter(Phase.PIECES)
                async for result in self._pieces(plan, check):
                    self._progress.require_lease(self._file.id)
                    if result.is_misplanned:
                        raise _Misplanned
                    check.add(result)
                    self._progress.slices = check.slices
                    phases.enter(Phase.REGISTER)
                    register = await self._beside_register(plan, result, sender)
                    check.add_register(register)
                    phases.enter(Phase.LINES)
                    if self._first_revision_id is not None:
                        await lines.add(_lines(result, register, self._first_revision_id))
                    reached = result.piece.origin.offset + result.piece.length
                    self._progress.checked_bytes = min(reached, plan.size_bytes)
                    phases.enter(Phase.PIECES)
                # What was not written yet is written at the end of the block.
                phases.enter(Phase.LINES)
        except FileRefused as refusal:
            check.refuse(refusal)
        except StageFailed as failure:
            check.fail(failure)
        except CheckBrokeOff as broken:
            if self._file.attempt < MOST_ATTEMPTS:
                raise
            check.break_off(broken.because)
        return check.report()

    async def _envelope(self, plan: Plan, sender: Caller) -> tuple[Finding, ...]:
        """Looked at again: admission may have been suspended since the file came in."""
        position = await position_of(sender.user_id, sender.organisation_id, self._office.clock())
        return envelope_findings(
            plan.head,
            mode=None if self._file.checks_only else self._file.mode,
            sender=sender.enterprise_number,
            is_admitted=position is not None and position.is_admitted,
        )

    async def _reserve(self, plan: Plan) -> None:
        """A revision number for each part, noted in the row of the file before any line is written under them.

        How many parts there are shows only at the end: numbers that no part needs stay unused, as those of parts that
        are not loaded.
        """
        parts = plan.most_parts
        if parts < 1:
            return

        async def take(connection: Connection) -> int:
            first = await reserve(connection, REVISIONS, parts)
            await note_revisions(connection, self._claimed.fence, first, first + parts - 1)
            return first

        self._first_revision_id = await unit_of_work(take)
        self._last_revision_id = self._first_revision_id + parts - 1

    async def _pieces(self, plan: Plan, check: FileCheck) -> AsyncGenerator[RangeResult]:
        """Results in the order of the file, never more than so many pieces ahead of the one that is waited for."""
        numbering = Numbering(plan)
        waiting: deque[asyncio.Task[RangeResult]] = deque()
        frame = plan.head.frame
        try:
            for piece in plan.pieces:
                order = check.next_piece(piece)
                call = self._elsewhere(check_piece, self._path, frame, order, today=check.today, cap=check.cap)
                waiting.append(asyncio.ensure_future(call))
                if len(waiting) > self._ahead:
                    yield numbering.numbered(await waiting.popleft())
            while waiting:
                yield numbering.numbered(await waiting.popleft())
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _beside_register(self, plan: Plan, result: RangeResult, sender: Caller) -> RegisterResult:
        readable = [checked for checked in result.parts if checked.employees is not None]
        parts = [checked.part_without_lines() for checked in readable]
        known = await known_of_parts(self._office, sender, parts, mode=self._file.mode, earlier=self._earlier)
        facts = [(part, checked.path, known.facts[part.number]) for checked, part in zip(readable, parts, strict=True)]
        # In a thread, so that heartbeats go on; this is a worker process, nobody waits for its event loop.
        return await asyncio.to_thread(
            check_register_of, self._path, plan.head.frame, result.piece, facts, today=self._today
        )

    async def _sweep(self) -> None:
        """Take away the lines of parts that were not published."""
        self._progress.phases.enter(Phase.SWEEP)
        if self._first_revision_id is not None and self._last_revision_id is not None:
            await sweep_lines(self._first_revision_id, self._last_revision_id)
            await unit_of_work(lambda connection: note_swept(connection, self._file.id))
            self._first_revision_id = self._last_revision_id = None


def _lines(result: RangeResult, register: RegisterResult, first_revision_id: int) -> Iterator[PackedRevision]:
    """The lines of the parts that nothing keeps out so far; a deletion has none."""
    for part in result.parts:
        if part.is_kept_out or part.employees is None or register.tallies[part.number].is_kept_out:
            continue
        if part.head.delivery_status is not DeliveryStatus.DELETED:
            yield first_revision_id + part.number - 1, part.employments()


def _require_same_bytes(path: Path, file: CollectiveFileRow) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as stored:
        while piece := stored.read(_READ_BYTES):
            digest.update(piece)
    if digest.hexdigest() != file.sha256:
        raise StoredBytesChanged(file.store_key)
