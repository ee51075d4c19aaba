"""Texts of the canonical spelling and what they come to, remembered: most of them stand in a file thousands of times.

A text is matched with the patterns of the XSD once, when it is first seen; whoever has it remembered knows that it is
right and what it says. What depends on the month and the programme (which codes count, who is plainly fine) is
remembered for each pair of them.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from domain.months import Month
from validation.configuration import rule_settings
from validation.cutting.scanning import MOST_SIBLINGS
from validation.document import Employee, Employment, Line
from validation.reading.part_content import PackedLine, Terms, pack_line
from validation.reading.spelling import SPACE, Spelling, grammar
from validation.rules.plain import PlainMonth, plain_month
from validation.totals import MonthOfTotals, counted_share, month_of_totals
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE, PART, PROMOTOR

MOST_TEXTS = 10_000
"""So many are remembered; then all are forgotten, because a hostile file repeats none."""
_SOMEBODY = "85073003328"
ATTRIBUTE = re.compile(r'[ \t](\w+)="([^"]*)"')

Opening = tuple[Terms, bool, dict[str, "Lines"], int]
"""The terms of an employment, whether it covers the month, the remembered texts of lines under its regime, and how many
line breaks stand in the text."""
Lines = tuple[tuple[PackedLine, ...], int, int, int, int, bool, int]
"""The lines of an employment and their number, hours, days and share (`validation.totals.counted_share`), whether they
are plainly fine, and how many line breaks stand in the text."""
_OneLine = tuple[Line, int, int]


class NotCanonical(Exception):
    """A parser must read it: another spelling, or a value that the schema refuses."""


class Forms:
    """The patterns of one prefix, and the literal texts at which a slice is cut up."""

    def __init__(self, prefix: str) -> None:
        spelling = Spelling(prefix, grammar())
        number = f"{SPACE}<{prefix}{PROMOTOR}>{spelling.children_before(PART, PROMOTOR)}"
        self.part_end = spelling.end_tag(PART)
        self.employee_begin = f"<{prefix}{EMPLOYEE}>"
        self.employee_end = spelling.end_tag(EMPLOYEE)
        self.insz_end = spelling.end_tag("INSZ")
        self.line_end = spelling.end_tag(LINE)
        self.part_head = re.compile(
            f"(?P<closed>{SPACE}{spelling.end_tag(PROMOTOR)})?(?P<promotor>{number})?{SPACE}"
            f"(?P<part>{spelling.start_tag(PART)})>{spelling.children_before(EMPLOYEE, PART)}"
        )
        self.promotor_end = re.compile(f"{SPACE}{spelling.end_tag(PROMOTOR)}{SPACE}")
        before_insz = f"{self.employee_begin}{SPACE}<{prefix}INSZ>"
        self.before_insz = f"{self.employee_begin}<{prefix}INSZ>"
        self.before_first_insz = re.compile(SPACE + before_insz)
        employer = f"(?:{spelling.element('Werkgever', 'Ondernemingsnummer')}{SPACE})?"
        regime = f"{spelling.start_tag('Arbeidsregime')}/"
        self.opening = re.compile(f"{SPACE}{employer}{spelling.start_tag(EMPLOYMENT)}>{SPACE}{regime}>")
        self.line = re.compile(SPACE + spelling.element(LINE, LINE))
        # The next employee belongs to the text of the one before, so that one cut is enough for both.
        after = SPACE + before_insz
        self.ending = re.compile(f"{SPACE}{spelling.end_tag(EMPLOYMENT)}{SPACE}{self.employee_end}{after}")
        self.after_employee = re.compile(after)
        self.employee = re.compile(spelling.element(EMPLOYEE, EMPLOYEE))
        self._text = re.compile(rf">([^<>]+)</{prefix}(\w+)>")
        self.space = re.compile(SPACE)

    def values(self, text: str) -> dict[str, str]:
        """Attributes and texts of simple elements by name, of a *text* in which no name stands twice."""
        return dict(ATTRIBUTE.findall(text)) | {name: value for value, name in self._text.findall(text)}


@dataclass(slots=True)
class MonthTexts:
    """What texts come to in one month for one programme."""

    forms: Forms
    month: Month
    plain: PlainMonth
    counting: MonthOfTotals
    known_lines: dict[str, _OneLine]
    openings: dict[str, Opening] = field(default_factory=dict[str, Opening])
    regimes: dict[tuple[int, int], dict[str, Lines]] = field(default_factory=dict[tuple[int, int], dict[str, Lines]])
    added: int = 0

    def opening(self, text: str) -> Opening:
        """What stands between an INSZ and the end of the tag of the regime; raises `NotCanonical`."""
        if self.forms.opening.fullmatch(f"{text}/>") is None:
            raise NotCanonical
        values = self.forms.values(text)
        weekly, full_time = amount(values["Q"]), amount(values["S"])
        begin, end = day(values["begin"]), day(values["einde"]) if "einde" in values else None
        covers = begin <= self.plain.first_day and (end is None or end >= self.plain.last_day)
        terms = (values.get("Werkgever"), int(values["volgnr"]), begin, end, weekly, full_time)
        found: Opening = (terms, covers, self.regimes.setdefault((weekly, full_time), {}), text.count("\n"))
        self.openings[text] = found
        self.added += 1
        return found

    def lines(self, text: str, opening: Opening) -> Lines:
        """What stands between the regime and the INSZ of the next employee; raises `NotCanonical`."""
        *texts, ending = text.split(self.forms.line_end)
        if len(texts) > MOST_SIBLINGS or self.forms.ending.fullmatch(ending) is None:
            raise NotCanonical
        lines: list[Line] = []
        packed: list[PackedLine] = []
        further = 0
        for each in texts:
            line, before, breaks = self.known_lines.get(each) or self._line(each)
            lines.append(line)
            packed.append(pack_line(line, further + before))
            further += breaks
        *_, weekly, full_time = opening[0]
        found = self.judged(weekly, full_time, tuple(lines), tuple(packed), text.count("\n"))
        opening[2][text] = found
        self.added += 1
        return found

    def judged(
        self, weekly: int, full_time: int, lines: tuple[Line, ...], packed: tuple[PackedLine, ...], breaks: int
    ) -> Lines:
        """Judged under an employment of somebody who is fine himself, for all of the month."""
        employment = Employment(1, self.plain.first_day, None, weekly, full_time, lines)
        return (
            packed,
            len(lines),
            sum(line.hours_hundredths or 0 for line in lines),
            sum(line.days_tenths or 0 for line in lines),
            counted_share(weekly, lines, self.counting),
            self.plain.is_plainly_fine(Employee(_SOMEBODY, None, (employment,))),
            breaks,
        )

    def _line(self, text: str) -> _OneLine:
        if self.forms.line.fullmatch(text + self.forms.line_end) is None:
            raise NotCanonical
        found = line_of(self.forms.values(text + self.forms.line_end))
        self.known_lines[text] = known = (found, text.count("\n", 0, text.index("<")), text.count("\n"))
        self.added += 1
        return known


class KnownTexts:
    """The texts of all months and programmes of one prefix, never more than a bound."""

    def __init__(self, prefix: str) -> None:
        self.forms = Forms(prefix)
        self._lines: dict[str, _OneLine] = {}
        self._months: dict[tuple[Month, str], MonthTexts] = {}

    def of(self, month: Month, programme: str) -> MonthTexts:
        if sum(texts.added for texts in self._months.values()) > MOST_TEXTS:
            self._months.clear()
            self._lines.clear()
        known = self._months.get((month, programme))
        if known is None:
            settings = rule_settings()
            known = self._months[month, programme] = MonthTexts(
                self.forms,
                month,
                plain_month(settings, month, programme),
                month_of_totals(settings, month, programme),
                self._lines,
                added=1,
            )
        return known


def line_of(values: dict[str, str]) -> Line:
    """Raises `NotCanonical` for a day that does not exist."""
    return Line(
        number=int(values["volgnr"]),
        code=values["Prestatiecode"],
        days_tenths=amount(values["Dagen"]) if "Dagen" in values else None,
        hours_hundredths=amount(values["Uren"]) if "Uren" in values else None,
        from_day=day(values["Van"]) if "Van" in values else None,
        until_day=day(values["Tot"]) if "Tot" in values else None,
    )


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotCanonical from error


def amount(text: str) -> int:
    """`7.60`: the pattern fixes the places, so without its point it is a whole number of the smallest unit."""
    return int(text.replace(".", ""))
