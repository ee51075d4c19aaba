"""Employees read together: column by column, whatever their values are.

Their text is cut at the ends of lines into stretches, each of one of a few shapes (`layouts`). So all values of one
kind are cut out, looked up and added up side by side, and next to nothing is done in Python for a line alone.
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate, compress, count, pairwise, repeat
from operator import add
from typing import NamedTuple

from validation.columns import LineColumns, differences
from validation.cutting.scanning import MOST_SIBLINGS
from validation.reading.layouts import SHAPE, Begin, Fields, Layout, Layouts
from validation.reading.part_content import PackedEmployment, PackedLine, Terms
from validation.reading.spelled import NotCanonical, Stretches
from validation.reading.values import known_values
from validation.rules.plain import PlainLines, PlainMonth, follow_each_other
from validation.totals import MonthOfTotals, counted_shares


class EmployeeColumns(NamedTuple):
    """Employees side by side, in the order of their text.

    *offsets* and *insz_lines* are where in that text each INSZ stands: at which character, and on which text line
    from 0. *terms* and *lines* are those of the first employment, *others* the other employments. The text lines of
    all his lines are counted from the begin of the text; what stands for that in *others* means nothing yet.
    *are_plain*: whether nothing is wrong with him, his INSZ apart. *employments*, *counts*, *hours* and *days* are how
    many those before him have, and all of them; *full_times* and *shares* are S and the counted share
    (`validation.totals.counted_share`) of each employment.
    """

    inszs: list[str]
    offsets: list[int]
    insz_lines: list[int]
    terms: list[Terms]
    lines: list[tuple[PackedLine, ...]]
    others: list[tuple[PackedEmployment, ...]]
    are_plain: list[bool]
    employments: Sequence[int]
    counts: list[int]
    hours: list[int]
    days: list[int]
    full_times: list[int]
    shares: list[int]


class _CutUp(NamedTuple):
    """The fields of all lines and of all employments of a text.

    *bounds* has the ordinal of the first line of each employment, and the number of all lines; *line_breaks* and
    *insz_breaks* are the text lines, from 0, on which each line stands, and the INSZ before each employment that
    *starts* somebody; *offsets* where it stands.
    """

    of_lines: list[Fields]
    of_employments: list[Fields]
    bounds: list[int]
    line_breaks: list[int]
    starts: list[bool]
    offsets: list[int]
    insz_breaks: list[int]


def read_together(
    text: str, stretches: Stretches, layouts: Layouts, plain: PlainMonth, counting: MonthOfTotals
) -> tuple[EmployeeColumns, int]:
    """Also on which text line an INSZ behind *text* would stand; raises `NotCanonical`.

    *text* begins with the start tag of an employee and ends before the INSZ of who would follow.
    """
    surrounded, before = stretches.surrounded(text)
    cut_up = _cut_up(surrounded.encode("ascii"), stretches.line_end.encode(), layouts)
    if max(differences(cut_up.bounds)) > MOST_SIBLINGS:
        raise NotCanonical
    columns, lines = _lines(cut_up)
    inszs, terms, weekly, full_times = _terms(cut_up.of_employments)
    employees = EmployeeColumns(
        inszs=inszs,
        offsets=[offset - before for offset in cut_up.offsets],
        insz_lines=cut_up.insz_breaks[:-1],
        terms=terms,
        lines=[lines[first:last] for first, last in pairwise(cut_up.bounds)],
        others=[()] * len(inszs),
        are_plain=PlainLines(plain, columns).judge(terms),
        employments=range(len(inszs) + 1),
        counts=cut_up.bounds,
        hours=columns.hours_before,
        days=columns.days_before,
        full_times=full_times,
        shares=counted_shares(columns, counting, weekly),
    )
    starts = cut_up.starts
    return employees if all(starts) else _joined(employees, starts), cut_up.insz_breaks[-1]


def _cut_up(data: bytes, line_end: bytes, layouts: Layouts) -> _CutUp:
    shapes = data.translate(SHAPE).split(line_end)
    laid_out = list(map(layouts.__getitem__, shapes))
    offsets = list(accumulate(map(len(line_end).__add__, map(len, shapes)), initial=0))
    cuts, begin_of, before, to_line, breaks = zip(*laid_out, strict=True)
    # The last stretch is nobody's: it has no line.
    of_lines = [cut(data, offset) for cut, offset in zip(cuts[:-1], offsets, strict=False)]
    if any(before):
        begins, at, bounds = _all_begins(laid_out, offsets)
    else:
        begins, at = list(compress(begin_of, begin_of)), list(compress(offsets, begin_of))
        bounds = list(compress(count(), begin_of))
    breaks_before = list(accumulate(breaks, initial=0))
    cuts, starts, to_insz, breaks_to_insz = zip(*begins, strict=True)
    return _CutUp(
        of_lines=of_lines,
        of_employments=[cut(data, offset) for cut, offset in zip(cuts[:-1], at, strict=False)],
        bounds=bounds,
        line_breaks=list(map(add, breaks_before, to_line)),
        starts=list(starts[:-1]),
        offsets=list(map(add, at[:-1], to_insz)),
        insz_breaks=list(map(add, map(breaks_before.__getitem__, bounds), breaks_to_insz)),
    )


def _all_begins(laid_out: Sequence[Layout], offsets: Sequence[int]) -> tuple[list[Begin], list[int], list[int]]:
    """All begins of employments, also without lines, with their offsets and the ordinals of their stretches."""
    found = [
        (begin, offset, ordinal)
        for ordinal, (layout, offset) in enumerate(zip(laid_out, offsets, strict=False))
        for begin in (*layout.before, layout.begin)
        if begin is not None
    ]
    return [each[0] for each in found], [each[1] for each in found], [each[2] for each in found]


def _lines(cut_up: _CutUp) -> tuple[LineColumns, tuple[PackedLine, ...]]:
    """Side by side, and packed."""
    known = known_values()
    heads, hours, between = zip(*cut_up.of_lines, strict=True) if cut_up.of_lines else ((), (), ())
    dated = list(compress(count(), between))
    dates = list(map(known.dates.__getitem__, compress(between, between)))
    columns = LineColumns(
        map(known.head.__getitem__, heads),
        list(map(known.hours.__getitem__, hours)),
        dates,
        dated=dated,
        bounds=cut_up.bounds,
    )
    from_days: list[date | None] = [None] * len(heads)
    until_days = from_days.copy()
    for line, (from_day, until_day, _) in zip(dated, dates, strict=True):
        from_days[line], until_days[line] = from_day, until_day
    packed = zip(
        columns.numbers,
        columns.codes,
        columns.line_days,
        columns.line_hours,
        from_days,
        until_days,
        cut_up.line_breaks,
        strict=False,
    )
    return columns, tuple(packed)


def _terms(rows: list[Fields]) -> tuple[list[str], list[Terms], list[int], list[int]]:
    """The INSZ before each employment, and its terms; Q and S once more by themselves."""
    known = known_values()
    inszs, employers, numbers, begins, ends, weekly, full_time = zip(*rows, strict=True)
    q = list(map(known.weekly.__getitem__, weekly))
    s = list(map(known.weekly.__getitem__, full_time))
    terms = zip(
        map(known.employer.__getitem__, employers),
        map(known.number.__getitem__, numbers),
        map(known.begin.__getitem__, begins),
        map(known.day.__getitem__, ends),
        q,
        s,
        strict=True,
    )
    return [insz.decode() for insz in inszs], list(terms), q, s


def _joined(employments: EmployeeColumns, starts: list[bool]) -> EmployeeColumns:
    """Employments that follow that of the same person join it; where they *start* somebody stands an INSZ."""
    terms, lines, others, are_plain = employments.terms, employments.lines, employments.others, employments.are_plain
    bounds = [*compress(count(), starts), len(starts)]
    for first, last in pairwise(bounds):
        if last - first == 1:
            continue
        if last - first > MOST_SIBLINGS:
            raise NotCanonical
        # The employer stands before the first of them.
        own_terms = [(terms[first][0], *each[1:]) for each in terms[first:last]]
        others[first] = tuple(zip(own_terms[1:], lines[first + 1 : last], repeat(0), strict=False))
        are_plain[first] = all(are_plain[first:last]) and follow_each_other([each[1:4] for each in own_terms])
    return EmployeeColumns(
        inszs=list(compress(employments.inszs, starts)),
        offsets=list(compress(employments.offsets, starts)),
        insz_lines=list(compress(employments.insz_lines, starts)),
        terms=list(compress(terms, starts)),
        lines=list(compress(lines, starts)),
        others=list(compress(others, starts)),
        are_plain=list(compress(are_plain, starts)),
        employments=bounds,
        counts=[employments.counts[bound] for bound in bounds],
        hours=[employments.hours[bound] for bound in bounds],
        days=[employments.days[bound] for bound in bounds],
        full_times=employments.full_times,
        shares=employments.shares,
    )
