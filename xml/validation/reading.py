"""From the tree of a slice that obeys the schema to parts in the words of the field: the edge where Dutch ends.

Nothing is checked here: the schema has fixed the form of every value, so each conversion is the plainest one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from lxml import etree

from domain.months import Month
from domain.vocabulary import DeliveryStatus, Programme
from validation.diagnosis import Element
from validation.document import Employee, Employment, Line
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE, NAMESPACE, PART, PROMOTOR, tag

_EMPLOYEE, _EMPLOYMENT, _LINE, _PART, _PROMOTOR = (tag(name) for name in (EMPLOYEE, EMPLOYMENT, LINE, PART, PROMOTOR))
_EMPLOYER, _DAYS, _HOURS, _FROM, _UNTIL = (tag(name) for name in ("Werkgever", "Dagen", "Uren", "Van", "Tot"))
_NUMBER, _CONVENTION, _PROGRAMME, _MONTH = (
    tag(name) for name in ("Ondernemingsnummer", "Conventienummer", "Programma", "Prestatiemaand")
)
_XML_SPACE = " \t\r\n"
_ENTERPRISE_NUMBER = re.compile(r"[01][0-9]{9}")
_REVISION = re.compile(r"[1-9][0-9]{0,9}\.[1-9][0-9]{0,9}")
_PERFORMANCE_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LONGEST_CONVENTION, _LONGEST_REFERENCE = 20, 50
_PROGRAMMES, _STATUSES = frozenset(Programme), frozenset(DeliveryStatus)

# Columns of a whole part at once: asking for each line's children takes twice as long.
_COLUMN_PATHS = tuple(
    etree.XPath(f"c:{EMPLOYEE}/c:{EMPLOYMENT}/c:{LINE}{rest}", namespaces={"c": NAMESPACE}, smart_strings=False)
    for rest in ("", "/@volgnr", "/c:Prestatiecode/text()", "/c:Dagen/text()", "/c:Uren/text()")
)

_HAS_DATES = etree.XPath(f"boolean(c:{EMPLOYEE}/c:{EMPLOYMENT}/c:{LINE}/c:Van)", namespaces={"c": NAMESPACE})


@dataclass(frozen=True, slots=True)
class PartHead:
    """What identifies a part; *promotor* is the enterprise number."""

    promotor: str
    reference: str | None
    delivery_status: DeliveryStatus
    replaces: str | None
    convention: str
    programme: str
    month: Month


def elements_of_parts(root: Element) -> Iterator[tuple[int, Element, Element]]:
    """The ordinal of a promotor (from 0), its element and that of a part, in the order of the document."""
    for promotor_index, promotor in enumerate(root.iterchildren(_PROMOTOR)):
        for part in promotor.iterchildren(_PART):
            yield promotor_index, promotor, part


def count_promotors_and_parts(root: Element) -> tuple[int, int]:
    promotors = list(root.iterchildren(_PROMOTOR))
    return len(promotors), sum(1 for promotor in promotors for _ in promotor.iterchildren(_PART))


@cache
def siblings_beyond(most: int) -> etree.XPath:
    """Asks the root whether, on a level where elements may repeat, more than *most* stand under one parent."""
    levels = ("/*" + "/*" * depth + f"[*[{most + 1}]]" for depth in range(5))
    return etree.XPath(f"boolean({' | '.join(levels)})")


def read_part_head(promotor: Element, part: Element) -> PartHead | None:
    """The head of a part; of one that breaks the schema only when all of it can be read all the same, else none."""
    number, convention, programme, month = (
        (parent.findtext(name) or "").strip(_XML_SPACE)
        for parent, name in ((promotor, _NUMBER), (part, _CONVENTION), (part, _PROGRAMME), (part, _MONTH))
    )
    status = part.get("statusAanlevering", "")
    replaces = part.get("vervangt")
    if not (
        _ENTERPRISE_NUMBER.fullmatch(number)
        and 0 < len(convention) <= _LONGEST_CONVENTION
        and programme in _PROGRAMMES
        and _PERFORMANCE_MONTH.fullmatch(month)
        and status in _STATUSES
        and (replaces is None or _REVISION.fullmatch(replaces))
    ):
        return None
    return PartHead(
        promotor=number,
        reference=part.get("ref", "")[:_LONGEST_REFERENCE] or None,
        delivery_status=DeliveryStatus(status),
        replaces=replaces,
        convention=convention,
        programme=programme,
        month=Month.parse(month),
    )


def read_employees(part: Element, employees: list[Employee], source_lines: list[int], lines_before: int) -> None:
    """Append the employees of *part*, and the text lines of their lines: those of the tree, and *lines_before* more."""
    lines, numbers, codes, days, hours = (column(part) for column in _COLUMN_PATHS)
    source_lines.extend(line.sourceline + lines_before for line in lines)
    # One text in every line for each column, and nothing else in any line: the columns lie side by side.
    is_even = len(lines) == len(days) == len(hours) and not _HAS_DATES(part)
    if is_even:
        cells = (
            Line(int(number), code, _amount(day), _amount(hour), None, None)
            for number, code, day, hour in zip(numbers, codes, days, hours, strict=True)
        )
    else:
        cells = map(_line, lines)
    employees.extend(_employee(element, cells) for element in part.iterchildren(_EMPLOYEE))


def _employee(element: Element, lines: Iterator[Line]) -> Employee:
    """*lines* are all that follow in the document: each employment takes its own."""
    children = list(element)
    employer = None
    begin = 1
    if children[1].tag == _EMPLOYER:
        employer = _text(children[1])
        begin = 2
    return Employee(
        insz=_text(children[0]),
        employer=employer,
        employments=tuple(_employment(child, lines) for child in children[begin:]),
    )


def _employment(element: Element, lines: Iterator[Line]) -> Employment:
    attributes = element.attrib
    regime = element[0].attrib
    end = element.get("einde")
    return Employment(
        number=int(attributes["volgnr"]),
        begin=_day(attributes["begin"]),
        end=None if end is None else _day(end),
        weekly_hours_hundredths=_amount(regime["Q"]),
        full_time_hours_hundredths=_amount(regime["S"]),
        lines=tuple(islice(lines, len(element) - 1)),
    )


def _line(element: Element) -> Line:
    texts = {child.tag: _text(child) for child in element}
    days, hours, first, last = (texts.get(name) for name in (_DAYS, _HOURS, _FROM, _UNTIL))
    return Line(
        number=int(element.attrib["volgnr"]),
        code=_text(element[0]),
        days_tenths=None if days is None else _amount(days),
        hours_hundredths=None if hours is None else _amount(hours),
        from_day=None if first is None else _day(first),
        until_day=None if last is None else _day(last),
    )


def _text(element: Element) -> str:
    return element.text or ""


def _day(text: str) -> date:
    return date.fromisoformat(text.strip())


def _amount(text: str) -> int:
    """`7.60`: the schema fixes the places, so without its point it is a whole number of the smallest unit."""
    return int(text.replace(".", ""))
