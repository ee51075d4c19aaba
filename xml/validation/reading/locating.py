"""Where in the file stand the elements that rules found something about: by path, of few employees among thousands."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from domain.findings import Place
from validation.frame import Frame, Piece, Slice, framed
from validation.places.extracts import WHOLE, Extract
from validation.places.walking import Fragment, walk
from validation.placing import PathedFinding
from validation.reading.condensing import Condensing, parts_of, right_texts
from validation.reading.plain_text import plain_text
from validation.reading.spelled import NotCanonical
from validation.vocabulary import EMPLOYEE, PART

_EMPLOYEE = re.compile(rf"/{EMPLOYEE}\[([0-9]+)\]")


def places_of(
    path: Path, frame: Frame, piece: Piece, findings: Iterable[PathedFinding], known: Mapping[str, Place]
) -> dict[str, Place]:
    """Where the elements stand that *findings* of this piece are about, by path; *known* are places of its parts.

    Reads the piece again, unless all that is asked for is known.
    """
    places = dict(known)
    wanted: set[str] = set()
    employees: defaultdict[int, set[int]] = defaultdict(set)
    for finding in findings:
        for element in finding.elements:
            if element not in places:
                wanted.add(element)
                if (employee := _EMPLOYEE.search(element)) is not None and finding.finding.part is not None:
                    employees[finding.finding.part - piece.first_part].add(int(employee[1]) - 1)
    if not wanted:
        return places
    parts_before: int | None = 0
    with path.open("rb") as file:
        for slice_ in piece.slices:
            file.seek(slice_.origin.offset)
            data = file.read(slice_.length)
            shown, extract = data, WHOLE
            try:
                if parts_before is not None:
                    shown, extract, parts_before = _condensed(data, frame.prefix, slice_, parts_before, employees)
            except NotCanonical:
                # From here on nobody knows which part is which, but by a parser.
                parts_before = None
            document, begins_at = framed(frame, slice_, shown, promotor_number=piece.promotor_number)
            fragment = Fragment(document, begins_at, len(shown), data, slice_.origin, slice_.first_ordinals(), extract)
            places |= walk(fragment, wanted)
    return places


def _condensed(
    data: bytes, prefix: str, slice_: Slice, parts_before: int, employees: Mapping[int, Collection[int]]
) -> tuple[bytes, Extract, int]:
    """The slice with no other employees than *employees* (by ordinal of their part in the piece), and the parts so far.

    Raises `NotCanonical`.
    """
    text, extract = plain_text(data)
    right = right_texts(prefix)
    condensing = Condensing(text, right, extract)
    is_continued, is_left_open = len(slice_.opened) > 1, len(slice_.left_open) > 1
    ordinal = parts_before - 1 if is_continued else parts_before
    stretches = list(parts_of(text, right.part_end, is_left_open=is_left_open))
    if text.count(PART) != 2 * len(stretches) - is_continued - is_left_open:
        raise NotCanonical
    for begin, end in stretches:
        first = slice_.employee - 1 if begin == 0 and is_continued else 0
        kept = {employee - first for employee in employees.get(ordinal, ())}
        condensing.leave_out_all_but(begin, end, kept)
        ordinal += 1
    shown, extract = condensing.result()
    return shown.encode("latin-1"), extract, ordinal
