"""Where elements of right parts stand, by searching for their start tags.

Only in parts of which every text is one that the patterns of the XSD take: there an element is the first of its name
behind the start tag of its parent, or the next one, and nothing else looks like it.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from domain.findings import Place
from validation.frame import Slice
from validation.places.positions import origins_in
from validation.reading.condensing import parts_of, right_texts
from validation.reading.plain_text import plain_text
from validation.reading.recognising import known_texts
from validation.reading.spelled import NotCanonical
from validation.reading.wrong_lines import lines_of_employees
from validation.vocabulary import EMPLOYEE, PART

_BELOW_PART = re.compile(rf"/{PART}\[[0-9]+\](/.*)")
_STEP = re.compile(r"/(\w+)(?:\[([0-9]+)\])?")


def searched(
    data: bytes, prefix: str, slice_: Slice, parts_before: int, elements: Mapping[int, Collection[str]]
) -> tuple[dict[str, Place], int]:
    """The places of *elements* (paths by the ordinal of their part in the piece) that stand in a slice of bytes *data*.

    Those that are not there have none. *parts_before* are those of the piece before the slice; the second value is
    their number behind it. Raises `NotCanonical`.
    """
    known_texts(prefix)
    text, extract = plain_text(data)
    right, lines = right_texts(prefix), lines_of_employees(prefix)
    is_continued, is_left_open = len(slice_.opened) > 1, len(slice_.left_open) > 1
    stretches = list(parts_of(text, right.part_end, is_left_open=is_left_open))
    if not text.isascii() or text.count(PART) != 2 * len(stretches) - is_continued - is_left_open:
        raise NotCanonical
    first = parts_before - 1 if is_continued else parts_before
    offsets: dict[str, int] = {}
    for ordinal, (begin, end) in enumerate(stretches, first):
        if not (wanted := elements.get(ordinal)):
            continue
        body = text.find(right.employee_begin, begin, end)
        body = end if body < 0 else body
        if not right.has_right_head(text, begin, body) or lines.wrong_lines(text[body:end]):
            raise NotCanonical
        employees = [] if body == end else text[body:end].split(right.employee_end)[:-1]
        before = slice_.employee - 1 if begin == 0 and is_continued else 0
        for path in wanted:
            steps = _steps_below_part(path)
            name, own = steps[0]
            if name != EMPLOYEE:
                found, at = _found(text[begin:body], prefix, steps), begin
            elif before < own <= before + len(employees):
                earlier = employees[: own - 1 - before]
                found = _found(employees[len(earlier)], prefix, [(EMPLOYEE, 1), *steps[1:]])
                at = body + sum(map(len, earlier)) + len(earlier) * len(right.employee_end)
            else:
                continue
            if found is not None:
                offsets[path] = at + found
    there = {path: extract.original(offset) for path, offset in offsets.items()}
    origins = origins_in(slice_.origin, data, there.values())
    return {path: origins[offset].place(path) for path, offset in there.items()}, first + len(stretches)


def _steps_below_part(path: str) -> list[tuple[str, int]]:
    """The names and ordinals that lead from a part to an element in it."""
    below = _BELOW_PART.search(path)
    steps = [] if below is None else [(each[1], int(each[2] or 1)) for each in _STEP.finditer(below[1])]
    if not steps:
        raise NotCanonical
    return steps


def _found(text: str, prefix: str, steps: Sequence[tuple[str, int]]) -> int | None:
    """Where the element that *steps* lead to begins in *text*; none when it is not there."""
    begin, end = 0, len(text)
    for name, ordinal in steps:
        for _ in range(ordinal):
            begin = text.find(f"<{prefix}{name}", begin + 1 if begin else 0, end)
            if begin < 0:
                return None
        behind = text.find(f"</{prefix}{name}>", begin, end)
        # An element without content has no end tag of its own; nothing is looked for in it.
        end = end if behind < 0 else behind
    return begin
