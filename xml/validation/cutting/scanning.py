"""Cutting a file of any legal spelling, by a parser that reads all of it: the answer when searching bytes will not do.

Expat sees every tag once and nothing is kept but the cuts, so memory does not grow with the file. It decides whether
the file is well-formed. Comments, CDATA, processing instructions, prefixes and one promotor of 100 MB are all fine;
what no honest file has (an employee of megabytes, markup without an end, hundreds of levels) is refused with F-007.
"""

from typing import BinaryIO
from xml.parsers import expat

from validation.cutting.slicing import Cut, TooMuch, pieces_between, place_in_file, refused_as_too_much
from validation.cutting.splitting import LARGEST_SLICE_BYTES, LARGEST_SLICE_LINES, LONGEST_MARKUP_BYTES, PIECE_BYTES
from validation.frame import Head, Piece
from validation.gate import not_well_formed
from validation.places.walking import NAMESPACE_SEPARATOR
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, ENTERPRISE_NUMBER, LINE, NAMESPACE, PART, PROMOTOR

MOST_SIBLINGS = 1_000
"""Reporting errors costs the square of the siblings under one parent: a slice holds no more of them at any level."""
LARGEST_PART_BYTES = 16 * 1024 * 1024
DEEPEST = 256
_BLOCK_BYTES = 64 * 1024
_PROMOTOR, _PART, _EMPLOYEE, _EMPLOYMENT, _LINE, _NUMBER = (
    f"{NAMESPACE}{NAMESPACE_SEPARATOR}{name}"
    for name in (PROMOTOR, PART, EMPLOYEE, EMPLOYMENT, LINE, ENTERPRISE_NUMBER)
)


def scan(file: BinaryIO, head: Head, *, resume: Piece | None = None) -> tuple[Piece, ...]:
    """All pieces from the body on, or from where *resume* begins; the whole file is read in any case.

    Raises `FileRefused`: F-001 with the exact place when the file is not well-formed, F-007 when it is beyond measure.
    """
    scanner = _Scanner(head.body.offset if resume is None else resume.origin.offset)
    file.seek(0)
    fed = 0
    try:
        while block := file.read(_BLOCK_BYTES):
            scanner.parser.Parse(block)
            fed += len(block)
            scanner.refuse_endless_markup(fed)
        scanner.finish()
    except expat.ExpatError as error:
        raise not_well_formed(error, place_in_file(file, scanner.parser.ErrorByteIndex)) from error
    except TooMuch as excess:
        raise refused_as_too_much(file, excess) from excess
    if not scanner.cuts:
        scanner.begin()
    return pieces_between(
        file,
        head,
        scanner.cuts,
        end=scanner.end,
        parts=scanner.parts,
        first_number=1 if resume is None else resume.number,
    )


class _Scanner:
    """Follows the levels of the file and decides where slices and pieces begin."""

    def __init__(self, begin: int) -> None:
        self.parser = expat.ParserCreate("utf-8", NAMESPACE_SEPARATOR)
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.end = 0
        self.parts = 0
        self.cuts: list[Cut] = []
        self._begin = begin
        self._depth = 0
        # What is open, by its depth; a level counts only inside the level above it.
        self._promotor_offset = self._part_offset = self._employee_offset = -1
        self._promotors = self._parts_of_promotor = self._employees = self._employments = self._lines = 0
        self._number: list[str] = []
        self._slice_begin = self._piece_begin = begin
        self._slice_line = 1
        self._siblings = [0, 0, 0]

    def _start(self, name: str, _attributes: list[str]) -> None:
        # Called for every tag of the file: the deepest and most frequent levels come first.
        self._depth = depth = self._depth + 1
        if depth > 6:
            self._refuse_when_more("levels", depth, DEEPEST)
        elif depth > 4:
            if self._employee_offset >= 0:
                self._start_in_employee(name)
        elif depth == 4:
            if name == _EMPLOYEE and self._part_offset >= 0:
                self._start_employee(self.parser.CurrentByteIndex)
        elif depth == 3:
            if self._promotor_offset >= 0:
                self._start_in_promotor(name, self.parser.CurrentByteIndex)
        elif depth == 2 and name == _PROMOTOR:
            self._start_promotor(self.parser.CurrentByteIndex)

    def _start_promotor(self, offset: int) -> None:
        if not self.cuts and offset >= self._begin:
            self.begin()
        self._promotor_offset = offset
        self._promotors += 1
        self._parts_of_promotor = 0
        self._number = []
        if self._is_due(0, offset, self._piece_begin, PIECE_BYTES):
            self._cut(offset, (), part=1, employee=1, begins_piece=True)

    def begin(self) -> None:
        """Put the first cut, before the promotor that comes."""
        self._promotors += 1
        self._cut(self._begin, (), part=1, employee=1, begins_piece=True)
        self._promotors -= 1

    def _start_in_promotor(self, name: str, offset: int) -> None:
        if name == _NUMBER:
            self.parser.CharacterDataHandler = self._collect_number
        elif name == _PART:
            self._part_offset = offset
            self._parts_of_promotor += 1
            self.parts += 1
            self._employees = 0
            if self._is_due(1, offset, self._piece_begin, PIECE_BYTES) and self._parts_of_promotor > 1:
                opened = (self._promotor_offset,)
                self._cut(offset, opened, part=self._parts_of_promotor, employee=1, begins_piece=True)

    def refuse_endless_markup(self, fed: int) -> None:
        """Expat waits for the end of a tag or a comment, and reads it anew with every block: not for ever."""
        if fed - self.parser.CurrentByteIndex > LONGEST_MARKUP_BYTES + _BLOCK_BYTES:
            raise TooMuch("bytes (markup)", self.parser.CurrentByteIndex, LONGEST_MARKUP_BYTES)

    def finish(self) -> None:
        is_final = True
        self.parser.Parse(b"", is_final)

    def _collect_number(self, text: str) -> None:
        # More than an enterprise number is no number: a few texts are enough to know.
        if len(self._number) < 8:
            self._number.append(text[:16])

    def _start_employee(self, offset: int) -> None:
        self._employee_offset = offset
        self._employments = 0
        self._employees += 1
        if offset - self._part_offset > LARGEST_PART_BYTES:
            raise TooMuch(f"bytes ({PART})", self._part_offset, LARGEST_PART_BYTES)
        # Twice a piece: most parts are checked in one go.
        if self._is_due(2, offset, self._slice_begin, 2 * PIECE_BYTES) and self._employees > 1:
            opened = (self._promotor_offset, self._part_offset)
            part = self._parts_of_promotor
            self._cut(offset, opened, part=part, employee=self._employees, begins_piece=False)

    def _start_in_employee(self, name: str) -> None:
        if name == _LINE:
            self._lines += 1
            self._refuse_when_more(LINE, self._lines, MOST_SIBLINGS)
        elif name == _EMPLOYMENT:
            self._lines = 0
            self._employments += 1
            self._refuse_when_more(EMPLOYMENT, self._employments, MOST_SIBLINGS)

    def _refuse_when_more(self, what: str, found: int, most: int) -> None:
        if found > most:
            raise TooMuch(what, self.parser.CurrentByteIndex, most)

    def _end(self, _name: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if depth == 4:
            if self._employee_offset >= 0:
                self._refuse_when_longer(EMPLOYEE, self._employee_offset, LARGEST_SLICE_BYTES)
                self._employee_offset = -1
        elif depth == 3:
            self.parser.CharacterDataHandler = None
            if self._part_offset >= 0:
                self._refuse_when_longer(PART, self._part_offset, LARGEST_PART_BYTES)
                self._part_offset = -1
        elif depth == 2:
            self._promotor_offset = -1
        elif depth == 1:
            self.end = self.parser.CurrentByteIndex

    def _refuse_when_longer(self, what: str, offset: int, most: int) -> None:
        if self.parser.CurrentByteIndex - offset > most:
            raise TooMuch(f"bytes ({what})", offset, most)

    def _is_due(self, level: int, offset: int, since: int, enough_bytes: int) -> bool:
        self._siblings[level] += 1
        return bool(self.cuts) and (
            offset - since >= enough_bytes
            or self._siblings[level] > MOST_SIBLINGS
            or self.parser.CurrentLineNumber - self._slice_line >= LARGEST_SLICE_LINES
        )

    def _cut(self, offset: int, opened: tuple[int, ...], *, part: int, employee: int, begins_piece: bool) -> None:
        number = "".join(self._number).strip() if opened else None
        # The part that begins here is counted already, the first part of a promotor is not.
        part_of_file = self.parts + 1 if not opened else self.parts
        self.cuts.append(
            Cut(offset, opened, self._promotors, part, employee, part_of_file, number, begins_piece=begins_piece)
        )
        self._slice_begin = offset
        if begins_piece:
            self._piece_begin = offset
        self._slice_line = self.parser.CurrentLineNumber
        self._siblings = [0, 0, 0]
