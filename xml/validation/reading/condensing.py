"""What the schema has to look at of a slice in which something is wrong: all of it but what is plainly right.

Left out are whole lines and whole employees, only where patterns made from the XSD take every byte of them, and only
where nothing around them can make them wrong. So the schema says of what is kept exactly what it says of it in the
whole: no element has another parent, and those that are left out may stand there any number of times.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

from validation.cutting.scanning import MOST_SIBLINGS
from validation.places.extracts import WHOLE, Extract, Gap, extract_of
from validation.reading.spelled import NotCanonical
from validation.reading.spelling import SPACE, Spelling, grammar
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, ENTERPRISE_NUMBER, LINE, PART, PROMOTOR

_MOST_PREFIXES = 4
_MOST_TEXTS = 20_000
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ATTRIBUTES = r"(?:[ \t\r\n][^<>]*)?"


def _any_simple(group: str) -> str:
    """Any number of elements without others in them, and texts."""
    name = rf"(?P<{group}>[^\s<>/!?]+)"
    return rf"[^<>]*(?:<{name}{_ATTRIBUTES}(?:/>|(?<!/)>[^<>]*</(?P={group})[ \t\r\n]*>)[^<>]*)*"


class RightTexts:
    """What is right in the spelling of one prefix: patterns of employees and lines, and texts that they took before."""

    def __init__(self, prefix: str) -> None:
        spelling = Spelling(prefix, grammar())
        self.part_end = spelling.end_tag(PART)
        self.employee_begin = f"<{prefix}{EMPLOYEE}>"
        self.employee_end = spelling.end_tag(EMPLOYEE)
        self.insz_end = spelling.end_tag("INSZ")
        self.line_end = spelling.end_tag(LINE)
        self.promotor_begin = f"<{prefix}{PROMOTOR}"
        number = spelling.element(ENTERPRISE_NUMBER, ENTERPRISE_NUMBER, is_captured=True)
        self.promotor = re.compile(f"<{prefix}{PROMOTOR}>{SPACE}{number}")
        begin = f"{spelling.start_tag(EMPLOYMENT)}>{SPACE}{spelling.element('Arbeidsregime', 'Arbeidsregime')}"
        employer = spelling.element("Werkgever", ENTERPRISE_NUMBER)
        self._employment_end = end = spelling.end_tag(EMPLOYMENT)
        self._employee = re.compile(SPACE + spelling.element(EMPLOYEE, EMPLOYEE))
        self._opening = re.compile(
            f"{SPACE}{self.employee_begin}{SPACE}{spelling.element('INSZ', 'INSZ')}{SPACE}(?:{employer}{SPACE})?{begin}"
        )
        self._next_employment = re.compile(f"{SPACE}{end}{SPACE}{begin}")
        self._ending = re.compile(f"{SPACE}{end}(?:{SPACE}{begin}{SPACE}{end})*{SPACE}")
        self._line = re.compile(SPACE + spelling.element(LINE, LINE))
        # A line with anything simple in it: wrong perhaps, but it ends where it seems to end.
        self._any_line = re.compile(f"{SPACE}<{prefix}{LINE}{_ATTRIBUTES}(?<!/)>{_any_simple('child')}{self.line_end}")
        self._any_head = re.compile(
            f"{SPACE}(?:</{prefix}{PROMOTOR}>{SPACE})?(?:<{prefix}{PROMOTOR}>{_any_simple('of_promotor')})?"
            f"<{prefix}{PART}{_ATTRIBUTES}(?<!/)>{_any_simple('of_part')}"
        )
        self._right_lines: set[str] = set()
        self._right_employees: set[tuple[str, str]] = set()

    def is_right_employee(self, text: str) -> bool:
        """*text* is all of an employee but its end tag."""
        begin, end, rest = text.partition(self.insz_end)
        insz = begin[-11:]
        if end and insz.isascii() and insz.isdecimal() and (begin[:-11], rest) in self._right_employees:
            return True
        if self._employee.fullmatch(text + self.employee_end) is None or not _have_days(text):
            return False
        if max(text.count(self.line_end), text.count(self._employment_end)) > MOST_SIBLINGS:
            return False
        if len(self._right_employees) >= _MOST_TEXTS:
            self._right_employees.clear()
        self._right_employees.add((begin[:-11], rest))
        return True

    def is_right_line(self, text: str) -> bool:
        """*text* is all of a line but its end tag."""
        if text in self._right_lines:
            return True
        if self._line.fullmatch(text + self.line_end) is None or not _have_days(text):
            return False
        if len(self._right_lines) >= _MOST_TEXTS:
            self._right_lines.clear()
        self._right_lines.add(text)
        return True

    def wrong_lines(self, employee: str) -> list[tuple[int, int]] | None:
        """Begin and end of each stretch of right lines in the text of an employee that is not right.

        None when something else than its lines is wrong, or when it cannot be told from the text alone.
        """
        opening = self._opening.match(employee)
        *lines, ending = employee.split(self.line_end)
        if opening is None or len(lines) > MOST_SIBLINGS or self._ending.fullmatch(ending) is None:
            return None
        right: list[tuple[int, int]] = []
        at = 0
        skipped = opening.end()
        for line in lines:
            begin = at
            end = at + len(line)
            at = end + len(self.line_end)
            if skipped:
                begin, skipped = skipped, 0
            elif (between := self._next_employment.match(line)) is not None:
                begin += between.end()
            if self.is_right_line(employee[begin:end]):
                right.append((begin, at))
            elif self._any_line.fullmatch(employee, begin, at) is None:
                return None
        return right

    def has_simple_head(self, text: str, begin: int, body: int) -> bool:
        """Whether all that stands between *begin* and *body* is the start of a part, right or wrong."""
        return self._any_head.fullmatch(text, begin, body) is not None


@lru_cache(maxsize=_MOST_PREFIXES)
def right_texts(prefix: str) -> RightTexts:
    """Remembered for the life of the process, under few prefixes."""
    return RightTexts(prefix)


def _have_days(text: str) -> bool:
    """Whether every date is one: no pattern knows that."""
    try:
        for day in _DAY.findall(text):
            date.fromisoformat(day)
    except ValueError:
        return False
    return True


class Condensing:
    """Takes a slice stretch by stretch, from its begin to its end, and leaves out what is right."""

    def __init__(self, text: str, right: RightTexts, base: Extract = WHOLE) -> None:
        self._text = text
        self._right = right
        self._base = base
        self._reached = self._length = 0
        self._kept: list[tuple[int, int]] = []
        self._gaps: list[Gap] = []

    def leave_out(self, begin: int, end: int, name: str, count: int) -> None:
        """Leave out *count* whole elements; *begin* does not lie before the end of what was left out last."""
        if begin > self._reached:
            self._kept.append((self._reached, begin))
            self._length += begin - self._reached
        self._reached = end
        self._gaps.append(Gap(self._length, name, count))

    def leave_out_right(self, begin: int, end: int) -> None:
        """Leave out what is right in the part between *begin* and *end*, its end tag not included.

        Raises `NotCanonical` for a part that cannot be cut up by searching texts.
        """
        right = self._right
        body = self._text.find(right.employee_begin, begin, end)
        if body < 0:
            return
        if not right.has_simple_head(self._text, begin, body):
            raise NotCanonical
        *employees, _ = self._text[body:end].split(right.employee_end)
        if len(employees) > MOST_SIBLINGS:
            raise NotCanonical
        at = body
        for employee in employees:
            following = at + len(employee) + len(right.employee_end)
            if right.is_right_employee(employee):
                # The first is kept: an order that is wrong before it, the schema sees only there.
                if at > body:
                    self.leave_out(at, following, EMPLOYEE, 1)
            else:
                for first, last in right.wrong_lines(employee) or ():
                    self.leave_out(at + first, at + last, LINE, 1)
            at = following

    def leave_out_all_but(self, begin: int, end: int, kept: Collection[int]) -> None:
        """Leave out the employees between *begin* and *end* whose ordinals (from 0) are not among *kept*.

        Raises `NotCanonical` for a part whose employees cannot be counted by searching texts.
        """
        right = self._right
        body = max(begin, self._text.find(right.employee_begin, begin, end))
        *employees, _ = self._text[body:end].split(right.employee_end)
        if self._text.count(EMPLOYEE, begin, end) != 2 * len(employees):
            raise NotCanonical
        at = body
        for ordinal, employee in enumerate(employees):
            following = at + len(employee) + len(right.employee_end)
            if ordinal not in kept:
                self.leave_out(at, following, EMPLOYEE, 1)
            at = following

    def result(self) -> tuple[str, Extract]:
        """What is kept of the whole text."""
        kept = [*self._kept, (self._reached, len(self._text))]
        return "".join(self._text[begin:end] for begin, end in kept), extract_of(kept, self._gaps, self._base)


def parts_of(text: str, part_end: str, *, is_left_open: bool) -> Iterable[tuple[int, int]]:
    """Begin and end of all that stands before each end tag of a part, and behind the last one when *is_left_open*."""
    begin = 0
    while (end := text.find(part_end, begin)) >= 0:
        yield begin, end
        begin = end + len(part_end)
    if is_left_open:
        yield begin, len(text)
