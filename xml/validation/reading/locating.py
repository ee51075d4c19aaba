"""Where in the file stand the elements that rules found something about: by path, of few employees among thousands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from domain.findings import Place
from validation.frame import Frame, Piece, framed
from validation.places.walking import Fragment, walk
from validation.placing import PathedFinding
from validation.reading.searching import searched
from validation.reading.spelled import NotCanonical

_NO_PART = -1


def places_of(
    path: Path, frame: Frame, piece: Piece, findings: Iterable[PathedFinding], known: Mapping[str, Place]
) -> dict[str, Place]:
    """Where the elements stand that *findings* of this piece are about, by path; *known* are places of its parts.

    Reads the piece again, unless all that is asked for is known.
    """
    places = dict(known)
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for finding in findings:
        part = finding.finding.part
        for element in finding.elements:
            if element not in places:
                wanted[_NO_PART if part is None else part - piece.first_part].add(element)
    if not wanted:
        return places
    parts_before: int | None = None if _NO_PART in wanted else 0
    with path.open("rb") as file:
        for slice_ in piece.slices:
            file.seek(slice_.origin.offset)
            data = file.read(slice_.length)
            try:
                if parts_before is not None:
                    found, parts_before = searched(data, frame.prefix, slice_, parts_before, wanted)
                    places |= found
                    continue
            except NotCanonical:
                # From here on nobody knows which part is which, but by a parser.
                parts_before = None
            document, begins_at = framed(frame, slice_, data, promotor_number=piece.promotor_number)
            fragment = Fragment(document, begins_at, len(data), data, slice_.origin, slice_.first_ordinals())
            places |= walk(fragment, {each for elements in wanted.values() for each in elements})
    return places
