"""Violations of the schema in one slice, as findings: where they stand, and what they make unreadable."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from domain.findings import Finding
from domain.vocabulary import Severity
from validation.places.tree_places import TreePlaces
from validation.places.walking import Fragment
from validation.schema.compiled import RawError, errors_of
from validation.schema.diagnosis import Diagnosis, Element, code_of, diagnose, is_secondary
from validation.vocabulary import PART, PROMOTOR, tag

# `/*/*[2]/*[1]` is a part: a path to it has four steps, the empty one at the start included.
_STEPS_TO_PART = 4
_PROMOTOR_TAG, _PART_TAG = tag(PROMOTOR), tag(PART)


class Reach(StrEnum):
    """What an error makes unreadable."""

    FILE = "FILE"
    PROMOTOR = "PROMOTOR"
    PART = "PART"


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """*promotor* and *part* are ordinals from 0 among the promotors, and among all parts, of the slice's document.

    *finding* is none beyond the cap on details: then only its code counts.
    """

    reach: Reach
    promotor: int | None
    part: int | None
    code: str
    finding: Finding | None


def schema_faults(root: Element, fragment: Fragment, room: Callable[[str], int]) -> tuple[SchemaFault, ...]:
    """All errors of the slice in *fragment*, whose tree is *root*; those of the frame around it are not its own.

    A text where none may stand is, also of an element of the frame: the frame itself has none.

    *room* answers of how many more errors of a code the details are wanted. In the order of the file, but that those
    beyond come first: they are not looked up, only told to belong to their part.
    """
    errors = errors_of(root)
    if not errors:
        return ()
    tree = Tree(root)
    faults: list[SchemaFault] = []
    told: list[tuple[Element, Diagnosis]] = []
    kept: Counter[str] = Counter()
    rooms: dict[str, int] = {}
    for error in primary(errors):
        code = code_of(error)
        kept[code] += 1
        if kept[code] > rooms.setdefault(code, room(code)) and (in_part := tree.reach_of_part(error.path)) is not None:
            faults.append(SchemaFault(Reach.PART, *in_part, code, None))
        else:
            element = tree.at(error.path)
            told.append((element, diagnose(error, element)))
    if not told:
        return tuple(faults)
    places = TreePlaces(root, fragment)
    of_elements = places.of({element for element, _ in told})
    # libxml2 tells of the texts under an element one by one, in their order.
    of_texts = places.of_texts({element for element, diagnosis in told if diagnosis.is_about_text})
    texts = {element: iter(each) for element, each in of_texts.items()}
    for element, diagnosis in told:
        place = of_elements.get(element)
        if diagnosis.is_about_text:
            # A path of libxml2 that is cut may lead to another element, with fewer texts or none.
            place = next(texts[element], place or places.of_slice(element))
        if place is None:
            continue
        reach, promotor, part = tree.reach(element, is_about_place=diagnosis.is_about_place)
        finding = Finding(
            code=diagnosis.code,
            severity=Severity.FILE if reach is Reach.FILE else Severity.BLOCKING,
            place=place,
            value=diagnosis.value,
            expected=diagnosis.expected,
            values={"field": diagnosis.field},
        )
        faults.append(SchemaFault(reach, promotor, part, diagnosis.code, finding))
    return tuple(faults)


def primary(errors: Iterable[RawError]) -> Iterator[RawError]:
    previous: RawError | None = None
    for error in errors:
        if not is_secondary(error, previous):
            yield error
        previous = error


class Tree:
    """The document tree of a slice, asked for elements by the paths that libxml2 gives."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._children: dict[tuple[Element, str], list[Element]] = {}
        self._reached_above: dict[str, tuple[Element, bool]] = {}
        self._reaches: dict[str, tuple[int, int] | None] = {}
        self._promotors = {element: index for index, element in enumerate(root.iterchildren(_PROMOTOR_TAG))}
        parts = (part for promotor in self._promotors for part in promotor.iterchildren(_PART_TAG))
        self._parts = {element: index for index, element in enumerate(parts)}

    def at(self, path: str) -> Element:
        """The element at a path of libxml2: `*` counts all children, a prefixed name those of that spelling.

        Its paths are cut where a name is very long: then the first that the rest fits, or the parent.
        """
        return self._reached(path)[0]

    def _reached(self, path: str) -> tuple[Element, bool]:
        """How far *path* leads, and whether that is its end."""
        above, _, step = path.rpartition("/")
        if not above or step.startswith("@"):
            return (self._root, True) if not above else (self._above(above)[0], False)
        parent, is_end = self._above(above)
        if not is_end:
            return parent, False
        name, _, ordinal = step.partition("[")
        named = self._named(parent, name)
        index = int(ordinal.rstrip("]") or 1) - 1
        return (named[index], True) if index < len(named) else (parent, False)

    def _above(self, path: str) -> tuple[Element, bool]:
        """The same, remembered: what has errors below it often has many."""
        known = self._reached_above.get(path)
        if known is None:
            known = self._reached_above[path] = self._reached(path)
        return known

    def reach_of_part(self, path: str) -> tuple[int, int] | None:
        """The promotor and the part of an error inside a part, none for any other: those need a closer look.

        What the frame around a slice puts into a part is right, so such an error is always the slice's own.
        """
        steps = path.split("/", _STEPS_TO_PART)
        if len(steps) <= _STEPS_TO_PART:
            return None
        above = "/".join(steps[:_STEPS_TO_PART])
        if above not in self._reaches:
            _, promotor, part = self.reach(self.at(above), is_about_place=False)
            self._reaches[above] = None if promotor is None or part is None else (promotor, part)
        return self._reaches[above]

    def reach(self, element: Element, *, is_about_place: bool) -> tuple[Reach, int | None, int | None]:
        """What an error of *element* makes unreadable; an element in a wrong place is an error of its parent."""
        subject = element.getparent() if is_about_place else element
        chain = [] if subject is None else [*reversed([*subject.iterancestors()]), subject]
        promotor = self._promotors.get(chain[1]) if len(chain) > 1 else None
        if promotor is None:
            return Reach.FILE, None, None
        part = self._parts.get(chain[2]) if len(chain) > 2 else None
        if part is None:
            return Reach.PROMOTOR, promotor, None
        return Reach.PART, promotor, part

    def _named(self, parent: Element, name: str) -> list[Element]:
        known = self._children.get((parent, name))
        if known is None:
            known = list(parent) if name == "*" else [child for child in parent if _spelling(child) == name]
            known = known or [child for child in parent if _spelling(child).startswith(name)]
            self._children[parent, name] = known
        return known


def _spelling(element: Element) -> str:
    """As in those paths: an element of the default namespace has no name there, one of none has its own."""
    name = etree.QName(element)
    if element.prefix is None:
        return "*" if name.namespace else name.localname
    return f"{element.prefix}:{name.localname}"
