"""A bar on a terminal while a large file is checked; nothing at all where standard error is no terminal."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from validation.checked import RangeResult
from validation.frame import Piece
from validation.runner import Check, Run

Advance = Callable[[int], None]
_WORTH_A_BAR_BYTES = 4_000_000


@contextmanager
def progress_bar(description: str, total_bytes: int) -> Generator[Advance]:
    """Gives what is to be called with every number of bytes that were checked; the bar goes away at the end.

    A file that is checked in a blink has none.
    """
    if total_bytes < _WORTH_A_BAR_BYTES or not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total_bytes)
        yield lambda checked: progress.advance(task, checked)


def told(run: Run, advance: Advance) -> Run:
    """*run*, telling how far it is after every piece."""

    def telling(check: Check, pieces: Iterable[Piece]) -> Iterator[RangeResult]:
        for result in run(check, pieces):
            advance(result.piece.length)
            yield result

    return telling
