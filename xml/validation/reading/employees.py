"""Employees of the canonical spelling, by their texts: those that stood in a file before are remembered.

An employee's text begins behind his INSZ and ends before that of the next one, so that nothing in it is his alone. What
it comes to depends on the month and the programme: which codes count, who is plainly fine.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from operator import neg

from domain.months import Month
from validation.columns import differences
from validation.configuration import rule_settings
from validation.reading.layouts import Layouts
from validation.reading.part_content import PackedEmployment, PackedLine, Terms
from validation.reading.spelled import NOBODY, Forms, NotCanonical, Stretches
from validation.reading.together import EmployeeColumns, read_together
from validation.rules.plain import PlainMonth, plain_month
from validation.totals import MonthOfTotals, month_of_totals

MOST_CHARACTERS = 4_000_000
"""Texts of so many are remembered; then all are forgotten, because a hostile file repeats none."""
MOST_READ_ALONE = 500
"""So many are read alone after one among them was wrong, which takes ten times as long as reading them together."""

MOST_NEW = 0.75
"""Where more of the texts are new, to look them up and to remember them costs more than it brings."""
ENOUGH_CHARACTERS = 1_500_000
"""When so many are remembered, it can be told whether texts repeat."""
PAUSE = 16
"""So many times later it is tried again."""

KnownEmployee = tuple[
    Terms,
    tuple[PackedLine, ...],
    int,
    tuple[PackedEmployment, ...],
    int,
    int,
    int,
    tuple[tuple[int, int], ...],
    bool,
    int,
]
"""What an employee comes to, but for his INSZ.

The terms and lines of the first employment; how far above the end of his INSZ the place stands from which text lines
are counted (which means nothing else); the other employments; how many lines, hours and days; S and the counted share
of each employment; whether he is plainly fine; how many text lines he takes.
"""


class KnownTexts:
    """The texts of all months and programmes of one prefix, never more than a bound."""

    def __init__(self, prefix: str) -> None:
        self.forms = Forms(prefix)
        self.stretches = Stretches(prefix)
        self.layouts = Layouts(self.stretches.pattern)
        self.remembered = 0
        self._pause = 0
        self._months: dict[tuple[Month, str], EmployeesOfMonth] = {}
        self._alike: dict[tuple[Month, frozenset[str], frozenset[str]], EmployeesOfMonth] = {}

    def of(self, month: Month, programme: str) -> "EmployeesOfMonth":
        known = self._months.get((month, programme))
        if known is None:
            settings = rule_settings()
            plain, counting = plain_month(settings, month, programme), month_of_totals(settings, month, programme)
            # Most programmes have the same codes: what is known under one is known under the other.
            alike = (month, plain.codes, counting.subsidised)
            known = self._alike.setdefault(alike, EmployeesOfMonth(self, plain, counting))
            self._months[month, programme] = known
            self.make_room(1)
        return known

    def is_worth_a_look(self) -> bool:
        """Whether texts are to be looked up this time."""
        self._pause = max(0, self._pause - 1)
        return self._pause == 0

    def looked_up(self, texts: int, *, new: int) -> None:
        """Of so many *texts* so many were *new*."""
        if new > MOST_NEW * texts and self.remembered > ENOUGH_CHARACTERS:
            self._pause = PAUSE

    def make_room(self, more: int) -> None:
        """For so many characters."""
        self.remembered += more
        if self.remembered > MOST_CHARACTERS:
            for known in self._alike.values():
                known.by_text.clear()
            self._alike.clear()
            self._months.clear()
            self.remembered = more


@dataclass(slots=True, eq=False)
class EmployeesOfMonth:
    """By their texts, in one month under one programme."""

    home: KnownTexts
    plain: PlainMonth
    counting: MonthOfTotals
    by_text: dict[str, KnownEmployee] = field(default_factory=dict[str, KnownEmployee])
    read_alone: int = 0

    def read(self, text: str) -> tuple[EmployeeColumns, int]:
        """*text* is all of some employees, one after the other; raises `NotCanonical`."""
        return self._read_together(text + self.home.forms.before_insz)

    def learn(self, texts: Collection[str]) -> dict[str, KnownEmployee]:
        """What is known with all of *texts*, at least for now; raises `NotCanonical`."""
        new = self._learn(dict.fromkeys(text for text in texts if text not in self.by_text))
        together = self.by_text | new
        self._remember(new)
        self.home.looked_up(len(texts), new=len(new))
        return together

    def _learn(self, texts: Collection[str]) -> dict[str, KnownEmployee]:
        """What *texts* come to; raises `NotCanonical`."""
        try:
            return self._learn_together(texts)
        except NotCanonical:
            # Where every part has a wrong line, no part would ever teach anything.
            for text in texts if len(texts) > 1 else ():
                if self.read_alone == MOST_READ_ALONE:
                    break
                self.read_alone += 1
                with suppress(NotCanonical):
                    self._remember(self._learn_together([text]))
            raise

    def _learn_together(self, texts: Collection[str]) -> dict[str, KnownEmployee]:
        forms = self.home.forms
        nobody = f"{NOBODY}{forms.insz_end}"
        found, behind = self._read_together(f"{forms.before_insz}{nobody}{nobody.join(texts)}")
        of_employments = list(zip(found.full_times, found.shares, strict=True))
        known = zip(
            found.terms,
            found.lines,
            map(neg, found.insz_lines),
            found.others,
            differences(found.counts),
            differences(found.hours),
            differences(found.days),
            [tuple(of_employments[first:last]) for first, last in pairwise(found.employments)],
            found.are_plain,
            differences([*found.insz_lines, behind]),
            strict=True,
        )
        return dict(zip(texts, known, strict=True))

    def _read_together(self, text: str) -> tuple[EmployeeColumns, int]:
        return read_together(text, self.home.stretches, self.home.layouts, self.plain, self.counting)

    def _remember(self, new: dict[str, KnownEmployee]) -> None:
        characters = sum(map(len, new))
        if characters <= MOST_CHARACTERS:
            self.home.make_room(characters)
            self.by_text |= new
