"""From the tree of a slice that obeys the schema to parts in the words of the field: the edge where Dutch ends.

Nothing is checked here: the schema has fixed the form of every value, so each conversion is the plainest one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from lxml import etree

from domain.months import Month
from domain.vocabulary import DeliveryStatus, Programme
from validation.document import Employee, Employment, Line
from validation.schema.diagnosis import Element
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE, NAMESPACE, PART, PROMOTOR, XML_SPACE, tag

_EMPLOYEE, _EMPLOYMENT, _LINE, _PART, _PROMOTOR = (tag(name) for name in (EMPLOYEE, EMPLOYMENT, LINE, PART, PROMOTOR))
_EMPLOYER, _DAYS, _HOURS, _FROM, _UNTIL = (tag(name) for name in ("Werkgever", "Dagen", "Uren", "Van", "Tot"))
_NUMBER, _CONVENTION, _PROGRAMME, _MONTH = (
    tag(name) for name in ("Ondernemingsnummer", "Conventienummer", "Programma", "Prestatiemaand")
)
_ENTERPRISE_NUMBER = re.compile(r"[01][0-9]{9}")
_REVISION = re.compile(r"[1-9][0-9]{0,9}\.[1-9][0-9]{0,9}")
_PERFORMANCE_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LONGEST_CONVENTION, _LONGEST_REFERENCE = 20, 50
_PROGRAMMES, _STATUSES = frozenset(Programme), frozenset(DeliveryStatus)


def _column(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces={"c": NAMESPACE}, smart_strings=False)


# Columns of a whole part at once: asking each element for its children takes twice as long.
_EMPLOYMENTS = f"c:{EMPLOYEE}/c:{EMPLOYMENT}"
_LINES = f"{_EMPLOYMENTS}/c:{LINE}"
_LINE_COLUMNS = tuple(
    _column(_LINES + rest) for rest in ("", "/@volgnr", "/c:Prestatiecode/text()", "/c:Dagen/text()", "/c:Uren/text()")
)
_HAS_DATES = _column(f"boolean({_LINES}/c:Van)")
_EMPLOYMENT_COLUMNS = tuple(
    _column(_EMPLOYMENTS + rest) for rest in ("", "/@volgnr", "/@begin", "/c:Arbeidsregime/@Q", "/c:Arbeidsregime/@S")
)
_EMPLOYEE_COLUMNS = (_column(f"c:{EMPLOYEE}"), _column(f"c:{EMPLOYEE}/c:INSZ/text()"))
_HAS_EMPLOYERS = _column(f"boolean(c:{EMPLOYEE}/c:Werkgever)")


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


def count_promotors(root: Element) -> int:
    return sum(1 for _ in root.iterchildren(_PROMOTOR))


def has_more_siblings(root: Element, most: int) -> bool:
    """Whether, on a level where elements may repeat, more than *most* stand under one parent."""
    return bool(_siblings_beyond(most)(root))


@cache
def _siblings_beyond(most: int) -> etree.XPath:
    paths = ("/*" + "/*" * depth + f"[*[{most + 1}]]" for depth in range(5))
    return etree.XPath(f"boolean({' | '.join(paths)})")


def read_part_head(promotor: Element, part: Element) -> PartHead | None:
    """The head of a part; of one that breaks the schema only when all of it can be read all the same, else none."""
    number, convention, programme, month = (
        (parent.findtext(name) or "").strip(XML_SPACE)
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


def read_employees(
    part: Element, employees: list[Employee], source_lines: list[int], line_of: Callable[[Element], int]
) -> None:
    """Append the employees of *part*, and the text lines of their lines: *line_of* answers the one of an element.

    Each level takes from the iterator of the level below as many as it has children.
    """
    elements, numbers = (column(part) for column in _EMPLOYEE_COLUMNS)
    employments = _employments(part, _lines(part, source_lines, line_of))
    has_employers = _HAS_EMPLOYERS(part)
    for element, insz in zip(elements, numbers, strict=True):
        employer = element.findtext(_EMPLOYER) if has_employers else None
        own = len(element) - (1 if employer is None else 2)
        employees.append(Employee(insz, employer, tuple(islice(employments, own))))


def _employments(part: Element, lines: Iterator[Line]) -> Iterator[Employment]:
    for element, number, begin, weekly, full_time in zip(
        *(column(part) for column in _EMPLOYMENT_COLUMNS), strict=True
    ):
        end = element.get("einde")
        yield Employment(
            int(number),
            _day(begin),
            None if end is None else _day(end),
            _amount(weekly),
            _amount(full_time),
            tuple(islice(lines, len(element) - 1)),
        )


def _lines(part: Element, source_lines: list[int], line_of: Callable[[Element], int]) -> Iterator[Line]:
    elements, numbers, codes, days, hours = (column(part) for column in _LINE_COLUMNS)
    source_lines.extend(map(line_of, elements))
    # One text in every line for each column, and nothing else in any line: the columns lie side by side.
    if len(elements) == len(days) == len(hours) and not _HAS_DATES(part):
        return (
            Line(int(number), code, _amount(day), _amount(hour), None, None)
            for number, code, day, hour in zip(numbers, codes, days, hours, strict=True)
        )
    return map(_line, elements)


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
