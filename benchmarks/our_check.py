"""Our own check as `contestants.py` runs it: well-formedness, schema, rules and rows, as in a process of the worker."""

from collections import deque
from concurrent.futures import Executor
from datetime import date
from pathlib import Path

from domain.vocabulary import Verdict
from persistence.packed_lines import as_rows
from validation.checked import RangeResult
from validation.cutting.planning import plan_file
from validation.file_check import FileCheck
from validation.runner import Run, check_pieces, run_in

_AHEAD = 4


def check(
    path: Path, *, today: date, processes: Executor | None = None, are_flat: bool = False, keeps_rows: bool = True
) -> tuple[bool, int]:
    """Whether the file is right, and how many rows were made; *are_flat*: a tuple for each, as SQLite takes them.

    Without *keeps_rows* they stay in the process that made them.
    """
    run: Run = map if processes is None else run_in(processes, ahead=_AHEAD)
    plan = plan_file(path)
    gathered = FileCheck(plan, today=today)
    rows = 0
    for result in check_pieces(path, plan, gathered, run=run, keeps_rows=keeps_rows):
        gathered.add(result)
        rows += _flat_rows(result) if are_flat else sum(result.parts.columns.column("lines"))
    return gathered.report().verdict is not Verdict.INVALID, rows


def _flat_rows(result: RangeResult) -> int:
    rows = deque(enumerate(as_rows((part.number, part.employments()) for part in result.parts), 1), maxlen=1)
    return rows[0][0] if rows else 0
