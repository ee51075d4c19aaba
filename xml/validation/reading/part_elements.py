"""The elements of parts in the tree of a slice: which part of the file each is, and where it begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.findings import Place
from validation.frame import Slice
from validation.places.positions import origins_in
from validation.places.walking import Fragment, walk
from validation.reading.trees import elements_of_parts
from validation.schema.diagnosis import Element
from validation.vocabulary import FILE, PART, PROMOTOR

_PART_NAME = PART.encode()
_BEFORE_NAME = re.compile(rb"<(?:[^\s<>/!?:]+:)?\Z")
_AFTER_NAME = frozenset(b" \t\r\n/>")
_LONGEST_PREFIX = 100


@dataclass(frozen=True, slots=True)
class PartElement:
    """*is_continued*: the part began in an earlier slice, and its element here is of the frame."""

    promotor: Element
    part: Element
    promotor_ordinal: int
    ordinal: int
    path: str
    is_continued: bool


def part_elements(root: Element, slice_: Slice) -> Iterator[PartElement]:
    """In the order of the file."""
    previous, ordinal = -1, 0
    is_first = True
    for index, promotor, part in elements_of_parts(root):
        if index != previous:
            previous = index
            ordinal = slice_.part if index == 0 else 1
        else:
            ordinal += 1
        promotor_ordinal = slice_.promotor + index
        path = path_of_part(promotor_ordinal, ordinal)
        yield PartElement(promotor, part, promotor_ordinal, ordinal, path, is_first and len(slice_.opened) > 1)
        is_first = False


def path_of_part(promotor: int, ordinal: int) -> str:
    return f"/{FILE}/{PROMOTOR}[{promotor}]/{PART}[{ordinal}]"


def places_of_parts(elements: list[PartElement], fragment: Fragment) -> dict[str, Place]:
    """Where the parts that begin in the slice stand, by path.

    Every start tag looks like one to a search of bytes. When the search finds as many as the tree has, it found no
    more than them (in a comment, or of another namespace), and a second reading by a parser is spared.
    """
    own = [element.path for element in elements if not element.is_continued]
    offsets = [fragment.extract.original(at - fragment.begins_at) for at in _starts_of_parts(fragment)]
    if len(offsets) == len(own):
        origins = origins_in(fragment.origin, fragment.data, offsets)
        return {path: origins[offset].place(path) for path, offset in zip(own, offsets, strict=True)}
    return walk(fragment, own)


def _starts_of_parts(fragment: Fragment) -> Iterator[int]:
    """Offsets in the document of all of the slice that looks like the start tag of a part, with or without a prefix."""
    data, end = fragment.document, fragment.begins_at + fragment.length
    at = data.find(_PART_NAME, fragment.begins_at, end)
    while at >= 0:
        behind = at + len(_PART_NAME)
        if data[behind : behind + 1] and data[behind] in _AFTER_NAME:
            before = _BEFORE_NAME.search(data, max(fragment.begins_at, at - _LONGEST_PREFIX), at)
            if before is not None:
                yield before.start()
        at = data.find(_PART_NAME, behind, end)
