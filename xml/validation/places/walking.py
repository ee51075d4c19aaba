"""Where elements stand: byte offset, line, column and path of the few that something was found about.

A second reading of one slice, by expat, only when there is something to report. Elements are asked for by their ordinal
in document order (from a document tree) or by their path (from a rule, which knows ordinals of employees and lines).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from domain.findings import Place
from validation.masking import shown
from validation.places.positions import Origin, origins_in
from validation.vocabulary import KNOWN_ELEMENTS, NAMESPACE, REPEATING

NAMESPACE_SEPARATOR = " "


@dataclass(frozen=True, slots=True)
class Found:
    """By ordinal and by path; what stands in the frame around the slice is left out."""

    by_ordinal: Mapping[int, Place]
    by_path: Mapping[str, Place]


def walk(
    document: bytes,
    *,
    data: bytes,
    begins_at: int,
    origin: Origin,
    first_ordinals: Mapping[str, Mapping[str, int]],
    ordinals: Collection[int] = (),
    paths: Collection[str] = (),
) -> Found:
    """Find elements of *document*, in which the slice *data* begins at byte *begins_at* and in its file at *origin*.

    *first_ordinals*: by path of a parent, how many children of a name stand before this document.
    """
    walker = _Walker(first_ordinals, frozenset(ordinals), frozenset(paths))
    parser = expat.ParserCreate("utf-8", NAMESPACE_SEPARATOR)
    parser.ordered_attributes = True
    parser.StartElementHandler = lambda name, _: walker.start(name, parser.CurrentByteIndex)
    parser.EndElementHandler = walker.end
    is_final = True
    parser.Parse(document, is_final)
    # The handler holds the parser and the parser the handler: let both go now, not when memory is next swept.
    parser.StartElementHandler = parser.EndElementHandler = None
    own = {
        index: (offset - begins_at, path)
        for index, (offset, path) in walker.hits.items()
        if begins_at <= offset < begins_at + len(data)
    }
    origins = origins_in(origin, data, (offset for offset, _ in own.values()))
    places = {index: origins[offset].place(path) for index, (offset, path) in own.items()}
    return Found(
        by_ordinal={index: place for index, place in places.items() if index in walker.ordinals},
        by_path={place.path: place for place in places.values() if place.path in walker.paths},
    )


class _Walker:
    """Counts start tags, and siblings of the same name, while expat reads."""

    def __init__(
        self, first_ordinals: Mapping[str, Mapping[str, int]], ordinals: frozenset[int], paths: frozenset[str]
    ) -> None:
        self.ordinals = ordinals
        self.paths = paths
        self.hits: dict[int, tuple[int, str]] = {}
        self._first_ordinals = first_ordinals
        self._count = 0
        self._open: list[tuple[str, dict[str, int]]] = [("", {})]

    def start(self, name: str, offset: int) -> None:
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

    def end(self, _name: str) -> None:
        self._open.pop()


def _qualified(ordinals: Mapping[str, int]) -> dict[str, int]:
    return {f"{NAMESPACE}{NAMESPACE_SEPARATOR}{name}": ordinal for name, ordinal in ordinals.items()}


def _step(name: str, ordinal: int) -> str:
    namespace, _, local = name.rpartition(NAMESPACE_SEPARATOR)
    if namespace == NAMESPACE and local in KNOWN_ELEMENTS:
        return f"{local}[{ordinal}]" if local in REPEATING or ordinal > 1 else local
    return f"{shown(local)}[{ordinal}]" if ordinal > 1 else shown(local)
