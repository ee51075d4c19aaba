"""A slice in which some parts are canonical and others are not: the first are recognised, the others go to the schema.

Most files with errors have a few wrong lines among hundreds of right ones. So each part is tried alone, and of those
that are not recognised the schema sees only what is not plainly right (`validation.reading.condensing`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from validation.frame import Frame, Slice, framed
from validation.places.extracts import Extract
from validation.places.tree_places import text_lines
from validation.reading.condensing import Condensing, RightTexts, parts_of, right_texts
from validation.reading.contents import read_contents
from validation.reading.employees import KnownTexts
from validation.reading.recognising import Recognised, known_texts, recognise
from validation.reading.spelled import NotCanonical
from validation.reading.trees import PartHead, elements_of_parts
from validation.schema.compiled import parse
from validation.schema.diagnosis import Element
from validation.vocabulary import PART, PROMOTOR

_UNKNOWN_NUMBER = "0000000000"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a slice: its text begins where the part before it ends, and goes on to its own end tag.

    *recognised* is none when it is for the schema.
    """

    begin: int
    end: int
    recognised: Recognised | None


@dataclass(frozen=True, slots=True)
class MixedSlice:
    """*text* is what the schema has to see, as an *extract* of the slice."""

    stretches: tuple[Stretch, ...]
    text: str
    extract: Extract


def read_mixed(
    text: str, base: Extract, slice_: Slice, *, prefix: str, continued: PartHead | None, promotor_number: str | None
) -> MixedSlice:
    """Read what can be recognised of a slice whose plain *text* is an extract of it; raises `NotCanonical`.

    *continued* is the head of the part that the slice goes on with, none when its content is lost anyway.
    """
    reading = _Reading(text, slice_, right_texts(prefix), known_texts(prefix), promotor_number)
    condensing = Condensing(text, reading.right, base)
    stretches: list[Stretch] = []
    for begin, end in parts_of(text, reading.right.part_end, is_left_open=len(slice_.left_open) > 1):
        is_right = condensing.leave_out_right(begin, end, is_continued=begin == 0 and len(slice_.opened) > 1)
        recognised = reading.recognised(begin, end, continued if begin == 0 else None, is_right=is_right)
        stretches.append(Stretch(begin, end, recognised))
    return MixedSlice(tuple(stretches), *condensing.result())


def tree_of_part(frame: Frame, slice_: Slice, text: str, stretch: Stretch) -> tuple[Element, Callable[[Element], int]]:
    """A part that obeys the schema in a spelling of its own, and what answers the text line of each of its elements.

    Raises `NotCanonical`.
    """
    promotor, part = f"<{frame.prefix}{PROMOTOR}>".encode(), f"<{frame.prefix}{PART}>".encode()
    begin = stretch.begin
    opened = slice_.opened
    if begin > 0 or len(opened) < 2:
        opened = (promotor,)
        begin = max(text.find(f"<{frame.prefix}{PART}{after}", begin, stretch.end) for after in " \t\r\n>")
        if begin < 0:
            raise NotCanonical
    own = Slice(slice_.origin, stretch.end - begin, opened, left_open=(promotor, part))
    document, begins_at = framed(frame, own, text[begin : stretch.end].encode("latin-1"))
    try:
        root = parse(document)
    except etree.XMLSyntaxError as error:
        raise NotCanonical from error
    found = [element for _, _, element in elements_of_parts(root)]
    if len(found) != 1:
        raise NotCanonical
    lines_before = slice_.origin.line - 1 + text.count("\n", 0, begin) - document.count(b"\n", 0, begins_at)
    return found[0], text_lines(root, document, lines_before)


class _Reading:
    """Knows the text line and the number of the promotor while it goes from part to part."""

    def __init__(
        self, text: str, slice_: Slice, right: RightTexts, known: KnownTexts, promotor_number: str | None
    ) -> None:
        self.right = right
        self._text = text
        self._slice = slice_
        self._known = known
        self._number = promotor_number if slice_.opened else None
        self._line = slice_.origin.line
        self._counted = 0

    def recognised(self, begin: int, end: int, continued: PartHead | None, *, is_right: bool) -> Recognised | None:
        """The part whose text lies between *begin* and *end*, when all of it is canonical.

        Not tried when it *is_right* no longer; then only the number of its promotor is read.
        """
        right = self.right
        text = self._text[begin : end + len(right.part_end)]
        self._line += self._text.count("\n", self._counted, begin)
        self._counted = begin
        is_last = not text.endswith(right.part_end)
        opened = len(self._slice.opened) if begin == 0 else 1
        try:
            found = self._try(text, opened, 2 if is_last else 1, continued) if is_right else None
        except NotCanonical:
            found = None
        if found is not None:
            self._number = found.head.promotor
        elif right.promotor_begin in text:
            number = right.promotor.search(text)
            self._number = None if number is None else number["Ondernemingsnummer"]
        return found

    def _try(self, text: str, opened: int, left_open: int, continued: PartHead | None) -> Recognised | None:
        if not text.isascii():
            return None
        number = self._number or _UNKNOWN_NUMBER
        [found] = recognise(
            text,
            self._known.forms,
            opened=opened,
            left_open=left_open,
            continued=continued,
            promotor_number=number if opened else None,
        )
        if found.head.promotor == _UNKNOWN_NUMBER:
            return None
        read_contents([found], self._known, self._line)
        return found
