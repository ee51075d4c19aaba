"""Who stands in earlier parts of the same collective file: a person cannot be full-time twice in one month.

A large file has hundreds of thousands of people, so an employment is one row of whole numbers in arrays, some forty
bytes, found by a hash of the person; as objects in a dict they would take most of the memory of a worker.
"""

from array import array
from collections.abc import Collection
from datetime import date
from typing import Final

from domain.months import Month
from validation.document import Part
from validation.register import OtherShare

_FIRST_BITS: Final = 10
_WORD: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
"""Odd, and 2^64 by the golden ratio: neighbouring numbers end up far apart."""
_MOST: Final = (1 << 32) - 1


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
        convention = self._conventions.setdefault(part.convention, len(self._conventions))
        for employee in part.employees:
            person = _person_in(employee.insz, part.month)
            for one in employee.employments:
                self._parts.append(part.number)
                self._on.append(convention)
                self._begins.append(one.begin.toordinal())
                self._ends.append(0 if one.end is None else one.end.toordinal())
                self._weekly.append(max(0, min(one.weekly_hours_hundredths, _MOST)))
                self._full_time.append(max(0, min(one.full_time_hours_hundredths, _MOST)))
                self._people.append(person)
                self._before.append(0)
                self._enter(len(self._people))
        if len(self._people) > len(self._slots):
            self._widen()

    def elsewhere(self, insz: str, month: Month, convention: str) -> tuple[OtherShare, ...]:
        """His employments on other conventions in earlier parts, in the order of the file."""
        person = _person_in(insz, month)
        own = self._conventions.get(convention)
        shares: list[OtherShare] = []
        entry = self._slots[self._slot(person)]
        while entry:
            at = entry - 1
            if self._people[at] == person and self._on[at] != own and self._full_time[at] > 0:
                self.told.add(self._parts[at])
                last = date.fromordinal(self._ends[at]) if self._ends[at] else None
                begin = date.fromordinal(self._begins[at])
                shares.append(OtherShare(begin, last, self._weekly[at], self._full_time[at]))
            entry = self._before[at]
        return tuple(reversed(shares))

    def _slot(self, person: int) -> int:
        return (person * _SPREAD & _WORD) >> (64 - self._bits)

    def _enter(self, entry: int) -> None:
        slot = self._slot(self._people[entry - 1])
        self._before[entry - 1] = self._slots[slot]
        self._slots[slot] = entry

    def _widen(self) -> None:
        while len(self._people) > 1 << self._bits:
            self._bits += 1
        self._slots = array("I", bytes(4 << self._bits))
        for entry in range(1, len(self._people) + 1):
            self._enter(entry)


def _person_in(insz: str, month: Month) -> int:
    """A number for a person in a month; an INSZ has eleven digits, as the schema sees to."""
    return int(insz) * 100_000 + month.year * 12 + month.number
