"""Employees of new texts, read together: column by column, whatever their values are.

Their texts are cut at the ends of lines into stretches, each of one of a few shapes (`layouts`). So all values of one
kind are cut out, looked up and added up side by side, and next to nothing is done in Python for a line alone.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from operator import add, neg, sub

from validation.columns import LineColumns
from validation.cutting.scanning import MOST_SIBLINGS
from validation.reading.layouts import SHAPE, Fields, Layout, Layouts
from validation.reading.part_content import PackedEmployment, PackedLine, Terms
from validation.reading.spelled import NotCanonical, Stretches
from validation.reading.values import known_values
from validation.rules.plain import PlainLines, PlainMonth, follow_each_other
from validation.totals import MonthOfTotals, counted_shares

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
are counted (which means nothing else); the other employments; how many lines, hours and days; shares by S
(`validation.totals.counted_share`); whether he is plainly fine; how many text lines he takes.
"""


def read_together(
    texts: list[str], stretches: Stretches, layouts: Layouts, plain: PlainMonth, counting: MonthOfTotals
) -> list[KnownEmployee]:
    """Raises `NotCanonical`, also when only one of the texts is not."""
    laid_out, rows, behind = _cut_out(texts, stretches, layouts)
    fields = [*zip(*rows, strict=True)]
    of_terms, of_lines = fields[:6], fields[6:]
    begins, line_numbers = of_terms[2], of_lines[0]
    breaks = [*accumulate([layout.breaks for layout in laid_out], initial=0)]
    places = [*map(add, breaks, [layout.breaks_before_line for layout in laid_out])]
    firsts = [*compress(range(len(rows)), begins)]
    if not all(line_numbers):
        # Some employments have none.
        lines_before = [*accumulate(map(bool, line_numbers), initial=0)]
        firsts = [lines_before[place] for place in firsts]
        places = [*compress(places, line_numbers)]
        of_lines = [tuple(compress(column, line_numbers)) for column in of_lines]
    lasts = [*firsts[1:], len(places)]
    if max(map(sub, lasts, firsts)) > MOST_SIBLINGS:
        raise NotCanonical
    terms = _terms([compress(column, begins) for column in of_terms])
    columns = _line_columns(of_lines)
    packed = _packed(columns, places)
    weekly = [each[4] for each in terms]
    shares = counted_shares(columns, counting, weekly, firsts, lasts)
    starting = [*compress(laid_out, begins)]
    insz_at = [*map(add, compress(breaks, begins), [layout.breaks_before_insz for layout in starting])]
    employments = zip(
        terms,
        [packed[first:last] for first, last in zip(firsts, lasts, strict=True)],
        map(neg, insz_at),
        ((),) * len(terms),
        map(sub, lasts, firsts),
        _sums(columns.hours_before, firsts, lasts),
        _sums(columns.days_before, firsts, lasts),
        [((each[5], share),) for each, share in zip(terms, shares, strict=True)],
        PlainLines(plain, columns).judge([each[2:] for each in terms], firsts, lasts),
        map(sub, [*insz_at[1:], breaks[-1] + behind], insz_at),
        strict=True,
    )
    if all(layout.starts_somebody for layout in starting):
        return list(employments)
    return list(_of_each(employments, starting))


def _cut_out(texts: list[str], stretches: Stretches, layouts: Layouts) -> tuple[list[Layout], list[Fields], int]:
    """The layouts of all stretches and their fields, and how many line breaks follow up to the end of a next INSZ."""
    data = _put_together(texts, stretches)
    end = stretches.line_end.encode()
    shapes = data.translate(SHAPE).split(end)
    shapes.pop()  # Nothing follows the last line.
    offsets = [*accumulate(map(len(end).__add__, map(len, shapes)), initial=0)]
    laid_out = [layouts[shape] for shape in shapes]
    if any(layout.before for layout in laid_out):
        each = [(one, at) for layout, at in zip(laid_out, offsets, strict=False) for one in (*layout.before, layout)]
        laid_out, offsets = [one for one, _ in each], [at for _, at in each]
    nobody = laid_out.pop()
    return (
        laid_out,
        [layout.cut(data, at) for layout, at in zip(laid_out, offsets, strict=False)],
        nobody.breaks_before_insz,
    )


def _put_together(texts: list[str], stretches: Stretches) -> bytes:
    """With an end of somebody before them and a begin of somebody behind them, who are nobody's."""
    joined = f"</{stretches.prefix}INSZ>".join(texts)
    if stretches.prefix != stretches.seen_prefix:
        if stretches.seen_prefix in joined:
            raise NotCanonical
        joined = joined.replace(stretches.prefix, stretches.seen_prefix)
    return f"{stretches.somebody_ends}{joined}{stretches.somebody_begins}".encode("ascii")


def _terms(columns: Sequence[Iterator[bytes]]) -> list[Terms]:
    known = known_values()
    employers, numbers, begins, ends, weekly, full_time = columns
    return [
        *zip(
            map(known.employer.__getitem__, employers),
            map(known.number.__getitem__, numbers),
            map(known.begin.__getitem__, begins),
            map(known.day.__getitem__, ends),
            map(known.weekly.__getitem__, weekly),
            map(known.weekly.__getitem__, full_time),
            strict=True,
        )
    ]


def _line_columns(columns: Sequence[Sequence[bytes]]) -> LineColumns:
    known = known_values()
    numbers, codes, days, hours, from_days, until_days = columns
    return LineColumns(
        [*map(known.number.__getitem__, numbers)],
        [*map(known.code.__getitem__, codes)],
        [*map(known.days.__getitem__, days)],
        [*map(known.hours.__getitem__, hours)],
        [*map(known.day.__getitem__, from_days)],
        [*map(known.day.__getitem__, until_days)],
    )


def _packed(columns: LineColumns, places: Sequence[int]) -> tuple[PackedLine, ...]:
    return tuple(
        zip(
            columns.numbers,
            columns.codes,
            columns.days,
            columns.hours,
            columns.from_days,
            columns.until_days,
            places,
            strict=False,
        )
    )


def _sums(before: Sequence[int], firsts: Sequence[int], lasts: Sequence[int]) -> Iterator[int]:
    return map(sub, map(before.__getitem__, lasts), map(before.__getitem__, firsts))


def _of_each(employments: Iterator[KnownEmployee], starting: list[Layout]) -> Iterator[KnownEmployee]:
    """Employments that follow that of the same person join it."""
    own: list[KnownEmployee] = []
    for employment, layout in zip(employments, starting, strict=True):
        if layout.starts_somebody and own:
            yield _joined(own)
            own = []
        own.append(employment)
    yield _joined(own)


def _joined(own: list[KnownEmployee]) -> KnownEmployee:
    """One employee out of what is known of his employments; his employer stands before the first of them."""
    if len(own) == 1:
        return own[0]
    if len(own) > MOST_SIBLINGS:
        raise NotCanonical
    terms, lines, line_before, _, *_ = own[0]
    employer = terms[0]
    others = tuple(((employer, *each[0][1:]), each[1], 0) for each in own[1:])
    follow = follow_each_other([(each[0][1], each[0][2], each[0][3]) for each in own])
    return (
        terms,
        lines,
        line_before,
        others,
        sum(each[4] for each in own),
        sum(each[5] for each in own),
        sum(each[6] for each in own),
        tuple(share for each in own for share in each[7]),
        follow and all(each[8] for each in own),
        sum(each[9] for each in own),
    )
