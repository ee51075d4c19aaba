"""Violations of the schema in one slice, as findings: where they stand, and what they make unreadable."""

from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from domain.findings import Finding
from domain.vocabulary import Severity
from validation.diagnosis import Diagnosis, Element, diagnose, is_secondary
from validation.frame import Slice
from validation.schema import RawError, errors_of
from validation.vocabulary import PART, PROMOTOR, tag
from validation.walking import walk

_PROMOTOR_TAG, _PART_TAG = tag(PROMOTOR), tag(PART)


class Reach(StrEnum):
    """What an error makes unreadable."""

    FILE = "FILE"
    PROMOTOR = "PROMOTOR"
    PART = "PART"


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """*promotor* and *part* are ordinals from 0 among the promotors, and among all parts, of the slice's document."""

    reach: Reach
    promotor: int | None
    part: int | None
    finding: Finding


def schema_faults(
    root: Element, document: bytes, slice_: Slice, *, data: bytes, begins_at: int
) -> tuple[SchemaFault, ...]:
    """All errors of the slice in the order of the file; those of the frame around it are not its own."""
    errors = errors_of(root)
    if not errors:
        return ()
    tree = _Tree(root)
    told: list[tuple[int, Element, Diagnosis]] = []
    previous: RawError | None = None
    for error in errors:
        if not is_secondary(error, previous):
            element = tree.at(error.path)
            told.append((tree.ordinal(element), element, diagnose(error, element)))
        previous = error
    found = walk(
        document,
        data=data,
        begins_at=begins_at,
        origin=slice_.origin,
        first_ordinals=slice_.first_ordinals(),
        ordinals={ordinal for ordinal, _, _ in told},
    )
    faults: list[SchemaFault] = []
    for ordinal, element, diagnosis in told:
        place = found.by_ordinal.get(ordinal)
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
        faults.append(SchemaFault(reach, promotor, part, finding))
    return tuple(faults)


class _Tree:
    """The document tree of a slice, asked for elements by the paths that libxml2 gives."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._ordinals: dict[Element, int] = {element: ordinal for ordinal, element in enumerate(root.iter())}
        self._children: dict[tuple[Element, str], list[Element]] = {}
        self._promotors = {element: index for index, element in enumerate(root.iterchildren(_PROMOTOR_TAG))}
        parts = (part for promotor in self._promotors for part in promotor.iterchildren(_PART_TAG))
        self._parts = {element: index for index, element in enumerate(parts)}

    def at(self, path: str) -> Element:
        """The element at a path of libxml2: `*` counts all children, a prefixed name those of that spelling."""
        element = self._root
        for step in path.split("/")[2:]:
            if step.startswith("@"):
                break
            name, _, ordinal = step.partition("[")
            element = self._named(element, name)[int(ordinal.rstrip("]") or 1) - 1]
        return element

    def ordinal(self, element: Element) -> int:
        """How many start tags stand before it in the document."""
        return self._ordinals[element]

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
            self._children[parent, name] = known
        return known


def _spelling(element: Element) -> str:
    local = etree.QName(element).localname
    return local if element.prefix is None else f"{element.prefix}:{local}"
