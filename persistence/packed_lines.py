"""Performance lines as a file spells them: what several lines share is given once, and no object is made for a line.

Each engine takes them in the form that costs it least: PostgreSQL as the text of COPY, SQLite as bare tuples.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

Terms = tuple[str | None, int, date, date | None, int, int]
"""Of an employment: the employer, its number, begin and end, Q and S; columns `employer` to `full_time_hours…`."""
PackedLine = tuple[int, str, int | None, int | None, date | None, date | None, int]
"""A number that is not kept, then columns `code` to `until_day`, then what is added to the text line before it."""
PackedEmployment = tuple[str, Terms, tuple[PackedLine, ...], int]
"""The INSZ, the terms, the lines, and the text line from which theirs are counted."""
PackedRevision = tuple[int, Iterable[PackedEmployment]]
"""The number of a revision and its employments, whose lines are numbered from 1."""

_ESCAPED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NULL: Final = r"\N"


def as_copy_text(revisions: Iterable[PackedRevision]) -> Iterator[str]:
    """A row of COPY text for each line, in the order of the columns of `performance_line`."""
    # By identity, because what is shared is one object, and comparing all values costs more than writing them. Each is
    # kept beside its text, so that no other object gets its identity.
    known_terms: dict[int, tuple[Terms, str]] = {}
    known_lines: dict[int, tuple[tuple[PackedLine, ...], list[tuple[str, int]]]] = {}
    for revision_id, employments in revisions:
        number = 0
        for insz, terms, lines, line_before in employments:
            of_terms = known_terms.get(id(terms))
            if of_terms is None:
                of_terms = known_terms[id(terms)] = (terms, _terms_text(terms))
            of_lines = known_lines.get(id(lines))
            if of_lines is None:
                of_lines = known_lines[id(lines)] = (lines, [(_line_text(line), line[6]) for line in lines])
            shared = f"\t{_text(insz)}\t{of_terms[1]}\t"
            for text, further in of_lines[1]:
                number += 1
                yield f"{revision_id}\t{number}{shared}{text}\t{line_before + further}\n"


def as_rows(revisions: Iterable[PackedRevision]) -> Iterator[tuple[Any, ...]]:
    """A row for each line, its values as SQLite keeps them, in the order of the columns of `performance_line`."""
    for revision_id, employments in revisions:
        number = 0
        for insz, (employer, ordinal, begin, end, weekly, full_time), lines, line_before in employments:
            shared = (insz, employer, ordinal, begin.isoformat(), end and end.isoformat(), weekly, full_time)
            for _, code, days, hours, first, last, further in lines:
                number += 1
                dated = (code, days, hours, first and first.isoformat(), last and last.isoformat())
                yield (revision_id, number, *shared, *dated, line_before + further)


def _terms_text(terms: Terms) -> str:
    employer, number, begin, end, weekly, full_time = terms
    days = f"{begin.isoformat()}\t{_NULL if end is None else end.isoformat()}"
    return f"{_NULL if employer is None else _text(employer)}\t{number}\t{days}\t{weekly}\t{full_time}"


def _line_text(line: PackedLine) -> str:
    _, code, days, hours, first, last, _ = line
    amounts = f"{_text(code)}\t{_NULL if days is None else days}\t{_NULL if hours is None else hours}"
    if first is None and last is None:
        return f"{amounts}\t{_NULL}\t{_NULL}"
    dates = f"{_NULL if first is None else first.isoformat()}\t{_NULL if last is None else last.isoformat()}"
    return f"{amounts}\t{dates}"


def _text(value: str) -> str:
    return value if value.isalnum() else value.translate(_ESCAPED)
