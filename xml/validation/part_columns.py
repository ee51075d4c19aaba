"""Parts by the ten thousand, one column for each thing that is known of them; objects are made of what is asked for.

A file of 500 MB holds fifty thousand parts. As objects, each with its place, head and totals, they take three times the
memory, and crossing from the process that read them would cost more than the reading.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, starmap
from operator import attrgetter
from typing import Any, NamedTuple, Self

from domain.findings import Place
from domain.performance import Totals
from validation.extent import Extent
from validation.placing import Tally
from validation.reading.part_elements import path_of_part
from validation.reading.trees import PartHead

_TOTALS = slice(6, 11)


class PartNumbers(NamedTuple):
    """All that is a number: *ordinal* counts the parts of its promotor; the last two are 1 for yes."""

    number: int
    promotor_ordinal: int
    ordinal: int
    line: int
    column: int
    byte_offset: int
    employees: int
    lines: int
    hours_hundredths: int
    days_tenths: int
    full_time_equivalents_ten_thousandths: int
    blocking: int
    warnings: int
    is_kept_out: int
    is_readable: int

    @property
    def path(self) -> str:
        return path_of_part(self.promotor_ordinal, self.ordinal)

    @property
    def place(self) -> Place:
        return Place(self.line, self.column, self.byte_offset, self.path)

    @property
    def totals(self) -> Totals:
        return Totals(*self[_TOTALS])


_HEAD = ("promotor", "reference", "delivery_status", "replaces", "convention", "programme", "month")
_VALUES = attrgetter(*_HEAD)
_WIDTH = len(PartNumbers._fields)
_AT = {name: index for index, name in enumerate(PartNumbers._fields)}
_NUMBER, _BLOCKING, _WARNINGS, _IS_KEPT_OUT = (_AT[name] for name in ("number", "blocking", "warnings", "is_kept_out"))


@dataclass(slots=True)
class PartColumns:
    """In the order of the file, so that the numbers of the parts rise; those without a readable head are left out.

    *numbers* holds those of all parts, one after the other; *heads* a column for each field of `PartHead`.
    """

    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    heads: list[list[Any]] = field(default_factory=lambda: [[] for _ in _HEAD])

    @classmethod
    def of(cls, numbers: Iterable[PartNumbers], heads: Iterable[PartHead]) -> Self:
        found = array("q", chain.from_iterable(numbers))
        rows = [*map(_VALUES, heads)]
        return cls(found, [list(column) for column in zip(*rows, strict=True)]) if rows else cls()

    def __len__(self) -> int:
        return len(self.heads[0])

    def __iter__(self) -> Iterator[tuple[PartNumbers, PartHead]]:
        rows = zip(*[iter(self.numbers)] * _WIDTH, strict=True)
        return zip(map(PartNumbers._make, rows), starmap(PartHead, zip(*self.heads, strict=True)), strict=True)

    def extend(self, other: Self) -> None:
        """Put the parts of *other* behind."""
        self.numbers.extend(other.numbers)
        for column, more in zip(self.heads, other.heads, strict=True):
            column.extend(more)

    def behind(self, before: Extent) -> "PartColumns":
        """The same parts as they are numbered and placed in the file, when *before* stands before their piece."""
        numbers = array("q", self.numbers)
        for at, line in enumerate(self.column("line")):
            if line > 1:
                break
            numbers[at * _WIDTH + _AT["column"]] += before.characters
        shifts = {"number": before.parts, "promotor_ordinal": before.promotors, "line": before.lines}
        for name, more in shifts.items():
            numbers[_AT[name] :: _WIDTH] = array("q", [own + more for own in self.column(name)])
        return PartColumns(numbers, self.heads)

    def numbers_of(self, at: int) -> PartNumbers:
        return PartNumbers(*self.numbers[at * _WIDTH : (at + 1) * _WIDTH])

    def head(self, at: int) -> PartHead:
        return PartHead(*(column[at] for column in self.heads))

    def column(self, name: str) -> Sequence[int]:
        """One of the fields of `PartNumbers`, of all parts."""
        return self.numbers[_AT[name] :: _WIDTH]

    def totals(self) -> Totals:
        """Those of all parts together; what cannot be read counts for nothing."""
        return Totals(*(sum(self.column(name)) for name in PartNumbers._fields[_TOTALS]))

    @property
    def promotors(self) -> Sequence[str]:
        return self.heads[_HEAD.index("promotor")]

    @property
    def conventions(self) -> Sequence[str]:
        return self.heads[_HEAD.index("convention")]

    def find(self, number: int) -> int:
        """Where the part with that number is; raises `LookupError` when there is none."""
        at = bisect_left(range(len(self)), number, key=lambda at: self.numbers[at * _WIDTH])
        if at == len(self) or self.numbers[at * _WIDTH + _NUMBER] != number:
            raise LookupError(number)
        return at

    def add(self, at: int, tally: Tally) -> None:
        """Count what was found later about a part."""
        begin = at * _WIDTH
        self.numbers[begin + _BLOCKING] += tally.blocking
        self.numbers[begin + _WARNINGS] += tally.warnings
        self.numbers[begin + _IS_KEPT_OUT] |= tally.is_kept_out
