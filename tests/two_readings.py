"""One file read twice: with the fast path, and by the parser and the schema alone, which decide what is right.

The fast path is taken in both ways that it has: looking up whoever is known by his text, and reading all side by side.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from collective_files import TODAY

from validation.checked import CheckedPart, RangeResult
from validation.checking import check_piece
from validation.cutting.planning import plan_file
from validation.frame import Head, Piece
from validation.reading.employees import KnownTexts
from validation.reading.pieces import PieceReading
from validation.reading.spelled import NotCanonical
from validation.refusal import FileRefused

Cut = Callable[[Path], tuple[Head, Sequence[Piece]]]


@dataclass(frozen=True)
class TwoReadings:
    """*fast* and *exact* are equal unless the fast path is wrong; at most *missed* of *slices* were left to the parser.

    *is_planned_again*: one of them found that the file was cut where it may not be, and went no further.
    """

    fast: object
    exact: object
    missed: int
    slices: int
    is_planned_again: bool = False


def read_twice(path: Path, cut: Cut | None = None) -> TwoReadings:
    """A file that is refused before any piece is read has no slices."""
    try:
        head, pieces = _planned(path) if cut is None else cut(path)
    except FileRefused as refusal:
        return TwoReadings(refusal.findings, refusal.findings, 0, 0)
    with looking_up(is_worth=True):
        by_text = _results(path, head, pieces)
    with looking_up(is_worth=False):
        together = _results(path, head, pieces)
    with parser_alone():
        exact = _results(path, head, pieces)
    return TwoReadings(
        [[_comparable(each) for each in results] for results in (by_text, together)],
        [[_comparable(each) for each in results] for results in (exact, exact)],
        max(_missed(by_text), _missed(together)),
        sum(len(piece.slices) for piece in pieces),
        any(result.is_misplanned for result in (*by_text, *together, *exact) if isinstance(result, RangeResult)),
    )


@contextmanager
def looking_up(*, is_worth: bool) -> Generator[None]:
    """Texts of employees, always or never, while the block runs."""
    with patch.object(KnownTexts, "is_worth_a_look", lambda _: is_worth):
        yield


@contextmanager
def parser_alone() -> Generator[None]:
    """Without the fast path while the block runs."""
    with patch.object(PieceReading, "_read_text", _nothing):
        yield


def _missed(results: Sequence[RangeResult | FileRefused]) -> int:
    return sum(result.slices_missed for result in results if isinstance(result, RangeResult))


def _planned(path: Path) -> tuple[Head, Sequence[Piece]]:
    plan = plan_file(path)
    return plan.head, plan.pieces


def _results(path: Path, head: Head, pieces: Sequence[Piece]) -> list[RangeResult | FileRefused]:
    results: list[RangeResult | FileRefused] = []
    for piece in pieces:
        try:
            results.append(check_piece(path, head.frame, piece, today=TODAY))
        except FileRefused as refusal:
            results.append(refusal)
    return results


def _comparable(result: RangeResult | FileRefused) -> Any:
    """Everything but what took how long and who read it; rows instead of the form in which they are kept."""
    if isinstance(result, FileRefused):
        return result.findings
    parts = [(replace(part, employees=None), part.employees is None, rows_of(part)) for part in result.parts]
    return replace(result, parts=(), slices_missed=0, schema_seconds=0.0, rules_seconds=0.0), parts


def rows_of(part: CheckedPart) -> list[tuple[Any, ...]]:
    """Everything that is known of each performance line, its text line last."""
    return [
        (insz, *terms, *line[:-1], line_before + line[-1])
        for insz, terms, lines, line_before in part.employments()
        for line in lines
    ]


def _nothing(*_: object) -> None:
    raise NotCanonical
