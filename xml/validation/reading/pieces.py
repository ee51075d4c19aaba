"""Reading one piece: each slice is recognised, or parsed and checked against the schema, and becomes parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from lxml import etree

from domain.findings import Finding, Place
from domain.vocabulary import Severity
from validation.collecting import Collector
from validation.cutting.scanning import MOST_SIBLINGS
from validation.document import Employee, Part
from validation.frame import Frame, Piece, Slice, framed
from validation.gate import refused_by_lxml
from validation.masking import shown
from validation.places.positions import Origin, origins_in
from validation.places.walking import walk
from validation.reading.part_content import PartContent, Unpacked
from validation.reading.recognising import Recognised, known_texts, recognise
from validation.reading.spelled import NotCanonical
from validation.reading.trees import (
    PartHead,
    count_parts,
    elements_of_parts,
    has_more_siblings,
    read_employees,
    read_part_head,
)
from validation.schema.compiled import parse
from validation.schema.diagnosis import Element
from validation.schema.faults import Reach, SchemaFault, schema_faults
from validation.vocabulary import FILE, PART, PROMOTOR

_PART_NAME = PART.encode()
_BEFORE_NAME = re.compile(rb"<(?:[^\s<>/!?:]+:)?\Z")
_AFTER_NAME = frozenset(b" \t\r\n/>")
_LONGEST_PREFIX = 100


class Misplanned(Exception):
    """The piece is not what searching bytes had made of it: only a parser can cut this file."""


@dataclass(slots=True)
class PartFound:
    """A part of the piece. *promotor* is the ordinal of its promotor in the file; *faults* counts errors of the schema.

    *head* is none when it cannot be read.
    """

    number: int
    path: str
    promotor: int
    place: Place
    head: PartHead | None
    content: PartContent = field(default_factory=PartContent)
    faults: int = 0

    def finished(self, head: PartHead) -> Part:
        return Part(
            number=self.number,
            promotor=head.promotor,
            reference=head.reference,
            delivery_status=head.delivery_status,
            replaces=head.replaces,
            convention=head.convention,
            programme=head.programme,
            month=head.month,
            employees=Unpacked(self.content.employees),
        )


class PieceReading:
    """The parts of one piece, and its violations of the schema, gathered slice by slice."""

    def __init__(self, piece: Piece, frame: Frame, *, collector: Collector) -> None:
        self.parts: list[PartFound] = []
        self.slices_missed = 0
        """How many slices were left to the parser."""
        self._collector = collector
        self.broken_promotors: set[int] = set()
        self.is_file_broken = False
        self._piece = piece
        self._frame = frame
        self._prefix = frame.prefix
        self._promotor_number = piece.promotor_number
        if piece.slices[0].opened and piece.promotor_number is None:
            # Its number broke the schema where the promotor began, in an earlier piece.
            self.broken_promotors.add(piece.slices[0].promotor)

    def read(self, file: BinaryIO) -> None:
        """Read all slices.

        Raises `Misplanned` for a piece that was cut by searching bytes, and `FileRefused` (F-001) for one that was cut
        by expat and that lxml, which is stricter about names, cannot read.
        """
        for slice_ in self._piece.slices:
            # A call for each slice, so that one tree is gone before the next one grows.
            self._read_slice(file, slice_)

    def is_readable(self, part: PartFound) -> bool:
        return not (self.is_file_broken or part.faults or part.head is None or part.promotor in self.broken_promotors)

    def _read_slice(self, file: BinaryIO, slice_: Slice) -> None:
        file.seek(slice_.origin.offset)
        data = file.read(slice_.length)
        try:
            self._recognise(data, slice_)
        except NotCanonical:
            self.slices_missed += 1
            self._parse(data, slice_)
        if self.parts and self.parts[-1].head is not None:
            self._promotor_number = self.parts[-1].head.promotor

    def _recognise(self, data: bytes, slice_: Slice) -> None:
        """The fast path; raises `NotCanonical`, and then nothing was taken over."""
        if not data.isascii():
            raise NotCanonical
        known = known_texts(self._prefix)
        opened = len(slice_.opened)
        continued = self.parts[-1] if opened == 2 and self.parts else None
        if continued is not None and not self.is_readable(continued):
            raise NotCanonical
        text = data.decode("ascii")
        found = recognise(
            text,
            known.forms,
            opened=opened,
            left_open=len(slice_.left_open),
            continued=continued and continued.head,
            promotor_number=self._promotor_number,
        )
        line = slice_.origin.line
        origins: list[Origin] = []
        for each in found:
            origins.append(each.origin(text, slice_.origin, line))
            line = each.read(known, line)
        # Here nothing can be missed any more.
        promotor, ordinal = 0, slice_.part
        for each, origin in zip(found, origins, strict=True):
            if each.promotor != promotor:
                promotor, ordinal = each.promotor, 1
            if each.starts_at is None and continued is not None:
                continued.content.extend(each.content)
            else:
                self._add_recognised(each, slice_, ordinal, origin)
            ordinal += 1

    def _add_recognised(self, found: Recognised, slice_: Slice, ordinal: int, origin: Origin) -> None:
        promotor = slice_.promotor + found.promotor
        path = _path_of_part(promotor, ordinal)
        number = self._piece.first_part + len(self.parts)
        self.parts.append(PartFound(number, path, promotor, origin.place(path), found.head, found.content))

    def _parse(self, data: bytes, slice_: Slice) -> None:
        document, begins_at = framed(self._frame, slice_, data, promotor_number=self._promotor_number)
        root = self._parsed(document, slice_)
        elements = list(_elements(root, slice_))
        self._add_new_parts(elements, slice_, _places_of_parts(elements, document, data, begins_at, slice_))
        own_parts = self.parts[len(self.parts) - len(elements) :]
        for fault in schema_faults(root, document, slice_, data=data, begins_at=begins_at, cap=self._collector.cap):
            self._add_fault(fault, slice_, own_parts)
        lines_before = slice_.origin.line - 1 - document.count(b"\n", 0, begins_at)
        for found, element in zip(own_parts, elements, strict=True):
            if not self.is_readable(found) or found.head is None:
                found.content = PartContent()
                continue
            employees: list[Employee] = []
            source_lines: list[int] = []
            read_employees(element.part, employees, source_lines, lines_before)
            found.content.add_all(employees, iter(source_lines), found.head.month, found.head.programme)

    def _parsed(self, document: bytes, slice_: Slice) -> Element:
        piece = self._piece
        try:
            root = parse(document)
        except etree.XMLSyntaxError as error:
            if not piece.is_exact:
                raise Misplanned from error
            raise refused_by_lxml(error, slice_.origin.place(f"/{FILE}")) from error
        if not piece.is_exact and (count_parts(root) != piece.parts or has_more_siblings(root, MOST_SIBLINGS)):
            raise Misplanned
        return root

    def _add_new_parts(self, elements: list["_PartElement"], slice_: Slice, places: dict[str, Place]) -> None:
        for element in elements:
            if element.is_continued:
                continue
            number = self._piece.first_part + len(self.parts)
            head = None if self._is_nameless(element) else read_part_head(element.promotor, element.part)
            place = places.get(element.path) or slice_.origin.place(element.path)
            self.parts.append(PartFound(number, element.path, element.promotor_ordinal, place, head))

    def _is_nameless(self, element: "_PartElement") -> bool:
        """Whether the number of its promotor, in an earlier piece, could not be read."""
        first = self._piece.slices[0]
        is_continued = bool(first.opened) and element.promotor_ordinal == first.promotor
        return is_continued and self._piece.promotor_number is None

    def _add_fault(self, fault: SchemaFault, slice_: Slice, own_parts: list[PartFound]) -> None:
        finding = fault.finding
        part: PartFound | None = None
        if fault.reach is Reach.FILE or fault.promotor is None:
            self.is_file_broken = True
        elif fault.reach is Reach.PROMOTOR or fault.part is None:
            self.broken_promotors.add(slice_.promotor + fault.promotor)
        else:
            part = own_parts[fault.part]
            part.faults += 1
        if finding is None:
            self._collector.count(fault.code, Severity.BLOCKING)
        else:
            self._collector.add(finding if part is None else _with_business_path(finding, part))


def _path_of_part(promotor: int, ordinal: int) -> str:
    return f"/{FILE}/{PROMOTOR}[{promotor}]/{PART}[{ordinal}]"


def _with_business_path(finding: Finding, part: PartFound) -> Finding:
    head = part.head
    return replace(
        finding,
        part=part.number,
        promotor=head and head.promotor,
        convention=head and shown(head.convention),
        month=head and str(head.month),
    )


@dataclass(frozen=True, slots=True)
class _PartElement:
    """*is_continued*: the part began in an earlier slice, and its element here is of the frame."""

    promotor: Element
    part: Element
    promotor_ordinal: int
    path: str
    is_continued: bool


def _elements(root: Element, slice_: Slice) -> Iterator[_PartElement]:
    previous, ordinal = -1, 0
    is_first = True
    for index, promotor, part in elements_of_parts(root):
        if index != previous:
            previous = index
            ordinal = slice_.part if index == 0 else 1
        else:
            ordinal += 1
        promotor_ordinal = slice_.promotor + index
        path = _path_of_part(promotor_ordinal, ordinal)
        yield _PartElement(promotor, part, promotor_ordinal, path, is_first and len(slice_.opened) > 1)
        is_first = False


def _places_of_parts(
    elements: list[_PartElement], document: bytes, data: bytes, begins_at: int, slice_: Slice
) -> dict[str, Place]:
    """Where the parts that begin in the slice stand, by path.

    Every start tag looks like one to a search of bytes. When the search finds as many as the tree has, it found no
    more than them (in a comment, or of another namespace), and a second reading by a parser is spared.
    """
    own = [element.path for element in elements if not element.is_continued]
    offsets = list(_starts_of_parts(data))
    if len(offsets) == len(own):
        origins = origins_in(slice_.origin, data, offsets)
        return {path: origins[offset].place(path) for path, offset in zip(own, offsets, strict=True)}
    found = walk(
        document,
        data=data,
        begins_at=begins_at,
        origin=slice_.origin,
        first_ordinals=slice_.first_ordinals(),
        paths=own,
    )
    return dict(found.by_path)


def _starts_of_parts(data: bytes) -> Iterator[int]:
    """Offsets of everything that looks like the start tag of a part, with or without a prefix."""
    at = data.find(_PART_NAME)
    while at >= 0:
        end = at + len(_PART_NAME)
        if data[end : end + 1] and data[end] in _AFTER_NAME:
            before = _BEFORE_NAME.search(data, max(0, at - _LONGEST_PREFIX), at)
            if before is not None:
                yield before.start()
        at = data.find(_PART_NAME, end)
