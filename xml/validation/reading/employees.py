"""Employees of the canonical spelling, by their texts: those that stood in a file before are remembered.

An employee's text begins behind his INSZ and ends before that of the next one, so that nothing in it is his alone. What
it comes to depends on the month and the programme: which codes count, who is plainly fine.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from domain.months import Month
from validation.configuration import rule_settings
from validation.reading.layouts import Layouts
from validation.reading.spelled import Forms, NotCanonical, Stretches
from validation.reading.together import KnownEmployee, read_together
from validation.rules.plain import PlainMonth, plain_month
from validation.totals import MonthOfTotals, month_of_totals

MOST_CHARACTERS = 4_000_000
"""Texts of so many are remembered; then all are forgotten, because a hostile file repeats none."""
MOST_READ_ALONE = 500
"""So many are read alone after one among them was wrong, which takes ten times as long as reading them together."""


class KnownTexts:
    """The texts of all months and programmes of one prefix, never more than a bound."""

    def __init__(self, prefix: str) -> None:
        self.forms = Forms(prefix)
        self.stretches = Stretches(prefix)
        self.layouts = Layouts(self.stretches.pattern)
        self.remembered = 0
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

    def make_room(self, more: int) -> None:
        """For so many characters."""
        self.remembered += more
        if self.remembered > MOST_CHARACTERS:
            for known in self._alike.values():
                known.by_text.clear()
            self._alike.clear()
            self._months.clear()
            self.remembered = more


@dataclass(slots=True)
class EmployeesOfMonth:
    """By their texts, in one month under one programme."""

    home: KnownTexts
    plain: PlainMonth
    counting: MonthOfTotals
    by_text: dict[str, KnownEmployee] = field(default_factory=dict[str, KnownEmployee])
    read_alone: int = 0

    def learn(self, texts: list[str]) -> None:
        """Remember those of *texts* that are new, all of them for now; raises `NotCanonical`."""
        new = list(dict.fromkeys(text for text in texts if text not in self.by_text))
        try:
            self._learn_together(new)
        except NotCanonical:
            # Where every part has a wrong line, no part would ever teach anything.
            for text in new if len(new) > 1 else ():
                if self.read_alone == MOST_READ_ALONE:
                    break
                self.read_alone += 1
                with suppress(NotCanonical):
                    self._learn_together([text])
            raise

    def _learn_together(self, new: list[str]) -> None:
        found = read_together(new, self.home.stretches, self.home.layouts, self.plain, self.counting)
        self.home.make_room(sum(map(len, new)))
        self.by_text.update(zip(new, found, strict=True))
