"""From byte offsets to lines and columns, the same way for every part of the pipeline.

A line ends at a line feed; a column counts characters, as an editor does. Neither is taken from a parser: the two
parsers count differently, and one of them loses count after 65,535 lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.findings import Place

_CONTINUATION = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stretch of bytes begins in its file; *line* and *column* count from 1, *offset* from 0."""

    offset: int = 0
    line: int = 1
    column: int = 1

    def after(self, data: bytes, end: int | None = None) -> "Origin":
        """Where the byte at *end* of *data* stands (behind it when none), when *data* begins here."""
        end = len(data) if end is None else end
        breaks = data.count(b"\n", 0, end)
        characters = characters_behind_break(data, end)
        return Origin(self.offset + end, self.line + breaks, characters + (1 if breaks else self.column))

    def place(self, path: str) -> Place:
        return Place(line=self.line, column=self.column, byte_offset=self.offset, path=path)


def origins_in(start: Origin, data: bytes, offsets: Iterable[int]) -> dict[int, Origin]:
    """The position of each offset of *data* (which begins at *start*); one pass, whatever their number."""
    found: dict[int, Origin] = {}
    here, reached = start, 0
    for offset in sorted(set(offsets)):
        here = here.after(data[reached:offset])
        reached = offset
        found[offset] = here
    return found


def characters_behind_break(data: bytes, end: int) -> int:
    """So many characters stand between the last line feed before *end*, or the begin of *data*, and *end*."""
    return _characters(data[data.rfind(b"\n", 0, end) + 1 : end])


def _characters(data: bytes) -> int:
    """Characters in UTF-8 bytes: those that do not continue one, so that stretches add up wherever they are cut."""
    return len(data) if data.isascii() else len(data.translate(None, _CONTINUATION))
