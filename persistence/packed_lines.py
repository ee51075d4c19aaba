"""Performance lines as a file spells them: what several lines share is given once, and no object is made for a line.

Each engine takes them in the form that costs it least: PostgreSQL as the text of COPY, SQLite as bare tuples.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from persistence.database import bound

Terms = tuple[str | None, int, date, date | None, int, int]
"""Of an employment: the employer, its number, begin and end, Q and S; columns `employer` to `full_time_hours…`."""
PackedLine = tuple[int, str, int | None, int | None, date | None, date | None, int]
"""A number that is not kept, then columns `code` to `until_day`, then what is added to the text line before it."""
PackedEmployment = tuple[str, Terms, tuple[PackedLine, ...], int]
"""The INSZ, the terms, the lines, and the text line from which theirs are counted."""
PackedRevision = tuple[int, Iterable[PackedEmployment]]
"""The number of a revision and its employments, whose lines are numbered from 1."""

_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def as_copy_text(revisions: Iterable[PackedRevision]) -> Iterator[str]:
    """A row of COPY text for each line, in the order of the columns of `performance_line`."""
    texts: dict[Terms | PackedLine, str] = {}
    for revision_id, employments in revisions:
        number = 0
        for insz, terms, lines, line_before in employments:
            shared = texts.get(terms)
            if shared is None:
                shared = texts[terms] = _fields(terms)
            shared = f"\t{_field(insz)}\t{shared}\t"
            for line in lines:
                own = texts.get(line)
                if own is None:
                    own = texts[line] = _fields(line[1:6])
                number += 1
                yield f"{revision_id}\t{number}{shared}{own}\t{line_before + line[6]}\n"


def as_rows(revisions: Iterable[PackedRevision]) -> Iterator[tuple[Any, ...]]:
    """A row for each line, its values as SQLite keeps them, in the order of the columns of `performance_line`."""
    bound_values: dict[Terms | PackedLine, tuple[Any, ...]] = {}
    for revision_id, employments in revisions:
        number = 0
        for insz, terms, lines, line_before in employments:
            shared = bound_values.get(terms)
            if shared is None:
                shared = bound_values[terms] = tuple(map(bound, terms))
            for line in lines:
                own = bound_values.get(line)
                if own is None:
                    own = bound_values[line] = tuple(map(bound, line[1:6]))
                number += 1
                yield (revision_id, number, insz, *shared, *own, line_before + line[6])


def _fields(values: Iterable[str | int | date | None]) -> str:
    return "\t".join(map(_field, values))


def _field(value: str | int | date | None) -> str:
    return r"\N" if value is None else str(value).translate(_ESCAPED)
