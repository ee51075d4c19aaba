"""Which performance lines of an employee are wrong, when nothing else of him is.

An employee's text begins behind his INSZ and ends before that of the next one. It is cut at the ends of lines: what
stands between two lines must be right, and a line must be right or simple, which means that it ends where it seems to
end and that the names in it are of our namespace. What the schema says of a simple line depends on nothing around it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from validation.cutting.scanning import MOST_SIBLINGS
from validation.reading.condensing import have_days
from validation.reading.spelled import NOBODY, Forms, NotCanonical
from validation.reading.spelling import SPACE, Spelling, grammar
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, ENTERPRISE_NUMBER, LINE

MOST_CHARACTERS = 1_000_000
"""Texts of so many are remembered; then all are forgotten, because a hostile file repeats none."""
_MOST_PREFIXES = 4
_ATTRIBUTES = r'(?:[ \t\r\n]+(?!xmlns=)[A-Za-z_]\w*="[^"<>&]*")*[ \t\r\n]*'


class WrongLine(NamedTuple):
    """A line that stands *at* an offset of its employee's text, by the ordinals of its employment and its own."""

    at: int
    employment: int
    line: int
    text: str


class PlacedLine(NamedTuple):
    """A wrong line of the employee with an ordinal, whose text stands *at* an offset of the part's."""

    employee: int
    at: int
    line: WrongLine


class LinesOfEmployees:
    """Under one prefix: patterns, and the texts that they took before, never more than a bound."""

    def __init__(self, prefix: str) -> None:
        spelling = Spelling(prefix, grammar())
        self._forms = Forms(prefix)
        self._between_owns = len(NOBODY) + len(self._forms.insz_end)
        self._line_end = spelling.end_tag(LINE)
        self._line_begin = f"<{prefix}{LINE}"
        self._employment_end = end = spelling.end_tag(EMPLOYMENT)
        begin = f"{spelling.start_tag(EMPLOYMENT)}>{SPACE}{spelling.element('Arbeidsregime', 'Arbeidsregime')}"
        employer = f"(?:{spelling.element('Werkgever', ENTERPRISE_NUMBER)}{SPACE})?"
        further = f"(?:{SPACE}{end}{SPACE}{begin})*{SPACE}"
        last = f"{SPACE}{end}{SPACE}{spelling.end_tag(EMPLOYEE)}{SPACE}<{prefix}{EMPLOYEE}>{SPACE}<{prefix}INSZ>"
        self._opening = re.compile(f"{SPACE}{employer}{begin}{further}")
        self._between = re.compile(further)
        self._ending = re.compile(f"{further}{last}")
        self._without_lines = re.compile(f"{SPACE}{employer}{begin}{further}{last}")
        self._line = re.compile(spelling.element(LINE, LINE))
        name = rf"{prefix}(?P<name>[A-Za-z_][\w.\-]*)"
        child = rf"<{name}{_ATTRIBUTES}(?:/>|>[^<>&]*</{prefix}(?P=name)[ \t\r\n]*>)"
        self._simple_line = re.compile(f"<{prefix}{LINE}{_ATTRIBUTES}>[^<>&]*(?:{child}[^<>&]*)*{self._line_end}")
        self._remembered = 0
        self._right: set[str] = set()
        self._wrong: dict[str, tuple[WrongLine, ...]] = {}
        self._right_lines: set[str] = set()
        # How many employments begin in a text that stands before a line, the first one or another.
        self._openings: dict[str, int] = {}
        self._betweens: dict[str, int] = {}

    def known(self, text: str) -> list[PlacedLine] | None:
        """The same as `wrong_lines`, but none unless every employee was looked at before and some are wrong."""
        begin, owns = self._cut_up(text)
        if any(own not in self._right and own not in self._wrong for own in owns):
            return None
        return self._placed(begin, owns) or None

    def wrong_lines(self, text: str) -> list[PlacedLine]:
        """Of all employees of a part, in the order of *text*; raises `NotCanonical` where anything else is wrong."""
        return self._placed(*self._cut_up(text))

    def _placed(self, begin: str, owns: list[str]) -> list[PlacedLine]:
        found: list[PlacedLine] = []
        at = len(begin)
        for ordinal, own in enumerate(owns):
            if own not in self._right:
                lines = self._wrong.get(own)
                if lines is None:
                    lines = self._looked_through(own)
                found += (PlacedLine(ordinal, at, line) for line in lines)
            at += len(own) + self._between_owns
        return found

    def _cut_up(self, text: str) -> tuple[str, list[str]]:
        """What stands before the first employee's text, and the texts of all; raises `NotCanonical`."""
        begin, texts = self._forms.cut_at_inszs(text)
        if not texts:
            return begin, []
        inszs = [begin[-11:], *(each[-11:] for each in texts[:-1])]
        # Each has as many digits, or together they have other signs too.
        if not "".join(inszs).isdecimal() or len(min(inszs, key=len)) < len(NOBODY):
            raise NotCanonical
        return begin + self._forms.insz_end, [each[:-11] for each in texts]

    def _looked_through(self, own: str) -> tuple[WrongLine, ...]:
        self._make_room(len(own))
        found = tuple(self._wrong_of(own))
        if found:
            self._wrong[own] = found
        else:
            self._right.add(own)
        return found

    def _wrong_of(self, own: str) -> Iterator[WrongLine]:
        *stretches, ending = own.split(self._line_end)
        if len(stretches) > MOST_SIBLINGS or own.count(self._employment_end) > MOST_SIBLINGS:
            raise NotCanonical
        if self._of_end(ending, self._ending if stretches else self._without_lines) is None:
            raise NotCanonical
        at, employment, line = 0, -1, 0
        for stretch in stretches:
            begins = stretch.find(self._line_begin)
            begun = self._begun(stretch[: max(begins, 0)], is_first=at == 0)
            if begun:
                employment += begun
                line = 0
            text = stretch[begins:]
            if text not in self._right_lines and not self._is_right(text):
                if self._simple_line.fullmatch(text + self._line_end) is None:
                    raise NotCanonical
                yield WrongLine(at + begins, employment, line, text + self._line_end)
            line += 1
            at += len(stretch) + len(self._line_end)

    def _is_right(self, text: str) -> bool:
        """*text* is all of a line but its end tag."""
        if self._line.fullmatch(text + self._line_end) is None or not have_days(text):
            return False
        self._make_room(len(text))
        self._right_lines.add(text)
        return True

    def _begun(self, text: str, *, is_first: bool) -> int:
        known = self._openings if is_first else self._betweens
        begun = known.get(text)
        if begun is None:
            pattern = self._opening if is_first else self._between
            if pattern.fullmatch(text) is None or not have_days(text):
                raise NotCanonical
            self._make_room(len(text))
            begun = known[text] = text.count(self._employment_end) + is_first
        return begun

    def _of_end(self, text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.fullmatch(text)
        return found if found is not None and have_days(text) else None

    def _make_room(self, more: int) -> None:
        """For so many characters."""
        self._remembered += more
        if self._remembered > MOST_CHARACTERS:
            for texts in (self._right, self._wrong, self._right_lines, self._openings, self._betweens):
                texts.clear()
            self._remembered = more


@lru_cache(maxsize=_MOST_PREFIXES)
def lines_of_employees(prefix: str) -> LinesOfEmployees:
    """Remembered for the life of the process, under few prefixes; the prefix is one that a pattern can hold."""
    return LinesOfEmployees(prefix)
