"""From numbers in a piece to numbers in the file, in the order in which the pieces follow each other.

Cutting by bytes says only where pieces begin. On which text line that is, and how many promotors and parts stand
before it, shows once the pieces before it are read. So such a piece counts from its own begin, and what stands before
it is added here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from domain.findings import Finding
from validation.checked import RangeResult
from validation.extent import Extent
from validation.frame import Piece, Plan


class Numbering:
    """Knows what stands before the next piece of *plan*; each result passes once, in the order of the pieces."""

    def __init__(self, plan: Plan) -> None:
        body = plan.head.body
        self._limits = plan.limits
        self._before = Extent(lines=body.line - 1, characters=body.column - 1)

    def numbered(self, result: RangeResult) -> RangeResult:
        """*result* with the numbers of the file; those of an exact piece are so already.

        A piece with which the file has more promotors or parts than it may counts as misplanned: a parser tells how
        many there are.
        """
        if result.is_misplanned or result.piece.is_exact:
            return result
        before = self._before
        behind = self._before = before.then(result.extent)
        if behind.promotors > self._limits.promotors or behind.parts > self._limits.parts:
            return RangeResult(result.piece, is_misplanned=True)
        return replace(
            result,
            piece=_placed(result.piece, before),
            extent=behind,
            parts=result.parts.behind(before),
            findings=tuple(_placed_findings(result.findings, before)),
            broken_promotors=frozenset(before.promotors + ordinal for ordinal in result.broken_promotors),
        )


def _placed(piece: Piece, before: Extent) -> Piece:
    [slice_] = piece.slices
    origin = before.origin(slice_.origin.offset)
    own = replace(slice_, origin=origin, promotor=before.promotors + slice_.promotor)
    return replace(piece, slices=(own,), first_part=before.parts + piece.first_part)


def _placed_findings(findings: Iterable[Finding], before: Extent) -> Iterator[Finding]:
    for finding in findings:
        place, part = finding.place, finding.part
        yield replace(
            finding,
            place=None if place is None else before.placed(place),
            part=None if part is None else before.parts + part,
        )
