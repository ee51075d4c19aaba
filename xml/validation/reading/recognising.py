"""The fast path: a slice that consists wholly of the canonical spelling is read without a parser.

Every byte is accounted for: a slice is cut at literal tags, and each text between two cuts is either remembered as one
that the patterns of the XSD took, or matched with them now. At the first text that they do not take the whole slice is
left to the parser, which decides; so nothing is ever refused here.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from domain.errors import InvalidValue
from domain.months import Month
from domain.vocabulary import DeliveryStatus
from validation.places.positions import Origin
from validation.reading.employees import KnownTexts
from validation.reading.part_content import PartContent
from validation.reading.spelled import ATTRIBUTE, Forms, NotCanonical
from validation.reading.trees import PartHead

_MOST_PREFIXES = 4
_PREFIX = re.compile("(?:[A-Za-z_][A-Za-z0-9_-]*:)?")


@dataclass(slots=True)
class Recognised:
    """A part of a slice: its *text* up to its end tag, at offset *at* of the slice.

    *starts_at* is where in *text* its start tag stands, none when it began in an earlier slice; *body* where its
    employees begin. *promotor* is the ordinal (from 0) of its promotor in the slice.
    """

    text: str
    at: int
    starts_at: int | None
    body: int
    promotor: int
    head: PartHead
    content: PartContent = field(default_factory=PartContent)

    def origin(self, slice_text: str, begin: Origin, line: int) -> Origin:
        """Where its start tag stands, in a slice that begins at *begin*; *line* is the text line of its text."""
        starts_at = self.starts_at or 0
        offset = self.at + starts_at
        line_begin = slice_text.rfind("\n", 0, offset)
        column = begin.column + offset if line_begin < 0 else offset - line_begin
        return Origin(begin.offset + offset, line + self.text.count("\n", 0, starts_at), column)


@lru_cache(maxsize=_MOST_PREFIXES)
def known_texts(prefix: str) -> KnownTexts:
    """Remembered for the life of the process, under few prefixes.

    Raises `NotCanonical` for a prefix with signs that mean something in a pattern.
    """
    if _PREFIX.fullmatch(prefix) is None:
        raise NotCanonical
    return KnownTexts(prefix)


def recognise(
    text: str, forms: Forms, *, opened: int, left_open: int, continued: PartHead | None, promotor_number: str | None
) -> list[Recognised]:
    """The parts of a slice, without their employees; raises `NotCanonical`.

    *opened* and *left_open*: how many of promotor and part are open where it begins and where it ends. *continued* is
    the head of the part, *promotor_number* the number of the promotor that it goes on with.
    """
    *whole, rest = text.split(forms.part_end)
    parts: list[Recognised] = []
    at = promotor = 0
    number = promotor_number if opened else None
    for each in whole if left_open < 2 else [*whole, rest]:
        if at == 0 and opened == 2:
            if continued is None:
                raise NotCanonical
            parts.append(Recognised(each, 0, None, 0, 0, continued))
        else:
            is_first = at == 0 and opened == 0
            part = _begun(each, at, forms, number=number, promotor=-1 if is_first else promotor)
            promotor, number = part.promotor, part.head.promotor
            parts.append(part)
        at += len(each) + len(forms.part_end)
    end = {0: forms.promotor_end, 1: forms.space}.get(left_open)
    if end is not None and (not (parts or opened) or end.fullmatch(rest) is None):
        raise NotCanonical
    return parts


def _begun(text: str, at: int, forms: Forms, *, number: str | None, promotor: int) -> Recognised:
    body = text.find(forms.employee_begin)
    body = len(text) if body < 0 else body
    found = forms.part_head.fullmatch(text, 0, body)
    if found is None:
        raise NotCanonical
    is_new = found["promotor"] is not None
    if is_new == (number is not None and found["closed"] is None) or (number is None and found["closed"] is not None):
        raise NotCanonical
    number = found["Ondernemingsnummer"] or number
    if number is None:
        raise NotCanonical
    values: dict[str, str] = dict(ATTRIBUTE.findall(found["part"]))
    try:
        month = _month(found["Prestatiemaand"])
    except InvalidValue as error:
        raise NotCanonical from error
    head = PartHead(
        promotor=number,
        reference=values.get("ref"),
        delivery_status=DeliveryStatus(values["statusAanlevering"]),
        replaces=values.get("vervangt"),
        convention=found["Conventienummer"],
        programme=found["Programma"],
        month=month,
    )
    return Recognised(text, at, found.start("part"), body, promotor + is_new, head)


@cache
def _month(text: str) -> Month:
    return Month.parse(text)
