"""Our own check as `contestants.py` runs it: well-formedness, schema, rules and rows, as in a process of the worker."""

import sys
from collections import deque
from concurrent.futures import Executor
from dataclasses import fields
from datetime import date
from pathlib import Path

from domain.vocabulary import Verdict
from persistence.packed_lines import as_rows
from validation.checked import RangeResult
from validation.configuration import Limits
from validation.cutting.planning import plan_file
from validation.file_check import FileCheck
from validation.runner import Run, check_pieces, run_in

_AHEAD = 4
_LIFTED = Limits(*[sys.maxsize] * len(fields(Limits)))
"""To see what a file costs that is larger than any that is taken."""


def check(
    path: Path,
    *,
    today: date,
    processes: Executor | None = None,
    are_limits_lifted: bool = False,
    are_flat: bool = False,
    are_unpacked: bool = False,
    keeps_rows: bool = True,
) -> tuple[bool, int]:
    """Whether the file is right, and how many rows were made; *are_flat*: a tuple for each, as SQLite takes them.

    Rows that crossed from another process wait packed unless they *are_unpacked*; without *keeps_rows* they stay in the
    process that made them.
    """
    run: Run = map if processes is None else run_in(processes, ahead=_AHEAD)
    plan = plan_file(path, limits=_LIFTED if are_limits_lifted else None)
    gathered = FileCheck(plan, today=today)
    rows = 0
    for result in check_pieces(path, plan, gathered, run=run, keeps_rows=keeps_rows):
        gathered.add(result)
        if are_unpacked:
            result.parts.employees.unpacked()
        rows += _flat_rows(result) if are_flat else sum(result.parts.columns.column("lines"))
    return gathered.report().verdict is not Verdict.INVALID, rows


def _flat_rows(result: RangeResult) -> int:
    rows = deque(enumerate(as_rows((part.number, part.employments()) for part in result.parts), 1), maxlen=1)
    return rows[0][0] if rows else 0
