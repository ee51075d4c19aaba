"""Where the values stand in a stretch of text, by its shape: the text with a zero for every digit.

A file holds a few dozen shapes of lines, however much their values differ. Whether the tags of a shape are those of the
XSD is found out once, by a pattern that takes any value; each value is then looked up among those of its type. So what
comes out is exactly what a pattern with the types in it would have taken.
"""

import re
from collections.abc import Callable
from operator import itemgetter
from struct import Struct
from typing import Any, NamedTuple

from validation.reading.spelled import NOBODY, NotCanonical
from validation.vocabulary import EMPLOYMENT, LINE

SHAPE = bytes.maketrans(b"123456789", b"000000000")
MOST_SHAPES = 2_000
LONGEST_SHAPE = 2_000
"""In bytes; longer ones, with more space between tags than anybody writes, are not remembered."""
OF_EMPLOYMENT = ("INSZ", "Werkgever", "nummer", "begin", "einde", "Q", "S")
"""`nummer` is the `volgnr` of the employment; the first two are those of an employee that begins with it."""
_TAG = re.compile(r'<(/?)(?:[^\s<>/!?":=]*:)?(\w+)((?:[ \t\r\n]+\w+="[^"]*")*)[ \t\r\n]*/?>([^<]*)')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')

Fields = tuple[bytes, ...]
"""No bytes for what is absent."""
Cut = Callable[[bytes, int], Fields]
"""Cuts the fields out of a stretch of bytes that begins at an offset."""
_Span = tuple[int, int]
_Spans = dict[str, _Span]


class Begin(NamedTuple):
    """Of an employment: *cut* answers the fields `OF_EMPLOYMENT`.

    *starts_somebody*: it is the first one of an employee; *to_insz* counts the bytes of the stretch up to his INSZ,
    *breaks_to_insz* the line breaks.
    """

    cut: Cut
    starts_somebody: bool
    to_insz: int
    breaks_to_insz: int


class Layout(NamedTuple):
    """Of a stretch: a performance line, and before it the beginning of an employment, or none.

    *cut* answers three fields of the line: its head (number, code and days, with the tags between them), its hours,
    and its days (from and until, with the tags between them). *breaks_to_line* counts the line breaks up to the
    line, *breaks* all of them. *before* are employments without lines that begin before *begin* in the same stretch.
    """

    cut: Cut
    begin: Begin | None
    before: tuple[Begin, ...]
    breaks_to_line: int
    breaks: int


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
    begins: list[Begin] = []
    spans: _Spans = {}
    line_at = -1
    for tag in _TAG.finditer(text):
        closing, name, _, value = tag.groups()
        if closing:
            continue
        if name in {"INSZ", EMPLOYMENT} and "begin" in spans:
            begins.append(_begin(text, spans))
            spans = {}
        if name == LINE:
            line_at = tag.start()
        for each in _ATTRIBUTE.finditer(text, *tag.span(3)):
            spans["nummer" if name == EMPLOYMENT and each[1] == "volgnr" else each[1]] = each.span(2)
        if value and not value.isspace():
            spans[name] = tag.span(4)
    if "begin" in spans:
        begins.append(_begin(text, spans))
    head = (spans["volgnr"][0], spans.get("Dagen", spans["Prestatiecode"])[1])
    days = (spans["Van"][0], spans["Tot"][1]) if "Van" in spans else None
    return Layout(
        cut=_cutter([head, spans.get("Uren"), days]),
        begin=begins[-1] if begins else None,
        before=tuple(begins[:-1]),
        breaks_to_line=text.count("\n", 0, line_at),
        breaks=text.count("\n"),
    )


def _begin(text: str, spans: _Spans) -> Begin:
    begin, end = spans.get("INSZ", (0, 0))
    if text[begin:end] not in {"", NOBODY}:
        raise NotCanonical
    return Begin(
        cut=_cutter([spans.get(name) for name in OF_EMPLOYMENT]),
        starts_somebody=end > 0,
        to_insz=begin,
        breaks_to_insz=text.count("\n", 0, begin),
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
