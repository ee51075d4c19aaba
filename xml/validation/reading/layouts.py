"""Where the values stand in a stretch of text, by its shape: the text with a zero for every digit.

A file holds a few dozen shapes of lines, however much their values differ. Whether the tags of a shape are those of the
XSD is found out once, by a pattern that takes any value; each value is then looked up among those of its type. So what
comes out is exactly what a pattern with the types in it would have taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from struct import Struct
from typing import Any

from validation.reading.spelled import NotCanonical
from validation.vocabulary import EMPLOYMENT, LINE

SHAPE = bytes.maketrans(b"123456789", b"000000000")
MOST_SHAPES = 2_000
LONGEST_SHAPE = 2_000
"""In bytes; longer ones, with more space between tags than anybody writes, are not remembered."""
FIELDS = ("Werkgever", "nummer", "begin", "einde", "Q", "S", "volgnr", "Prestatiecode", "Dagen", "Uren", "Van", "Tot")
"""Six of an employment that begins, six of a line; `nummer` is the `volgnr` of the employment."""
_TAG = re.compile(r'<(/?)(?:[^\s<>/!?":=]*:)?(\w+)((?:[ \t\r\n]+\w+="[^"]*")*)[ \t\r\n]*/?>([^<]*)')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')

Fields = tuple[bytes, ...]
"""In the order of `FIELDS`; no bytes for what is absent."""
Cut = Callable[[bytes, int], Fields]
"""Cuts the fields out of a stretch of bytes that begins at an offset."""
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Of a stretch: a performance line, and before it the beginning of an employment, or none.

    *starts_somebody*: it is the first employment of an employee; *breaks_before_insz* counts the line breaks up to the
    end of his INSZ, *breaks_before_line* those up to the line, *breaks* all of them. *before* are employments without
    lines that begin before it in the same stretch: each has fields of its own, but none of a line and no breaks.
    """

    cut: Cut
    starts_somebody: bool
    breaks_before_insz: int
    breaks_before_line: int
    breaks: int
    before: tuple["Layout", ...]


class Layouts(dict[bytes, Layout]):
    """By shape; looking up one that is not canonical raises `NotCanonical`."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__()
        self._pattern = pattern

    def __missing__(self, shape: bytes) -> Layout:
        text = shape.decode("ascii")
        if self._pattern.fullmatch(text) is None:
            raise NotCanonical
        layout = _layout(text)
        if len(shape) <= LONGEST_SHAPE:
            if len(self) >= MOST_SHAPES:
                self.clear()
            self[shape] = layout
        return layout


def _layout(text: str) -> Layout:
    before: list[Layout] = []
    spans: dict[str, _Span] = {}
    insz_at = -1
    line_at = -1
    for tag in _TAG.finditer(text):
        closing, name, _, value = tag.groups()
        if closing:
            continue
        if name in {"INSZ", EMPLOYMENT} and "begin" in spans:
            before.append(_part(text, spans, insz_at, -1))
            spans, insz_at = {}, -1
        if name == "INSZ":
            insz_at = tag.end()
        if name == LINE:
            line_at = tag.start()
        for each in _ATTRIBUTE.finditer(text, *tag.span(3)):
            spans["nummer" if name == EMPLOYMENT and each[1] == "volgnr" else each[1]] = each.span(2)
        if value and not value.isspace():
            spans[name] = tag.span(4)
    return _part(text, spans, insz_at, line_at, tuple(before))


def _part(text: str, spans: dict[str, _Span], insz_at: int, line_at: int, before: tuple[Layout, ...] = ()) -> Layout:
    return Layout(
        cut=_cutter([spans.get(name) for name in FIELDS]),
        starts_somebody=insz_at >= 0,
        breaks_before_insz=text.count("\n", 0, max(insz_at, 0)),
        breaks_before_line=text.count("\n", 0, max(line_at, 0)),
        breaks=0 if line_at < 0 else text.count("\n"),
        before=before,
    )


def _cutter(spans: list[_Span | None]) -> Cut:
    """Cuts out *spans* of bytes, and nothing where there is none; `struct` does it in one go."""
    order = list(range(len(spans)))
    present = [span for span in spans if span is not None]
    is_in_order = present == sorted(present)
    if not is_in_order:
        order.sort(key=lambda place: spans[place] or (0, 0))
    form: list[str] = []
    reached = 0
    for place in order:
        begin, end = spans[place] or (reached, reached)
        form.append(f"{begin - reached}x{end - begin}s")
        reached = end
    cut: Callable[[bytes, int], tuple[Any, ...]] = Struct("".join(form)).unpack_from
    if is_in_order:
        return cut
    in_order = itemgetter(*(order.index(place) for place in range(len(spans))))
    return lambda data, offset: in_order(cut(data, offset))
