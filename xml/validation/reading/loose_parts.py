"""A slice in which only values or lines are wrong: what the schema says of it is what it says of each of them.

Each part has the tags of a part, and of an employee only his lines may be wrong (`validation.reading.wrong_lines`). So
no error hides another: each is found by looking at the text of one line or one head (`validation.reading.verdicts`).
Parts without any error are read as ever.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from domain.findings import Finding, Place
from domain.vocabulary import Severity
from validation.frame import Slice
from validation.reading.condensing import parts_of
from validation.reading.contents import read_contents
from validation.reading.part_content import PartContent
from validation.reading.recognising import known_texts, recognise
from validation.reading.spelled import NotCanonical
from validation.reading.spelling import SPACE, Grammar, Spelling, grammar
from validation.reading.trees import PartHead
from validation.reading.verdicts import IsTold, Violation, verdicts_under
from validation.reading.wrong_lines import PlacedLine, lines_of_employees
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE, PART, PROMOTOR

_MOST_PREFIXES = 4
_LONGEST_PREFIX = 30
"""In paths, libxml2 cuts a prefix with its name to 99 characters."""
_ANY_VALUE = '[^<>&"]*'


class LooseFault(NamedTuple):
    """A *violation* of a part's head, or of a *line* in it, whose text begins *at* an offset of the slice's text."""

    at: int
    line: PlacedLine | None
    violation: Violation

    @property
    def offset(self) -> int:
        return self.at + self.violation.at

    def path(self, first_employee: int) -> str:
        """From its part, where employees of this slice are counted from *first_employee*."""
        if self.line is None:
            return self.violation.path
        employee, _, (_, employment, line, _) = self.line
        above = f"/{EMPLOYEE}[{employee + first_employee}]/{EMPLOYMENT}[{employment + 1}]/{LINE}[{line + 1}]"
        return above + self.violation.path

    def finding(self, place: Place) -> Finding:
        said = self.violation
        return Finding(
            code=said.code,
            severity=Severity.BLOCKING,
            place=place,
            value=said.value,
            expected=said.expected,
            values={"field": said.field},
        )


@dataclass(slots=True)
class LoosePart:
    """A part whose start tag stands *starts_at* in the slice's text; none when it began in an earlier slice.

    *promotor* is the ordinal (from 0) of its promotor in the slice. *head* is none when it cannot be read. A part with
    *faults* has no content; they stand in the order in which the schema says them.
    """

    starts_at: int | None
    promotor: int
    head: PartHead | None
    content: PartContent
    faults: list[LooseFault] = field(default_factory=list[LooseFault])


class _Odd(NamedTuple):
    """What the schema must say of the part with this *ordinal*: *head* is its text when it is wrong, else empty."""

    ordinal: int
    number: str
    head: str
    lines: list[PlacedLine]
    body: int


class _Heads:
    """The start of a part under one prefix in which only values are wrong."""

    def __init__(self, prefix: str) -> None:
        exact = grammar()
        spelling = Spelling(prefix, Grammar(exact.complex_types, dict.fromkeys(exact.simple_types, _ANY_VALUE)))
        promotor = Spelling(prefix, exact).children_before(PART, PROMOTOR)
        self.pattern = re.compile(
            f"(?P<closed>{SPACE}{spelling.end_tag(PROMOTOR)})?(?P<promotor>{SPACE}<{prefix}{PROMOTOR}>{promotor})?{SPACE}"
            f"(?P<part>{spelling.start_tag(PART)}>{spelling.children_before(EMPLOYEE, PART)})"
        )


@lru_cache(maxsize=_MOST_PREFIXES)
def _heads(prefix: str) -> _Heads:
    return _Heads(prefix)


def read_loosely(
    text: str,
    slice_: Slice,
    *,
    prefix: str,
    continued: PartHead | None,
    promotor_number: str | None,
    room: Callable[[str], int],
) -> list[LoosePart]:
    """The parts of a slice whose plain text is *text*, some of them wrong; raises `NotCanonical`.

    *continued* is the head of the part that the slice goes on with, *promotor_number* the number of its promotor.
    *room* answers of how many more errors of a code the details are wanted.
    """
    if not text.isascii() or len(prefix) > _LONGEST_PREFIX:
        raise NotCanonical
    reading = _Reading(text, slice_, prefix, continued, promotor_number)
    end = 0
    for begin, end in parts_of(text, reading.forms.part_end, is_left_open=len(slice_.left_open) > 1):
        reading.read(begin, end)
    reading.end(end)
    return reading.judged(lambda code: room(code) > 0)


def faults_to_tell(
    parts: Iterable[LoosePart], room: Callable[[str], int]
) -> tuple[list[list[LooseFault]], Counter[str]]:
    """Of each part the faults whose details are wanted, and by code how many others there are.

    *room* answers of how many more errors of a code the details are wanted.
    """
    rooms: dict[str, int] = {}
    others: Counter[str] = Counter()
    told: list[list[LooseFault]] = []
    for part in parts:
        told.append([])
        for fault in part.faults:
            code = fault.violation.code
            left = rooms.get(code)
            if left is None:
                left = room(code)
            rooms[code] = left - 1
            if left > 0:
                told[-1].append(fault)
            else:
                others[code] += 1
    return told, others


class _Reading:
    """Goes from part to part, and knows where it is."""

    def __init__(
        self, text: str, slice_: Slice, prefix: str, continued: PartHead | None, promotor_number: str | None
    ) -> None:
        self._known = known_texts(prefix)
        self.forms = self._known.forms
        self._parts: list[LoosePart] = []
        self._odd: list[_Odd] = []
        self._text = text
        self._slice = slice_
        self._prefix = prefix
        self._lines = lines_of_employees(prefix)
        self._continued = continued
        self._number = promotor_number if slice_.opened else None
        self._promotor = 0 if slice_.opened else -1
        self._line = slice_.origin.line
        self._counted = 0

    def read(self, begin: int, end: int) -> None:
        """The part whose text lies between *begin* and *end*, where its end tag stands or the slice ends."""
        part_end = self.forms.part_end
        text = self._text[begin : end + len(part_end)]
        is_last = not text.endswith(part_end)
        opened = len(self._slice.opened) if begin == 0 else 1
        try:
            [found] = recognise(
                text,
                self.forms,
                opened=opened,
                left_open=2 if is_last else 1,
                continued=self._continued if begin == 0 else None,
                promotor_number=self._number if opened else None,
            )
        except NotCanonical:
            self._read_odd(begin, text.removesuffix(part_end), opened)
            return
        self._line += self._text.count("\n", self._counted, begin)
        self._counted = begin
        if opened == 1:
            self._promotor += found.promotor
        elif opened == 0:
            self._promotor = 0
        self._number = found.head.promotor
        starts_at = None if found.starts_at is None else begin + found.starts_at
        body = found.text[found.body :]
        wrong = self._lines.known(body)
        if wrong is None:
            try:
                read_contents([found], self._known, self._line)
            except NotCanonical:
                found.content = PartContent()
                wrong = self._lines.wrong_lines(body)
        if wrong is not None:
            self._odd.append(_Odd(len(self._parts), found.head.promotor, "", wrong, begin + found.body))
        self._parts.append(LoosePart(starts_at, self._promotor, found.head, found.content))

    def _read_odd(self, begin: int, text: str, opened: int) -> None:
        """A part with a head that is not right."""
        body = text.find(self.forms.employee_begin)
        body = len(text) if body < 0 else body
        found = None if opened == 2 else _heads(self._prefix).pattern.fullmatch(text, 0, body)
        if found is None:
            raise NotCanonical
        is_new, is_closed = found["promotor"] is not None, found["closed"] is not None
        if is_new == (opened == 1 and not is_closed) or (opened == 0 and is_closed):
            raise NotCanonical
        if is_new:
            self._number = found["Ondernemingsnummer"]
            self._promotor += 1
        if self._number is None:
            raise NotCanonical
        wrong = self._lines.wrong_lines(text[body:])
        self._odd.append(_Odd(len(self._parts), self._number, found["part"], wrong, begin + body))
        self._parts.append(LoosePart(begin + found.start("part"), self._promotor, None, PartContent()))

    def end(self, end: int) -> None:
        """Look at what stands behind the last part, which ends at *end*."""
        left_open = len(self._slice.left_open)
        if left_open == 2:
            return
        if not self._parts and not self._slice.opened:
            raise NotCanonical
        rest = self.forms.promotor_end if left_open == 0 else self.forms.space
        if rest.fullmatch(self._text, end + len(self.forms.part_end) if self._parts else 0) is None:
            raise NotCanonical

    def judged(self, is_told: IsTold) -> list[LoosePart]:
        """All parts, with what the schema says of those that are odd."""
        verdicts = verdicts_under(self._prefix)
        of_lines = verdicts.of_lines((placed.line.text for odd in self._odd for placed in odd.lines), is_told)
        of_heads = iter(verdicts.of_heads([odd.head for odd in self._odd if odd.head], is_told))
        for odd in self._odd:
            part = self._parts[odd.ordinal]
            if odd.head:
                verdict, head = next(of_heads)
                part.head = head and replace(head, promotor=odd.number)
                starts_at = odd.body - len(odd.head)
                part.faults += (LooseFault(starts_at, None, violation) for violation in verdict)
            for placed in odd.lines:
                at = odd.body + placed.at + placed.line.at
                part.faults += [LooseFault(at, placed, violation) for violation in of_lines[placed.line.text]]
            if not part.faults:
                # Right in a spelling of its own: it has to be read.
                raise NotCanonical
        if not self._odd:
            raise NotCanonical
        return self._parts
