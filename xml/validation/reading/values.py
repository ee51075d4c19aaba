"""Values of the simple types, remembered with what they come to: a file of any size holds few different ones.

Each is matched with the pattern of the XSD when it is first seen; whoever is remembered is right. So a whole column of
values is checked and converted by looking each of them up.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TypeVar

from validation.columns import LineDates, LineHead, line_dates, line_head
from validation.reading.spelled import NotCanonical
from validation.reading.spelling import grammar

Value = TypeVar("Value")

# Behind a tag, or where a tag is cut off; before a tag, before the end of an attribute, or where a text is cut off.
_VALUE = re.compile(rb'(?:^|>)[ \t\r\n]*([^<>" \t\r\n]+)(?=["<]|$)')

MOST_VALUES = 20_000
"""So many of one type are remembered; then all are forgotten, because a hostile file repeats none."""


class Values(dict[bytes, Value]):
    """The values of the simple type *name*; looking up what it does not allow raises `NotCanonical`."""

    def __init__(self, name: str, convert: Callable[[str], Value]) -> None:
        super().__init__()
        self._pattern = re.compile(grammar().simple_types[name])
        self._convert = convert

    def __missing__(self, spelled: bytes) -> Value:
        text = spelled.decode("ascii")
        if self._pattern.fullmatch(text) is None:
            raise NotCanonical
        if len(self) >= MOST_VALUES:
            self.clear()
        value = self[spelled] = self._convert(text)
        return value


class OptionalValues(Values[Value | None]):
    """The same of an element or attribute that may be absent, which is looked up as no bytes at all."""

    def __missing__(self, spelled: bytes) -> Value | None:
        if spelled:
            return super().__missing__(spelled)
        # Remembered too: most lines lack something.
        return self.setdefault(spelled, None)


class Composed(dict[bytes, Value]):
    """Values that stand beside each other, remembered together with the tags between them, which are right already."""

    def __init__(self, compose: Callable[[list[bytes]], Value]) -> None:
        super().__init__()
        self._compose = compose

    def __missing__(self, spelled: bytes) -> Value:
        if len(self) >= MOST_VALUES:
            self.clear()
        value = self[spelled] = self._compose(_VALUE.findall(spelled))
        return value


class KnownValues:
    """By what they are the value of; *head* of a line is its number, its code and its days."""

    def __init__(self) -> None:
        self.employer = OptionalValues("Ondernemingsnummer", str)
        self.number = Values("Volgnummer", int)
        self.begin = Values("Datum", _day)
        self.day = OptionalValues("Datum", _day)
        self.weekly = Values("Weekuren", _amount)
        self.code = Values("Prestatiecode", str)
        self.days = OptionalValues("Dagen", _amount)
        self.hours = OptionalValues("Uren", _amount)
        self.head = Composed(self._head)
        self.dates = Composed(self._dates)

    def _head(self, values: list[bytes]) -> LineHead:
        number, code, *days = values
        return line_head(self.number[number], self.code[code], self.days[b"".join(days)])

    def _dates(self, values: list[bytes]) -> LineDates:
        from_day, until_day = values
        return line_dates(self.begin[from_day], self.begin[until_day])


@lru_cache(maxsize=1)
def known_values() -> KnownValues:
    """Remembered for the life of the process."""
    return KnownValues()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotCanonical from error


def _amount(text: str) -> int:
    """`7.60`: the pattern fixes the places, so without its point it is a whole number of the smallest unit."""
    return int(text.replace(".", ""))
