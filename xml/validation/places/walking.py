"""Where elements stand: byte offset, line, column and path of the few that something was found about.

A second reading of one slice, by expat, only when there is something to report. Elements are asked for by their ordinal
in document order (from a document tree) or by their path (from a rule, which knows ordinals of employees and lines).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from domain.findings import Place
from validation.masking import shown
from validation.places.extracts import WHOLE, Extract, Gap
from validation.places.positions import Origin, origins_in
from validation.vocabulary import KNOWN_ELEMENTS, NAMESPACE, REPEATING

NAMESPACE_SEPARATOR = " "


@dataclass(frozen=True, slots=True)
class Found:
    """By ordinal and by path; what stands in the frame around the slice is left out."""

    by_ordinal: Mapping[int, Place]
    by_path: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A small document with a slice of a file in it, whole or as an extract.

    The extract stands in *document* at *begins_at* and is *length* bytes long; *data* is the slice, which begins in its
    file at *origin*. *first_ordinals*: by path of a parent, how many children of a name stand before the slice.
    """

    document: bytes
    begins_at: int
    length: int
    data: bytes
    origin: Origin
    first_ordinals: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    extract: Extract = WHOLE

    def holds(self, offset: int) -> bool:
        """Whether the byte at *offset* of the document is one of the slice, and not of the frame around it."""
        return self.begins_at <= offset < self.begins_at + self.length

    def offset_in_slice(self, offset: int) -> int:
        return self.extract.original(offset - self.begins_at)


def walk(fragment: Fragment, *, ordinals: Collection[int] = (), paths: Collection[str] = ()) -> Found:
    """Find elements of the slice in *fragment*."""
    gaps = [gap._replace(at=fragment.begins_at + gap.at) for gap in fragment.extract.gaps]
    parser = expat.ParserCreate("utf-8", NAMESPACE_SEPARATOR)
    parser.ordered_attributes = True
    walker = _Walker(fragment.first_ordinals, frozenset(ordinals), frozenset(paths), gaps)
    parser.StartElementHandler = lambda name, _: walker.start(name, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda _: walker.end(parser.CurrentByteIndex, fragment.document)
    is_final = True
    parser.Parse(fragment.document, is_final)
    # The handlers hold the parser and the parser the handlers: let both go now, not when memory is next swept.
    parser.StartElementHandler = parser.EndElementHandler = None
    own = {
        index: (fragment.offset_in_slice(offset), path)
        for index, (offset, path) in walker.hits.items()
        if fragment.holds(offset)
    }
    origins = origins_in(fragment.origin, fragment.data, (offset for offset, _ in own.values()))
    places = {index: origins[offset].place(path) for index, (offset, path) in own.items()}
    return Found(
        by_ordinal={index: place for index, place in places.items() if index in walker.ordinals},
        by_path={place.path: place for place in places.values() if place.path in walker.paths},
    )


class _Walker:
    """Counts start tags, and siblings of the same name with those that are left out, while expat reads."""

    def __init__(
        self,
        first_ordinals: Mapping[str, Mapping[str, int]],
        ordinals: frozenset[int],
        paths: frozenset[str],
        gaps: list[Gap],
    ) -> None:
        self.ordinals = ordinals
        self.paths = paths
        self.hits: dict[int, tuple[int, str]] = {}
        self._first_ordinals = first_ordinals
        self._gaps = gaps[::-1]
        self._count = 0
        self._is_fresh = False
        self._open: list[tuple[str, dict[str, int]]] = [("", {})]

    def start(self, name: str, offset: int) -> None:
        self._count_gaps(offset)
        self._is_fresh = True
        index = self._count
        self._count += 1
        parent, siblings = self._open[-1]
        ordinal = siblings.get(name, 0) + 1
        siblings[name] = ordinal
        path = f"{parent}/{_step(name, ordinal)}"
        first = self._first_ordinals.get(path)
        self._open.append((path, {} if first is None else _qualified(first)))
        if index in self.ordinals or path in self.paths:
            self.hits[index] = (offset, path)

    def end(self, offset: int, document: bytes) -> None:
        # Expat tells the end of `<a/>` behind it, where what is left out next to it belongs to its parent already.
        is_empty_tag = self._is_fresh and document[offset - 2 : offset] == b"/>"
        self._is_fresh = False
        self._count_gaps(offset - is_empty_tag)
        self._open.pop()

    def _count_gaps(self, offset: int) -> None:
        """Count what is left out before *offset*, under the element that is open there."""
        while self._gaps and self._gaps[-1].at <= offset:
            gap = self._gaps.pop()
            name = f"{NAMESPACE}{NAMESPACE_SEPARATOR}{gap.name}"
            siblings = self._open[-1][1]
            siblings[name] = siblings.get(name, 0) + gap.elements


def _qualified(ordinals: Mapping[str, int]) -> dict[str, int]:
    return {f"{NAMESPACE}{NAMESPACE_SEPARATOR}{name}": ordinal for name, ordinal in ordinals.items()}


def _step(name: str, ordinal: int) -> str:
    namespace, _, local = name.rpartition(NAMESPACE_SEPARATOR)
    if namespace == NAMESPACE and local in KNOWN_ELEMENTS:
        return f"{local}[{ordinal}]" if local in REPEATING or ordinal > 1 else local
    return f"{shown(local)}[{ordinal}]" if ordinal > 1 else shown(local)
