"""Where elements stand: byte offset, line, column and path of the few that something was found about.

A second reading of one slice, by expat, only when there is something to report. Elements are asked for by their path:
a rule knows ordinals of employees and lines.
"""

from collections import defaultdict
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

    def left_out(self) -> dict[int, list[Gap]]:
        """By offset of a start tag in the document: what is left out right before it, so under the same parent.

        What is left out behind the last child of its parent changes the ordinal of none.
        """
        found: defaultdict[int, list[Gap]] = defaultdict(list)
        for gap in self.extract.gaps:
            found[self.document.find(b"<", self.begins_at + gap.at)].append(gap)
        return found


def walk(fragment: Fragment, paths: Collection[str]) -> dict[str, Place]:
    """Find the elements of the slice in *fragment* that have one of *paths*."""
    parser = expat.ParserCreate("utf-8", NAMESPACE_SEPARATOR)
    parser.ordered_attributes = True
    walker = _Walker(fragment, frozenset(paths))
    parser.StartElementHandler = lambda name, _: walker.start(name, parser.CurrentByteIndex)
    parser.EndElementHandler = walker.end
    is_final = True
    parser.Parse(fragment.document, is_final)
    # The handlers hold the parser and the parser the handlers: let both go now, not when memory is next swept.
    parser.StartElementHandler = parser.EndElementHandler = None
    own = {path: fragment.offset_in_slice(at) for path, at in walker.hits.items() if fragment.holds(at)}
    origins = origins_in(fragment.origin, fragment.data, own.values())
    return {path: origins[offset].place(path) for path, offset in own.items()}


class _Walker:
    """Counts siblings of the same name, with those that are left out, while expat reads."""

    def __init__(self, fragment: Fragment, paths: frozenset[str]) -> None:
        self.hits: dict[str, int] = {}
        self._paths = paths
        self._first_ordinals = fragment.first_ordinals
        self._left_out = fragment.left_out()
        self._open: list[tuple[str, dict[str, int]]] = [("", {})]

    def start(self, name: str, offset: int) -> None:
        parent, siblings = self._open[-1]
        for gap in self._left_out.get(offset, ()):
            left_out = qualified(gap.name)
            siblings[left_out] = siblings.get(left_out, 0) + gap.elements
        ordinal = siblings.get(name, 0) + 1
        siblings[name] = ordinal
        path = f"{parent}/{step(name, ordinal)}"
        first = self._first_ordinals.get(path, {})
        self._open.append((path, {qualified(child): count for child, count in first.items()}))
        if path in self._paths:
            self.hits[path] = offset

    def end(self, _name: str) -> None:
        self._open.pop()


def qualified(name: str) -> str:
    return f"{NAMESPACE}{NAMESPACE_SEPARATOR}{name}"


def step(name: str, ordinal: int) -> str:
    """Of a path: the element of *name* (after its namespace) that is the *ordinal*-th of its kind."""
    namespace, _, local = name.rpartition(NAMESPACE_SEPARATOR)
    if namespace == NAMESPACE and local in KNOWN_ELEMENTS:
        return f"{local}[{ordinal}]" if local in REPEATING or ordinal > 1 else local
    return f"{shown(local)}[{ordinal}]" if ordinal > 1 else shown(local)
