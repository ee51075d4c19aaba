"""Where elements and texts of a document tree stand in the file: line, column, offset and path of the few wrong."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from xml.parsers import expat

from lxml import etree

from domain.findings import Place
from validation.places.positions import origins_in
from validation.places.walking import NAMESPACE_SEPARATOR, Fragment, qualified, step
from validation.vocabulary import XML_SPACE

Element = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- lxml names its class so

_START_TAG = re.compile(rb"<[^/]")
_BROKEN_TAG = re.compile(rb"<[^<>\n]*\n[^<>]*>")


class TreePlaces:
    """Looks through the whole document once, whatever the number of elements that are asked for."""

    def __init__(self, root: Element, fragment: Fragment) -> None:
        self._fragment = fragment
        self._root = root
        self._offsets = dict(zip(root.iter(), starts_of_tags(fragment.document), strict=True))
        self._left_out = fragment.left_out()
        self._paths: dict[Element, str] = {root: f"/{step(name_in_path(root), 1)}"}

    def of(self, elements: Iterable[Element]) -> Mapping[Element, Place]:
        """The places of those *elements* that stand in the slice, and not in the frame around it."""
        fragment = self._fragment
        own = {
            element: fragment.offset_in_slice(offset)
            for element in elements
            if fragment.holds(offset := self._offsets[element])
        }
        origins = origins_in(fragment.origin, fragment.data, own.values())
        return {element: origins[offset].place(self._path(element)) for element, offset in own.items()}

    def of_texts(self, elements: Collection[Element]) -> Mapping[Element, Sequence[Place]]:
        """The places of all texts right under each of *elements*, those of the frame too, that stand in the slice."""
        if not elements:
            return {}
        fragment = self._fragment
        found = offsets_of_texts(self._root, fragment.document, elements)
        texts = {
            element: [fragment.offset_in_slice(offset) for offset in found.get(element, ()) if fragment.holds(offset)]
            for element in elements
        }
        origins = origins_in(fragment.origin, fragment.data, [offset for each in texts.values() for offset in each])
        return {element: [origins[at].place(self._path(element)) for at in each] for element, each in texts.items()}

    def of_slice(self, element: Element) -> Place:
        """The begin of the slice, as a place in *element*."""
        return self._fragment.origin.place(self._path(element))

    def _path(self, element: Element) -> str:
        parent = element.getparent()
        if element not in self._paths and parent is not None:
            self._add_children(parent, self._path(parent))
        return self._paths[element]

    def _add_children(self, parent: Element, above: str) -> None:
        """The paths of all children at once: there may be many, and many of them wrong."""
        ordinals = {qualified(name): count for name, count in self._fragment.first_ordinals.get(above, {}).items()}
        for child in parent:
            for gap in self._left_out.get(self._offsets[child], ()):
                ordinals[qualified(gap.name)] = ordinals.get(qualified(gap.name), 0) + gap.elements
            name = name_in_path(child)
            ordinals[name] = ordinal = ordinals.get(name, 0) + 1
            self._paths[child] = f"{above}/{step(name, ordinal)}"


def text_lines(root: Element, document: bytes, lines_before: int) -> Callable[[Element], int]:
    """Answers in which text line the start tag of an element begins, when *lines_before* stand before the document.

    The tree itself knows where a start tag ends, which nearly always is the same.
    """
    if _BROKEN_TAG.search(document) is None:
        return lambda element: (element.sourceline or 0) + lines_before
    lines: dict[Element, int] = {}
    line, counted = 1 + lines_before, 0
    for element, offset in zip(root.iter(), starts_of_tags(document), strict=True):
        line += document.count(b"\n", counted, offset)
        counted = offset
        lines[element] = line
    return lines.__getitem__


def starts_of_tags(document: bytes) -> Iterable[int]:
    """The offset of every start tag."""
    if b"<!" not in document and b"<?" not in document:
        return (tag.start() for tag in _START_TAG.finditer(document))
    # What looks like a tag may stand in a comment.
    offsets: list[int] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _name, _: offsets.append(parser.CurrentByteIndex)
    is_final = True
    parser.Parse(document, is_final)
    # The handler holds the parser and the parser the handler: let both go now, not when memory is next swept.
    parser.StartElementHandler = None
    return offsets


def offsets_of_texts(root: Element, document: bytes, elements: Collection[Element]) -> Mapping[Element, Sequence[int]]:
    """Where in *document*, whose tree is *root*, the texts right under each of *elements* begin.

    A text goes from one tag to the next, whatever comments are in it. One of white space is none, and that before a
    text is no part of it. In a CDATA section it begins with the section.
    """
    parser = expat.ParserCreate("utf-8")
    reading = _TextReading(parser, {number: each for number, each in enumerate(root.iter()) if each in elements})
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.StartCdataSectionHandler, parser.EndCdataSectionHandler = reading.start_section, reading.end_section
    parser.CharacterDataHandler = reading.read
    is_final = True
    parser.Parse(document, is_final)
    # As above.
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = None
    return reading.found


class _TextReading:
    """Notes where texts begin while *parser* reads, under elements that are *wanted* by their number."""

    def __init__(self, parser: expat.XMLParserType, wanted: Mapping[int, Element]) -> None:
        self.found: defaultdict[Element, list[int]] = defaultdict(list)
        self._parser = parser
        self._wanted = wanted
        self._started = 0
        self._open: list[int] = []
        self._is_in_text = False
        self._section: int | None = None

    def start(self, _name: str, _attributes: object) -> None:
        self._open.append(self._started)
        self._started += 1
        self._is_in_text = False

    def end(self, _name: str) -> None:
        self._open.pop()
        self._is_in_text = False

    def start_section(self) -> None:
        self._section = self._parser.CurrentByteIndex

    def end_section(self) -> None:
        self._section = None

    def read(self, text: str) -> None:
        """Some of a text: expat hands it over in stretches."""
        element = self._wanted.get(self._open[-1])
        if element is None or self._is_in_text or not (begun := text.lstrip(XML_SPACE)):
            return
        self._is_in_text = True
        at = self._parser.CurrentByteIndex + len(text) - len(begun)
        self.found[element].append(at if self._section is None else self._section)


def name_in_path(element: Element) -> str:
    """As expat spells it."""
    name = etree.QName(element)
    return f"{name.namespace or ''}{NAMESPACE_SEPARATOR}{name.localname}"
