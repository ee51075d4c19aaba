"""The whole procedure over one file: pieces checked here or in other processes, gathered in order, reported at the end.

plan = plan_file(path)                                     the envelope, and how the file is cut
check = FileCheck(plan, today=today)
check.add_findings(envelope_findings(plan.head, ...))      on a server, which knows the sender
for result in check_pieces(path, plan, check, run=...):    well-formed, schema, rules: the long work
    check.add(result)                                      and the register, which only a server has
report = check.report()                                    control totals, repeated keys, the verdict
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from domain.findings import Report
from validation.checked import RangeResult
from validation.checking import check_piece
from validation.collecting import DETAILS_PER_CODE
from validation.cutting.planning import plan_again, plan_file
from validation.file_check import FileCheck, report_of_refusal
from validation.frame import Piece, Plan
from validation.numbering import Numbering
from validation.refusal import FileRefused
from validation.stages import Stage, StageFailed, running

Check = Callable[[Piece], RangeResult]
Run = Callable[[Check, Iterable[Piece]], Iterator[RangeResult]]
"""Calls the check for each piece and gives the results back in the order of the pieces; `map` is one."""

_PIECES_A_CALL = 4


def check_file(path: Path, *, today: date, cap: int = DETAILS_PER_CODE, run: Run = map) -> Report:
    """Check a file without a server: everything but the register, so a good file is NOT_FULLY_CHECKED.

    A fault of ours is logged and makes its stage FAILED; a bad file raises nothing. `OSError` when it cannot be read.
    """
    try:
        plan = plan_file(path)
    except FileRefused as refusal:
        return report_of_refusal(refusal)
    check = FileCheck(plan, today=today, cap=cap)
    try:
        for result in check_pieces(path, plan, check, run=run, keeps_rows=False):
            check.add(result)
    except FileRefused as refusal:
        check.refuse(refusal)
    except StageFailed as failure:
        check.fail(failure)
    return check.report()


def check_pieces(
    path: Path, plan: Plan, check: FileCheck, *, run: Run = map, keeps_rows: bool = True
) -> Iterator[RangeResult]:
    """The results of all pieces, in order and with the numbers of the file.

    Cuts the file again by a parser where searching bytes was mistaken.

    *keeps_rows*: see `check_piece`. Raises `FileRefused` when the file is not well-formed, `StageFailed` when a check
    broke; both end the run.
    """
    pieces = plan.pieces
    while pieces:
        mistaken: RangeResult | None = None
        numbering = Numbering(plan)
        call = partial(check_piece, path, plan.head.frame, today=check.today, cap=check.cap, keeps_rows=keeps_rows)
        for found in run(call, map(check.next_piece, pieces)):
            result = numbering.numbered(found)
            if result.is_misplanned:
                mistaken = result
                break
            yield result
        if mistaken is None:
            return
        with running(Stage.WELL_FORMED):
            plan = plan_again(path, plan, mistaken.piece)
        check.follow(plan)
        pieces = plan.pieces


def run_in(executor: Executor, *, ahead: int) -> Run:
    """Run in *executor* (of processes), never more than *ahead* calls before the one that is waited for.

    As long as nothing is found a call takes several pieces: a journey costs a tenth of reading one. When something is,
    each piece goes by itself, so that it knows of as much as possible what need not be told any more.
    """

    def run(check: Check, pieces: Iterable[Piece]) -> Iterator[RangeResult]:
        waiting: deque[Future[_Checked]] = deque()
        coming = iter(pieces)
        size = 1
        try:
            while some := list(islice(coming, size)):
                waiting.append(executor.submit(_check_each, check, some))
                if len(waiting) > ahead:
                    found = waiting.popleft().result()
                    yield from found.told()
                    size = 1 if any(result.counts for result in found.results) else _PIECES_A_CALL
            while waiting:
                yield from waiting.popleft().result().told()
        finally:
            for future in waiting:
                future.cancel()

    return run


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found in several pieces, and what ended them early."""

    results: Sequence[RangeResult]
    failure: Exception | None

    def told(self) -> Iterator[RangeResult]:
        yield from self.results
        if self.failure is not None:
            raise self.failure


def _check_each(check: Check, pieces: Sequence[Piece]) -> _Checked:
    found: list[RangeResult] = []
    try:
        for piece in pieces:
            found.append(check(piece))
            found[-1].parts.employees.pack()
            if found[-1].is_misplanned:
                break
    except (FileRefused, StageFailed) as failure:
        return _Checked(found, failure)
    return _Checked(found, None)
