"""Reading one piece: each slice is recognised, or parsed and checked against the schema, and becomes parts."""

from collections.abc import Iterable
from typing import BinaryIO

from lxml import etree

from domain.findings import Place
from domain.vocabulary import Severity
from validation.collecting import Collector
from validation.cutting.scanning import MOST_SIBLINGS
from validation.cutting.splitting import is_for_a_parser
from validation.extent import NOTHING, Extent
from validation.frame import Frame, Piece, Slice, framed
from validation.gate import refused_by_lxml
from validation.places.extracts import WHOLE, Extract
from validation.places.positions import Origin, characters_behind_break, origins_in
from validation.places.tree_places import text_lines
from validation.places.walking import Fragment
from validation.reading.both_parsers import ReadByOne, parse_alike
from validation.reading.contents import read_contents
from validation.reading.loose_parts import faults_to_tell, read_loosely
from validation.reading.mixed import read_mixed, tree_of_part
from validation.reading.part_content import PartContent
from validation.reading.part_elements import PartElement, part_elements, path_of_part, places_of_parts
from validation.reading.part_found import PartFound, read_content
from validation.reading.plain_text import plain_text, without_spaces
from validation.reading.recognising import Recognised, known_texts, recognise
from validation.reading.spelled import NotCanonical
from validation.reading.trees import count_promotors, has_more_siblings, read_part_head
from validation.schema.compiled import parse
from validation.schema.diagnosis import Element
from validation.schema.faults import Reach, SchemaFault, schema_faults


class Misplanned(Exception):
    """The piece is not what searching bytes had made of it: only a parser can cut this file."""


class PieceReading:
    """The parts of one piece, and its violations of the schema, gathered slice by slice."""

    def __init__(self, piece: Piece, frame: Frame, *, collector: Collector) -> None:
        self.parts: list[PartFound] = []
        self.slices_missed = 0
        """How many slices were left to the parser."""
        self.extent = NOTHING
        """Of the piece; only when it is not exact."""
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
        missed_before = self.slices_missed
        try:
            self._read_text(data, slice_)
        except NotCanonical:
            self.slices_missed = missed_before + 1
            self._parse(data, slice_)
        if self.parts and self.parts[-1].head is not None:
            self._promotor_number = self.parts[-1].head.promotor

    def _read_text(self, data: bytes, slice_: Slice) -> None:
        """Without the parser, or with it for little; raises `NotCanonical`, and then nothing was taken over."""
        text, extract = plain_text(data)
        if self._is_recognised(text, data, extract, slice_):
            return
        tidied, extract = without_spaces(text, extract)
        if len(tidied) < len(text) and self._is_recognised(tidied, data, extract, slice_):
            return
        self.slices_missed += 1
        self._require_for_a_tree(data)
        try:
            self._read_loosely(tidied, data, extract, slice_)
        except NotCanonical:
            self._read_mixed(tidied, data, extract, slice_)

    def _is_recognised(self, text: str, data: bytes, extract: Extract, slice_: Slice) -> bool:
        try:
            self._recognise(text, data, extract, slice_)
        except NotCanonical:
            return False
        return True

    def _recognise(self, text: str, data: bytes, extract: Extract, slice_: Slice) -> None:
        """The fast path; raises `NotCanonical`, and then nothing was taken over."""
        if not text.isascii():
            raise NotCanonical
        known = known_texts(self._prefix)
        opened = len(slice_.opened)
        continued = self.parts[-1] if opened == 2 and self.parts else None
        if continued is not None and not self.is_readable(continued):
            raise NotCanonical
        found = recognise(
            text,
            known.forms,
            opened=opened,
            left_open=len(slice_.left_open),
            continued=continued and continued.head,
            promotor_number=self._promotor_number,
        )
        lines = read_contents(found, known, slice_.origin.line)
        origins = [each.origin(text, slice_.origin, line) for each, line in zip(found, lines, strict=False)]
        # Here nothing can be missed any more.
        if extract is not WHOLE:
            origins = _original(origins, extract, slice_, data)
        promotor, ordinal = 0, slice_.part
        for each, origin in zip(found, origins, strict=True):
            if each.promotor != promotor:
                promotor, ordinal = each.promotor, 1
            if each.starts_at is None and continued is not None:
                continued.content.extend(each.content)
            else:
                self._add_recognised(each, slice_, ordinal, origin)
            ordinal += 1
        if found:
            last = found[-1]
            breaks = lines[-1] - slice_.origin.line + text.count("\n", last.at + len(last.text))
            self._measure(data, lines=breaks, promotors=last.promotor + 1)

    def _add_recognised(self, found: Recognised, slice_: Slice, ordinal: int, origin: Origin) -> None:
        promotor = slice_.promotor + found.promotor
        path = path_of_part(promotor, ordinal)
        number = self._piece.first_part + len(self.parts)
        self.parts.append(PartFound(number, path, promotor, ordinal, origin.place(path), found.head, found.content))

    def _read_loosely(self, text: str, data: bytes, extract: Extract, slice_: Slice) -> None:
        """Where only values and lines are wrong; raises `NotCanonical`, and then nothing was taken over."""
        continued = self.parts[-1] if len(slice_.opened) == 2 and self.parts else None
        found = read_loosely(
            text,
            slice_,
            prefix=self._prefix,
            continued=continued.head if continued is not None and self.is_readable(continued) else None,
            promotor_number=self._promotor_number,
            room=self._collector.room,
        )
        # Here nothing can be missed any more.
        told, others = faults_to_tell(found, self._collector.room)
        offsets = [each.starts_at for each in found if each.starts_at is not None]
        offsets += [fault.offset for each in told for fault in each]
        there = {offset: extract.original(offset) for offset in offsets}
        origins = origins_in(slice_.origin, data, there.values())
        promotor, ordinal = 0, slice_.part
        for each, faults in zip(found, told, strict=True):
            if each.promotor != promotor:
                promotor, ordinal = each.promotor, 1
            if each.starts_at is None and continued is not None:
                part = continued
                part.content.extend(each.content)
            else:
                promotor_ordinal = slice_.promotor + promotor
                path = path_of_part(promotor_ordinal, ordinal)
                number = self._piece.first_part + len(self.parts)
                place = origins[there[each.starts_at or 0]].place(path)
                part = PartFound(number, path, promotor_ordinal, ordinal, place, each.head, each.content)
                self.parts.append(part)
            if each.faults:
                part.faults += len(each.faults)
                part.content = PartContent()
            for fault in faults:
                origin = origins[there[fault.offset]]
                path = part.path + fault.path(slice_.employee if part is continued else 1)
                self._collector.add(part.told(fault.finding(origin.place(path))))
            ordinal += 1
        self._collector.count_all({(code, Severity.BLOCKING): count for code, count in others.items()})
        self._measure(data, lines=data.count(b"\n"), promotors=promotor + 1)

    def _read_mixed(self, text: str, data: bytes, extract: Extract, slice_: Slice) -> None:
        """What is not recognised goes to the schema; raises `NotCanonical`, and then nothing was taken over."""
        continued = self.parts[-1] if len(slice_.opened) == 2 and self.parts else None
        mixed = read_mixed(
            text,
            extract,
            slice_,
            prefix=self._prefix,
            continued=continued.head if continued is not None and self.is_readable(continued) else None,
            promotor_number=self._promotor_number,
        )
        fragment = self._fragment(mixed.text.encode("latin-1"), data, slice_, mixed.extract)
        try:
            root = parse_alike(fragment.document)
        except (etree.XMLSyntaxError, ReadByOne) as error:
            raise NotCanonical from error
        elements = list(part_elements(root, slice_))
        if len(elements) != len(mixed.stretches) or has_more_siblings(root, MOST_SIBLINGS):
            raise NotCanonical
        faults = schema_faults(root, fragment, self._collector.room)
        broken = {fault.part for fault in faults}
        contents = [stretch.recognised.content if stretch.recognised else PartContent() for stretch in mixed.stretches]
        odd = [
            (index, tree_of_part(self._frame, slice_, text, stretch))
            for index, stretch in enumerate(mixed.stretches)
            if stretch.recognised is None and index not in broken
        ]
        # Here nothing can be missed any more.
        own_parts = self._take_over(elements, faults, fragment, slice_)
        for index, (element, line_of) in odd:
            # Under a promotor or a file that is broken, the schema may not have looked at the part.
            if self.is_readable(own_parts[index]):
                read_content(contents[index], own_parts[index].head, element, line_of)
        self._fill(own_parts, contents)
        self._measure(data, lines=data.count(b"\n"), promotors=count_promotors(root))

    def _parse(self, data: bytes, slice_: Slice) -> None:
        self._require_for_a_tree(data)
        fragment = self._fragment(data, data, slice_, WHOLE)
        root = self._parsed(fragment)
        elements = list(part_elements(root, slice_))
        own_parts = self._take_over(elements, schema_faults(root, fragment, self._collector.room), fragment, slice_)
        lines_before = slice_.origin.line - 1 - fragment.document.count(b"\n", 0, fragment.begins_at)
        line_of = text_lines(root, fragment.document, lines_before)
        contents = [PartContent() for _ in elements]
        for found, content, element in zip(own_parts, contents, elements, strict=True):
            if self.is_readable(found):
                read_content(content, found.head, element.part, line_of)
        self._fill(own_parts, contents)
        self._measure(data, lines=data.count(b"\n"), promotors=count_promotors(root))

    def _fragment(self, shown: bytes, data: bytes, slice_: Slice, extract: Extract) -> Fragment:
        document, begins_at = framed(self._frame, slice_, shown, promotor_number=self._promotor_number)
        return Fragment(document, begins_at, len(shown), data, slice_.origin, slice_.first_ordinals(), extract)

    def _require_for_a_tree(self, data: bytes) -> None:
        if not self._piece.is_exact and is_for_a_parser(data, data.count(b"\n")):
            raise Misplanned

    def _measure(self, data: bytes, *, lines: int, promotors: int) -> None:
        """Of an exact piece, all that stands before it is known."""
        if not self._piece.is_exact:
            self.extent = Extent(lines, characters_behind_break(data, len(data)), promotors, len(self.parts))

    def _parsed(self, fragment: Fragment) -> Element:
        piece = self._piece
        try:
            # Expat has read an exact piece already.
            root = parse(fragment.document) if piece.is_exact else parse_alike(fragment.document)
        except ReadByOne as error:
            raise Misplanned from error
        except etree.XMLSyntaxError as error:
            if not piece.is_exact:
                raise Misplanned from error
            raise refused_by_lxml(error, _stopped_at(error, fragment).place("/")) from error
        if not piece.is_exact and has_more_siblings(root, MOST_SIBLINGS):
            raise Misplanned
        return root

    def _take_over(
        self, elements: list[PartElement], faults: Iterable[SchemaFault], fragment: Fragment, slice_: Slice
    ) -> list[PartFound]:
        """The parts of the slice, with their errors of the schema and without their content."""
        self._add_new_parts(elements, slice_, places_of_parts(elements, fragment))
        own_parts = self.parts[len(self.parts) - len(elements) :]
        for fault in faults:
            self._add_fault(fault, slice_, own_parts)
        return own_parts

    def _fill(self, own_parts: list[PartFound], contents: list[PartContent]) -> None:
        """Of a part that turned out to be unreadable, what its earlier slices held is lost too."""
        for found, content in zip(own_parts, contents, strict=True):
            if self.is_readable(found):
                found.content.extend(content)
            else:
                found.content = PartContent()

    def _add_new_parts(self, elements: list[PartElement], slice_: Slice, places: dict[str, Place]) -> None:
        for element in elements:
            if element.is_continued:
                continue
            number = self._piece.first_part + len(self.parts)
            head = None if self._is_nameless(element) else read_part_head(element.promotor, element.part)
            place = places.get(element.path) or slice_.origin.place(element.path)
            ordinals = element.promotor_ordinal, element.ordinal
            self.parts.append(PartFound(number, element.path, *ordinals, place, head))

    def _is_nameless(self, element: PartElement) -> bool:
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
            self._collector.add(finding if part is None else part.told(finding))


def _original(origins: list[Origin], extract: Extract, slice_: Slice, data: bytes) -> list[Origin]:
    """Where what stands at *origins* of an extract stands in the file."""
    offsets = [extract.original(origin.offset - slice_.origin.offset) for origin in origins]
    found = origins_in(slice_.origin, data, offsets)
    return [found[offset] for offset in offsets]


def _stopped_at(error: etree.XMLSyntaxError, fragment: Fragment) -> Origin:
    """Where lxml stopped reading, as near as its line and column tell."""
    line, column = error.position
    at = 0
    for _ in range((line or 1) - 1):
        at = fragment.document.find(b"\n", at) + 1
    own = at + (column or 1) - 1 - fragment.begins_at
    return fragment.origin.after(fragment.data, min(max(own, 0), len(fragment.data)))
