"""What the schema has to look at of a slice in which something is wrong: all of it but what is plainly right.

Left out are whole lines and whole employees, only where patterns made from the XSD take every byte of them, and only
where nothing around them can make them wrong. So the schema says of what is kept exactly what it says of it in the
whole: no element has another parent, and those that are left out may stand there any number of times.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

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


class RightLines(NamedTuple):
    """So many lines between two offsets."""

    begin: int
    end: int
    lines: int


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
        self._opening = re.compile(
            f"{SPACE}{self.employee_begin}{SPACE}{spelling.element('INSZ', 'INSZ')}{SPACE}(?:{employer}{SPACE})?{begin}"
        )
        self._next_employment = re.compile(f"{SPACE}{end}{SPACE}{begin}")
        self._ending = re.compile(f"{SPACE}{end}(?:{SPACE}{begin}{SPACE}{end})*{SPACE}")
        self._line = re.compile(SPACE + spelling.element(LINE, LINE))
        # A line with anything simple in it: wrong perhaps, but it ends where it seems to end.
        self._any_line = re.compile(f"{SPACE}<{prefix}{LINE}{_ATTRIBUTES}(?<!/)>{_any_simple('child')}{self.line_end}")
        self._right_head = re.compile(
            f"{SPACE}(?:(?:</{prefix}{PROMOTOR}>{SPACE})?"
            f"(?:<{prefix}{PROMOTOR}>{SPACE}{spelling.element(ENTERPRISE_NUMBER, ENTERPRISE_NUMBER)}{SPACE})?"
            f"{spelling.start_tag(PART)}>{spelling.children_before(EMPLOYEE, PART)})?"
        )
        # Of a part that goes on from an earlier slice there is none.
        self._any_head = re.compile(
            f"{SPACE}(?:(?:</{prefix}{PROMOTOR}>{SPACE})?(?:<{prefix}{PROMOTOR}>{_any_simple('of_promotor')})?"
            f"<{prefix}{PART}{_ATTRIBUTES}(?<!/)>{_any_simple('of_part')})?"
        )
        self._lines: set[str] = set()
        self._begins: set[str] = set()
        self._rests: set[str] = set()

    def is_known(self, employee: str) -> bool:
        """Whether *employee*, all of him but his end tag, was right before, under whatever INSZ."""
        begin, _, rest = employee.partition(self.insz_end)
        return rest in self._rests and begin[:-11] in self._begins and begin[-11:].isdecimal()

    def right_lines(self, employee: str) -> list[RightLines] | None:
        """The right lines of *employee*, who ends before his end tag; none when all of him is right.

        No lines when something else may be wrong: then nothing can be told from the text alone.
        """
        opening = self._opening.match(employee)
        if opening is None or employee.count(self._employment_end) > MOST_SIBLINGS:
            return []
        begin = opening.end()
        *lines, ending = employee[begin:].split(self.line_end)
        if len(lines) > MOST_SIBLINGS or self._ending.fullmatch(ending) is None:
            return []
        stretches: list[RightLines] = []
        is_right = True
        for ordinal, line in enumerate(lines):
            end = begin + len(line) + len(self.line_end)
            if line not in self._lines:
                between = self._next_employment.match(line) if ordinal else None
                begin += 0 if between is None else between.end()
                if not self._is_right_line(employee[begin : end - len(self.line_end)]):
                    if self._any_line.fullmatch(employee, begin, end) is None:
                        return []
                    is_right, begin = False, end
                    continue
            if stretches and stretches[-1].end == begin:
                stretches[-1] = RightLines(stretches[-1].begin, end, stretches[-1].lines + 1)
            else:
                stretches.append(RightLines(begin, end, 1))
            begin = end
        if is_right and have_days(employee):
            self._remember(employee)
            return None
        return stretches

    def _is_right_line(self, text: str) -> bool:
        """*text* is all of a line but its end tag."""
        if text in self._lines:
            return True
        if self._line.fullmatch(text + self.line_end) is None or not have_days(text):
            return False
        _add(self._lines, text)
        return True

    def _remember(self, employee: str) -> None:
        begin, _, rest = employee.partition(self.insz_end)
        _add(self._begins, begin[:-11])
        _add(self._rests, rest)

    def has_right_head(self, text: str, begin: int, body: int) -> bool:
        """Whether what stands between *begin* and *body* is the canonical start of a part, or nothing."""
        return self._right_head.fullmatch(text, begin, body) is not None

    def has_simple_head(self, text: str, begin: int, body: int, *, is_continued: bool) -> bool:
        """Whether all that stands between *begin* and *body* is the start of a part, right or wrong.

        Without one there is no part, unless it is continued: an employee may stand anywhere in a file that is wrong.
        """
        head = self._any_head.fullmatch(text, begin, body)
        return head is not None and (is_continued or head[0].strip() != "")


def _add(texts: set[str], text: str) -> None:
    if len(texts) >= _MOST_TEXTS:
        texts.clear()
    texts.add(text)


@lru_cache(maxsize=_MOST_PREFIXES)
def right_texts(prefix: str) -> RightTexts:
    """Remembered for the life of the process, under few prefixes."""
    return RightTexts(prefix)


def have_days(text: str) -> bool:
    """Whether every date is one: no pattern knows that."""
    if "-" not in text:
        # As in most lines, and sooner known.
        return True
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

    def leave_out_right(self, begin: int, end: int, *, is_continued: bool) -> bool:
        """Leave out what is right in the part between *begin* and *end*, its end tag not included.

        *is_continued*: the part began in an earlier slice. Answers whether all its employees are right. Raises
        `NotCanonical` for a part that cannot be cut up by searching texts.
        """
        right = self._right
        body = self._text.find(right.employee_begin, begin, end)
        if not right.has_simple_head(self._text, begin, end if body < 0 else body, is_continued=is_continued):
            raise NotCanonical
        if body < 0:
            return True
        *employees, _ = self._text[body:end].split(right.employee_end)
        if len(employees) > MOST_SIBLINGS:
            raise NotCanonical
        # Right employees who follow each other are left out at once.
        right_from, at, count = body, body, 0
        is_right = True
        for employee in employees:
            following = at + len(employee) + len(right.employee_end)
            lines = None if right.is_known(employee) else right.right_lines(employee)
            if lines is None and at == body and not right.has_right_head(self._text, begin, body):
                # The first is kept: an order that is wrong before it, the schema sees only there.
                right_from = following
            elif lines is None:
                count += 1
            else:
                is_right = False
                if count:
                    self.leave_out(right_from, at, EMPLOYEE, count)
                for found in lines:
                    self.leave_out(at + found.begin, at + found.end, LINE, found.lines)
                right_from, count = following, 0
            at = following
        if count:
            self.leave_out(right_from, at, EMPLOYEE, count)
        return is_right

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
