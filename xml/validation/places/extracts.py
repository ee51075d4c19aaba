"""Texts made out of stretches of another text: where in that one a byte stands, and how many elements were left out.

What is read is not always what stands in the file: comments are taken out first, and of a part with one wrong line only
that line goes to the schema. Whatever is found there must be told at its place in the file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Gap(NamedTuple):
    """At offset *at* of the extract, *elements* whole elements of *name* are left out."""

    at: int
    name: str
    elements: int


@dataclass(frozen=True, slots=True)
class Extract:
    """Where each stretch begins: *here* in the extract, *there* in the text that it is of; both rise, as *gaps* do.

    *base* is what that text is an extract of itself.
    """

    here: Sequence[int] = (0,)
    there: Sequence[int] = (0,)
    gaps: Sequence[Gap] = ()
    base: "Extract | None" = None

    def original(self, offset: int) -> int:
        """Where the byte at *offset* of the extract stands in the very first text."""
        stretch = bisect_right(self.here, offset) - 1
        found = self.there[stretch] + offset - self.here[stretch]
        return found if self.base is None else self.base.original(found)


WHOLE = Extract()
"""Nothing is left out."""


def extract_of(stretches: Iterable[tuple[int, int]], gaps: Sequence[Gap], base: Extract) -> Extract:
    """Of *stretches* (begin and end) of a text that is an extract of *base*, put one after the other."""
    here: list[int] = [0]
    there: list[int] = [0]
    at = 0
    for begin, end in stretches:
        here.append(at)
        there.append(begin)
        at += end - begin
    return Extract(here, there, gaps, None if base is WHOLE else base)
