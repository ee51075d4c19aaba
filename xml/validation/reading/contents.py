"""The employees of the recognised parts of a slice: who is known by his text, and all others of a month together.

In most files a few hundred texts stand for everybody, and looking each of them up is fastest. Where hardly two people
are alike nothing is looked up: everybody is read side by side, whatever part he stands in, and given to it then.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, pairwise, repeat
from operator import sub

from domain.identifiers import has_insz_check_digits, has_insz_date_range
from validation.cutting.scanning import MOST_SIBLINGS
from validation.reading.employees import EmployeesOfMonth, KnownEmployee, KnownTexts
from validation.reading.part_content import PartContent
from validation.reading.recognising import Recognised
from validation.reading.spelled import Forms, NotCanonical
from validation.reading.together import EmployeeColumns

# Whether the check digits of an INSZ are right depends on the number modulo this: 97 for the first nine digits, and
# all of the last two.
_CHECK_PERIOD = 97 * 100


def read_contents(parts: Sequence[Recognised], known: KnownTexts, line: int) -> list[int]:
    """Read the employees of *parts*, the first of which begins on text line *line* of the file.

    Answers the text lines on which each of them begins, and that behind the last one. Raises `NotCanonical`.
    """
    if known.is_worth_a_look():
        return _read_by_text(parts, known, line)
    return _read_together(parts, known, line)


def _read_by_text(parts: Sequence[Recognised], known: KnownTexts, line: int) -> list[int]:
    """Employees whose texts are known; then those of the other parts, once they are."""
    lines = [line]
    unread: dict[EmployeesOfMonth, list[tuple[Recognised, int]]] = {}
    for part in parts:
        month = known.of(part.head.month, part.head.programme)
        behind = _read_known(part, line, known.forms, month.by_text)
        if behind is None:
            unread.setdefault(month, []).append((part, line))
            behind = line + part.text.count("\n")
        line = behind
        lines.append(line)
    for month, own in unread.items():
        texts = (text[:-11] for part, _ in own for text in known.forms.cut_at_inszs(part.text[part.body :])[1])
        learnt = month.learn(list(texts))
        for part, begins_at in own:
            _read_known(part, begins_at, known.forms, learnt)
    return lines


def _read_known(part: Recognised, line: int, forms: Forms, known: Mapping[str, KnownEmployee]) -> int | None:
    """Read a part whose employees are all known; answers the text line behind it, none when somebody is not known.

    Called for every part of a file: what is done for each employee is spelled out and bound to local names.
    `validation.rules.plain` says the same of an INSZ in the words of the field; a test compares both.
    """
    begin, texts = forms.cut_at_inszs(part.text[part.body :])
    line += part.text.count("\n", 0, part.body) + begin.count("\n")
    dates, right_check = _dates(), _right_check()
    content = part.content
    employees, unusual, shares = content.employees, content.unusual, content.shares
    count = hours = days = 0
    insz = begin[-11:]
    for each in texts:
        if not insz.isdecimal():
            raise NotCanonical
        found = known.get(each[:-11])
        if found is None:
            part.content = PartContent()
            return None
        terms, lines, line_before, others, own_count, own_hours, own_days, own_shares, is_plain, breaks = found
        if not (is_plain and right_check[int(insz) % _CHECK_PERIOD] and insz[2:6] in dates):
            unusual.append(len(employees))
        line_before += line
        if others:
            others = tuple((further, of_further, line_before) for further, of_further, _ in others)
        employees.append((insz, terms, lines, line_before, others))
        for full_time, share in own_shares:
            shares[full_time] += share
        count += own_count
        hours += own_hours
        days += own_days
        line += breaks
        insz = each[-11:]
    content.lines, content.hours_hundredths, content.days_tenths = count, hours, days
    return line


@dataclass(frozen=True, slots=True)
class _Month:
    """The parts of one month, by their *ordinals*, and their *employees*, read as if they were one part.

    The employees of each part are those between two *bounds*. *begins* are the text lines in what was read on which
    each part begins, and that behind the last one.
    """

    ordinals: list[int]
    employees: EmployeeColumns
    bounds: list[int]
    begins: list[int]


def _read_together(parts: Sequence[Recognised], known: KnownTexts, line: int) -> list[int]:
    """All employees of a month side by side."""
    bodies = [_body_of(part, known.forms) for part in parts]
    by_month: dict[EmployeesOfMonth, list[int]] = {}
    for ordinal, (part, body) in enumerate(zip(parts, bodies, strict=True)):
        if body < len(part.text):
            by_month.setdefault(known.of(part.head.month, part.head.programme), []).append(ordinal)
    months = [
        _read_month(month, ordinals, [parts[ordinal].text[bodies[ordinal] :] for ordinal in ordinals])
        for month, ordinals in by_month.items()
    ]
    head_breaks = [part.text.count("\n", 0, body) for part, body in zip(parts, bodies, strict=True)]
    breaks = head_breaks.copy()
    for read in months:
        for ordinal, (begin, end) in zip(read.ordinals, pairwise(read.begins), strict=True):
            breaks[ordinal] += end - begin
    lines = list(accumulate(breaks, initial=line))
    for read in months:
        lines_before = [
            lines[ordinal] + head_breaks[ordinal] - begin
            for ordinal, begin in zip(read.ordinals, read.begins, strict=False)
        ]
        _share_out(read, lines_before, [parts[ordinal].content for ordinal in read.ordinals])
    return lines


def _read_month(month: EmployeesOfMonth, ordinals: list[int], texts: list[str]) -> _Month:
    text = "".join(texts)
    employees, end = month.read(text)
    offsets, insz_lines = employees.offsets, employees.insz_lines
    begins_at = list(accumulate(map(len, texts), initial=0))
    bounds = [bisect_left(offsets, begin) for begin in begins_at]
    if max(map(sub, bounds[1:], bounds)) > MOST_SIBLINGS:
        raise NotCanonical
    firsts = zip(bounds[:-1], begins_at, strict=False)
    begins = [insz_lines[first] - text.count("\n", begin, offsets[first]) for first, begin in firsts]
    return _Month(ordinals, employees, bounds, [*begins, end])


def _body_of(part: Recognised, forms: Forms) -> int:
    """Where its first employee begins, or its end; raises `NotCanonical`."""
    if part.starts_at is not None:
        return part.body
    body = part.text.find(forms.employee_begin)
    body = len(part.text) if body < 0 else body
    if forms.space.fullmatch(part.text, 0, body) is None:
        raise NotCanonical
    return body


def _share_out(read: _Month, lines_before: Sequence[int], contents: Sequence[PartContent]) -> None:
    """Fill *contents*, one for each part; *lines_before* are to be added to the lines of their employees."""
    employees, bounds = read.employees, read.bounds
    own_lines = list(chain.from_iterable(map(repeat, lines_before, map(sub, bounds[1:], bounds))))
    others = employees.others
    if any(others):
        others = [
            tuple((terms, lines, line) for terms, lines, _ in own) if own else ()
            for own, line in zip(others, own_lines, strict=True)
        ]
    packed = list(zip(employees.inszs, employees.terms, employees.lines, own_lines, others, strict=True))
    unusual = _unusual(employees)
    _, _, _, _, _, _, _, employments, counts, hours, days, full_times, shares = employees
    for (first, last), content in zip(pairwise(bounds), contents, strict=True):
        before = len(content.employees)
        content.employees += packed[first:last]
        content.lines += counts[last] - counts[first]
        content.hours_hundredths += hours[last] - hours[first]
        content.days_tenths += days[last] - days[first]
        if unusual:
            content.unusual += (before + ordinal - first for ordinal in range(first, last) if ordinal in unusual)
        own = slice(employments[first], employments[last])
        for full_time, share in zip(full_times[own], shares[own], strict=True):
            content.shares[full_time] += share


def _unusual(employees: EmployeeColumns) -> set[int]:
    """The ordinals of those who are not plainly fine.

    `validation.rules.plain` says the same of an INSZ in the words of the field; a test compares both.
    """
    right_check, dates = _right_check(), _dates()
    are_right = [right_check[number % _CHECK_PERIOD] for number in map(int, employees.inszs)]
    days = [insz[2:6] for insz in employees.inszs]
    if all(are_right) and all(employees.are_plain) and dates.issuperset(days):
        return set()
    each = zip(employees.are_plain, are_right, days, strict=True)
    return {
        ordinal
        for ordinal, (is_plain, is_right, day) in enumerate(each)
        if not (is_plain and is_right and day in dates)
    }


@cache
def _dates() -> frozenset[str]:
    """Month and day of an INSZ that can occur."""
    every = (f"{number:04d}" for number in range(10_000))
    return frozenset(each for each in every if has_insz_date_range(f"00{each}00000"))


@cache
def _right_check() -> bytes:
    """By remainder, one where the check digits are right."""
    return bytes(has_insz_check_digits(f"{number:011d}") for number in range(_CHECK_PERIOD))
