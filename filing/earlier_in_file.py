"""Who stands in earlier parts of the same collective file: a person cannot be full-time twice in one month.

A large file has hundreds of thousands of people, so an employment is one row of whole numbers in arrays, some forty
bytes, found by a hash of the person; as objects in a dict they would take most of the memory of a worker.
"""

from array import array
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Final

from domain.months import Month
from validation.document import Employment, Part
from validation.register import OtherShare

_FIRST_BITS: Final = 10
_WORD: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
"""Odd, and 2^64 by the golden ratio: neighbouring numbers end up far apart."""
_MOST: Final = (1 << 32) - 1
_MONTHS: Final = 120_001
"""More than there are months until the year 9999: a person in a month is one number."""


class EarlierInFile:
    """Employments of earlier parts, without those *kept_out*: parts that are known not to be loaded.

    Which parts were *told* of is remembered, because one may turn out to be kept out only when the whole file is read.
    """

    def __init__(self, *, kept_out: Collection[int] = ()) -> None:
        self.told: set[int] = set()
        self._kept_out = frozenset(kept_out)
        self._conventions: dict[str, int] = {}
        self._bits = _FIRST_BITS
        # The newest employment of each hash, counted from 1; the one before it in the same slot is in `_before`.
        self._slots = array("I", bytes(4 << _FIRST_BITS))
        self._people = array("Q")
        self._before = array("I")
        self._parts = array("I")
        self._on = array("I")
        self._begins = array("I")
        self._ends = array("I")
        self._weekly = array("I")
        self._full_time = array("I")

    def __len__(self) -> int:
        return len(self._people)

    def add(self, part: Part) -> None:
        """Remember the people of a part that the sender may upload."""
        if part.number in self._kept_out:
            return
        month = _month_in(part.month)
        people: list[int] = []
        employments: list[Employment] = []
        for employee in part.employees:
            people += [int(employee.insz) * _MONTHS + month] * len(employee.employments)
            employments += employee.employments
        convention = self._conventions.setdefault(part.convention, len(self._conventions))
        self._parts.fromlist([part.number] * len(people))
        self._on.fromlist([convention] * len(people))
        self._begins.fromlist([one.begin.toordinal() for one in employments])
        self._ends.fromlist([0 if one.end is None else one.end.toordinal() for one in employments])
        self._weekly.fromlist([max(0, min(one.weekly_hours_hundredths, _MOST)) for one in employments])
        self._full_time.fromlist([max(0, min(one.full_time_hours_hundredths, _MOST)) for one in employments])
        self._people.fromlist(people)
        self._enter(people)
        if len(self._people) > len(self._slots):
            self._widen()

    def asking(self, month: Month, convention: str) -> Callable[[str], tuple[OtherShare, ...]]:
        """Answers, for an INSZ, his employments on other conventions in earlier parts, in the order of the file.

        Good until the next part is added.
        """
        number = _month_in(month)
        own = self._conventions.get(convention)
        slots, shift = self._slots, 64 - self._bits

        def elsewhere(insz: str) -> tuple[OtherShare, ...]:
            person = int(insz) * _MONTHS + number
            entry = slots[(person * _SPREAD & _WORD) >> shift]
            return self._shares(person, own, entry) if entry else ()

        return elsewhere

    def _shares(self, person: int, own: int | None, entry: int) -> tuple[OtherShare, ...]:
        shares: list[OtherShare] = []
        while entry:
            at = entry - 1
            if self._people[at] == person and self._on[at] != own and self._full_time[at] > 0:
                self.told.add(self._parts[at])
                last = date.fromordinal(self._ends[at]) if self._ends[at] else None
                begin = date.fromordinal(self._begins[at])
                shares.append(OtherShare(begin, last, self._weekly[at], self._full_time[at]))
            entry = self._before[at]
        return tuple(reversed(shares))

    def _enter(self, people: Iterable[int]) -> None:
        """Put the next of *people* into their slots."""
        slots, before, shift = self._slots, self._before, 64 - self._bits
        for entry, person in enumerate(people, len(before) + 1):
            slot = (person * _SPREAD & _WORD) >> shift
            before.append(slots[slot])
            slots[slot] = entry

    def _widen(self) -> None:
        while len(self._people) > 1 << self._bits:
            self._bits += 1
        self._slots = array("I", bytes(4 << self._bits))
        self._before = array("I")
        self._enter(self._people)


def _month_in(month: Month) -> int:
    """A number for a month, to stand behind an INSZ, which has eleven digits, as the schema sees to."""
    return month.year * 12 + month.number
