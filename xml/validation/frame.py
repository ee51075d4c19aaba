"""How a large file is cut: slices small enough for a document tree, pieces of whole parts, and the plan of all pieces.

A slice is a stretch of bytes between two start tags. To read it alone, the elements that are open at its start and at
its end are spelled around it: the root as the file spells it, a head that is always right, and the start tags of the
promotor and the part that it continues. So a slice is checked as if it stood in a small file of its own, and what is
found before or after its own bytes belongs to another slice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.findings import Place
from validation.configuration import Limits
from validation.document import Envelope
from validation.places.positions import Origin
from validation.vocabulary import FILE, NAMESPACE, PART, PROMOTOR

_NAME = re.compile(rb"<([^\s/>]+)")
_NO_NUMBER = "0000000000"
_HEAD = (
    f'<Hoofding xmlns="{NAMESPACE}"><Bestandsreferentie>1</Bestandsreferentie><Omgeving>T</Omgeving>'
    "<Aanmaaktijdstip>2026-01-01T00:00:00Z</Aanmaaktijdstip>"
    f"<Verzender><Ondernemingsnummer>{_NO_NUMBER}</Ondernemingsnummer></Verzender>"
    '<Controletotalen promotoren="0" conventies="0" werknemers="0" lijnen="0" uren="0.00" dagen="0.0"/></Hoofding>'
).encode()
_PART_HEAD = (
    f'<Conventienummer xmlns="{NAMESPACE}">1</Conventienummer><Programma xmlns="{NAMESPACE}">GESCO</Programma>'
    f'<Prestatiemaand xmlns="{NAMESPACE}">2026-01</Prestatiemaand>'
).encode()


@dataclass(frozen=True, slots=True)
class Frame:
    """The tags of the root as the file spells them, with its prefix and its namespaces."""

    opening: bytes
    closing: bytes

    @property
    def prefix(self) -> str:
        """The prefix of the root with its colon, or nothing."""
        name = self.closing[2:-1].decode()
        return name[: name.find(":") + 1]


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes that are checked in one go.

    *opened* and *left_open*: the start tags of the promotor and the part that are open where it begins and where it
    ends, outermost first. The three ordinals (from 1) number the promotor, the part in it and the employee in that
    with which the slice begins, also when it only continues them.
    """

    origin: Origin
    length: int
    opened: tuple[bytes, ...] = ()
    left_open: tuple[bytes, ...] = ()
    promotor: int = 1
    part: int = 1
    employee: int = 1

    def first_ordinals(self) -> dict[str, dict[str, int]]:
        """By path of the parent: how many children of a name stand before the slice."""
        promotor = f"/{FILE}/{PROMOTOR}[{self.promotor}]"
        return {
            f"/{FILE}": {PROMOTOR: self.promotor - 1},
            promotor: {PART: self.part - 1},
            f"{promotor}/{PART}[{self.part}]": {"Werknemer": self.employee - 1},
        }


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole parts that one call checks; its slices follow each other.

    *is_exact*: cut by a parser, so that what is found in it is final. Then *first_part* numbers its first part in the
    file and *parts* counts them. A piece that was cut by searching bytes is one slice and counts lines, promotors and
    parts from its own begin; `validation.numbering` adds what stands before it.

    *promotor_number* is the enterprise number of the promotor that it continues, none when it begins with a promotor or
    when that number cannot be read. *told_enough* are the codes of which the report has details enough: of more
    findings only the number counts.
    """

    number: int
    slices: tuple[Slice, ...]
    first_part: int = 1
    parts: int = 0
    promotor_number: str | None = None
    is_exact: bool = False
    told_enough: frozenset[str] = frozenset()

    @property
    def origin(self) -> Origin:
        return self.slices[0].origin

    @property
    def length(self) -> int:
        return sum(slice_.length for slice_ in self.slices)


@dataclass(frozen=True, slots=True)
class Head:
    """What the gate learned from the first bytes.

    *body* is where the first promotor begins; *places* are those of the elements of the head, by path.
    """

    envelope: Envelope
    frame: Frame
    body: Origin
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is checked, and what it may hold; pieces are in the order of the file."""

    head: Head
    size_bytes: int
    pieces: tuple[Piece, ...]
    limits: Limits

    @property
    def most_parts(self) -> int:
        """So many parts when a parser has cut the file, and else no more than this."""
        last = self.pieces[-1]
        if last.is_exact:
            return last.first_part + last.parts - 1
        return min(self.limits.parts, self.size_bytes // len(f"<{PART}/>"))


def framed(frame: Frame, slice_: Slice, data: bytes, *, promotor_number: str | None = None) -> tuple[bytes, int]:
    """A document that holds *data* (the bytes of the slice), and the offset at which they begin in it."""
    before = [frame.opening, _HEAD]
    if slice_.opened:
        number = f'<Ondernemingsnummer xmlns="{NAMESPACE}">{promotor_number or _NO_NUMBER}</Ondernemingsnummer>'
        before += [slice_.opened[0], number.encode()]
    if len(slice_.opened) > 1:
        before += [slice_.opened[1], _PART_HEAD]
    opening = b"".join(before)
    closing = b"".join(end_tag(start_tag) for start_tag in reversed(slice_.left_open))
    return b"".join((opening, data, closing, frame.closing)), len(opening)


def end_tag(start_tag: bytes) -> bytes:
    name = _NAME.match(start_tag)
    if name is None:
        raise ValueError("not a start tag")
    return b"</" + name[1] + b">"
