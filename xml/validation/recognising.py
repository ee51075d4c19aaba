"""The fast path: a slice that consists wholly of the canonical spelling is read without a parser.

Every byte is accounted for: a slice is cut at literal tags, and each text between two cuts is either remembered as one
that the patterns of the XSD took, or matched with them now. At the first text that they do not take the whole slice is
left to the parser, which decides; so nothing is ever refused here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from domain.errors import InvalidValue
from domain.identifiers import has_insz_date_range
from domain.months import Month
from domain.vocabulary import DeliveryStatus
from validation.document import Line
from validation.part_content import PackedEmployment, PackedLine, PartContent
from validation.reading import PartHead
from validation.scanning import MOST_SIBLINGS
from validation.spelled import ATTRIBUTE, Forms, KnownTexts, MonthTexts, NotCanonical, amount, day, line_of, packed_line
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE

_MOST_PREFIXES = 4
_BORN_FROM_2000_REMAINDER = 29
_TAG = re.compile(r'<(/?)(?:[^\s<>/"=]*:)?(\w+)((?:[ \t]+\w+="[^"]*")*)[ \t]*(/?)>([^<]*)')


@dataclass(slots=True)
class Recognised:
    """A part of a slice; *starts_at* is the offset of its start tag, none when it began in an earlier slice.

    *promotor* is the ordinal (from 0) of its promotor in the slice, *body* the offset behind its head.
    """

    starts_at: int | None
    promotor: int
    head: PartHead
    body: int
    text: str
    content: PartContent = field(default_factory=PartContent)

    def read(self, known: KnownTexts, first_line: int) -> None:
        """Read the employees; *first_line* is the text line in the file on which the body begins."""
        texts = known.of(self.head.month, self.head.programme)
        _read_employees(self.text, known, texts, self.content, first_line)


@lru_cache(maxsize=_MOST_PREFIXES)
def known_texts(prefix: str) -> KnownTexts:
    """Remembered for the life of the process, under few prefixes."""
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
            parts.append(Recognised(None, 0, continued, 0, each))
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
    if is_new:
        number = forms.values(found["promotor"])["Ondernemingsnummer"]
    if number is None:
        raise NotCanonical
    values = forms.values(found["part"])
    try:
        month = _month(values["Prestatiemaand"])
    except InvalidValue as error:
        raise NotCanonical from error
    head = PartHead(
        promotor=number,
        reference=values.get("ref"),
        delivery_status=DeliveryStatus(values["statusAanlevering"]),
        replaces=values.get("vervangt"),
        convention=values["Conventienummer"],
        programme=values["Programma"],
        month=month,
    )
    return Recognised(at + found.start("part"), promotor + is_new, head, at + body, text[body:])


@cache
def _month(text: str) -> Month:
    return Month.parse(text)


@cache
def _dates() -> frozenset[str]:
    """Month and day of an INSZ that can occur."""
    every = (f"{number:04d}" for number in range(10_000))
    return frozenset(each for each in every if has_insz_date_range(f"00{each}00000"))


def _read_employees(text: str, known: KnownTexts, texts: MonthTexts, content: PartContent, first_line: int) -> None:
    """Called for every part of a file: what is done for each employee is spelled out and bound to local names.

    `validation.rules.plain` says the same of an INSZ in the words of the field; a test compares both.
    """
    begin, *employees = text.split(known.forms.employee_begin)
    if known.forms.space.fullmatch(begin) is None or len(employees) > MOST_SIBLINGS:
        raise NotCanonical
    insz_end, before_insz, openings, dates = known.forms.insz_end, known.before_insz, texts.openings, _dates()
    packed, unusual, shares = content.employees, content.unusual, content.shares
    line = first_line + begin.count("\n")
    count = hours = days = 0
    for employee in employees:
        before, _, rest = employee.partition(insz_end)
        insz, before = before[-11:], before[:-11]
        opening_text, _, lines_text = rest.partition("/>")
        try:
            breaks = before_insz.get(before)
            if breaks is None:
                breaks = known.breaks_before_insz(before)
            opening = openings.get(opening_text) or texts.opening(opening_text)
            lines = opening[7].get(lines_text) or texts.lines(lines_text, opening)
        except NotCanonical:
            line = _read_one(employee, known.forms, texts, content, line)
            continue
        employer, number, begin_day, end_day, weekly, full_time, covers, _, opening_breaks = opening
        packed_lines, lines_count, lines_hours, lines_days, share, is_plain, lines_breaks = lines
        if not (insz.isdecimal() and len(insz) == 11):
            raise NotCanonical
        first, check = divmod(int(insz), 100)
        if not (
            is_plain
            and covers
            and 0 < check < 98
            and (first + check) % 97 in (0, _BORN_FROM_2000_REMAINDER)
            and insz[2:6] in dates
        ):
            unusual.append(len(packed))
        line += breaks + opening_breaks
        packed.append((insz, employer, ((number, begin_day, end_day, weekly, full_time, packed_lines, line),)))
        line += lines_breaks
        count += lines_count
        hours += lines_hours
        days += lines_days
        shares[full_time] += share
    content.lines += count
    content.hours_hundredths += hours
    content.days_tenths += days


def _read_one(text: str, forms: Forms, texts: MonthTexts, content: PartContent, line: int) -> int:
    """An employee with several employments, or of a rarer spelling; answers the text line behind him."""
    whole = forms.employee_begin + text
    if forms.employee.fullmatch(whole) is None:
        raise NotCanonical
    insz, employer = "", None
    employments: list[PackedEmployment] = []
    for number, (values, lines, packed) in enumerate(_employments(whole, line)):
        if number >= MOST_SIBLINGS or len(lines) > MOST_SIBLINGS:
            raise NotCanonical
        insz, employer = values["INSZ"], values.get("Werkgever")
        weekly, full_time = amount(values["Q"]), amount(values["S"])
        _, count, hours, days, share, _, _ = texts.judged(weekly, full_time, lines, packed, 0)
        end = day(values["einde"]) if "einde" in values else None
        employments.append((int(values["volgnr"]), day(values["begin"]), end, weekly, full_time, packed, 0))
        content.lines += count
        content.hours_hundredths += hours
        content.days_tenths += days
        content.shares[full_time] += share
    content.unusual.append(len(content.employees))
    content.employees.append((insz, employer, tuple(employments)))
    return line + text.count("\n")


def _employments(employee: str, line: int) -> Iterator[tuple[dict[str, str], tuple[Line, ...], tuple[PackedLine, ...]]]:
    """For each employment: its values and those of the employee, and its lines with their text lines."""
    person: dict[str, str] = {}
    employment: dict[str, str] = {}
    one: dict[str, str] = {}
    lines: list[Line] = []
    packed: list[PackedLine] = []
    started = line
    for tag in _TAG.finditer(employee):
        closing, name, attributes, _, text = tag.groups()
        values = dict(ATTRIBUTE.findall(attributes))
        if closing:
            if name == LINE:
                found = line_of(one)
                lines.append(found)
                packed.append(packed_line(found, started))
            elif name == EMPLOYMENT:
                yield person | employment, tuple(lines), tuple(packed)
        elif name == LINE:
            one = values
            started = line + employee.count("\n", 0, tag.start())
        elif name == EMPLOYMENT:
            employment, lines, packed = values, [], []
        elif name in ("INSZ", "Werkgever"):
            person[name] = text
        elif name == "Arbeidsregime":
            employment |= values
        elif name != EMPLOYEE:
            one[name] = text
