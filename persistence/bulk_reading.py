"""Reading bulk rows back by keyset: pages for people, steps of 5,000 for exports and checks."""

import json
from collections.abc import AsyncGenerator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from domain.findings import Finding, Place
from domain.performance import PerformanceLine
from domain.vocabulary import Severity
from persistence.database import Connection, Record, records
from persistence.pages import Page, PageRequest, page_of

LINE_COLUMNS: Final = ", ".join(PerformanceLine._fields)
"""The columns of `performance_line` but for its revision, in the order of their values in a line."""

_STEP: Final = 5_000
_MOST_REMEMBERED: Final = 4096
"""Days: those of a month, and those on which employments begin."""


async def lines_after(
    revision_id: int, line_number: int = 0, *, limit: int = _STEP, connection: Connection | None = None
) -> list[PerformanceLine]:
    """At most *limit* lines of a revision after *line_number*, in order."""
    found = await records(
        f"SELECT {LINE_COLUMNS} FROM performance_line WHERE revision_id = ? AND line_number > ?"
        " ORDER BY line_number LIMIT ?",
        [revision_id, line_number, limit],
        connection,
    )
    return lines_of(found)


async def each_line(revision_id: int, *, connection: Connection | None = None) -> AsyncGenerator[PerformanceLine]:
    """All lines of a revision, in order, never more than one step in memory."""
    line_number = 0
    while step := await lines_after(revision_id, line_number, connection=connection):
        for line in step:
            yield line
        line_number = step[-1].line_number


async def page_of_lines(revision_id: int, request: PageRequest) -> Page[PerformanceLine]:
    """A page of the lines of a revision; its cursors are line numbers (`PageRequest.read(int, …)`)."""

    async def fetch(request: PageRequest, limit: int) -> Sequence[PerformanceLine]:
        source = f"{LINE_COLUMNS} FROM performance_line WHERE revision_id = ?"
        return lines_of(await _between(source, [revision_id], "line_number", request, limit))

    return await page_of(fetch, lambda line: line.line_number, request)


async def page_of_findings(
    report_id: int, request: PageRequest, *, part: int | None = None
) -> Page[tuple[int, Finding]]:
    """A page of the findings of a report with their numbers, or of one *part* of it; cursors are those numbers."""
    source = f"* FROM finding WHERE report_id = ?{'' if part is None else ' AND part = ?'}"
    values = [report_id] if part is None else [report_id, part]

    async def fetch(request: PageRequest, limit: int) -> Sequence[tuple[int, Finding]]:
        found = await _between(source, values, "finding_number", request, limit)
        return [(row["finding_number"], finding_of(row)) for row in found]

    return await page_of(fetch, lambda numbered: numbered[0], request)


async def each_finding(report_id: int, *, part: int | None = None) -> AsyncGenerator[Finding]:
    """All findings of a report, or of one *part* of it, in the order of the file."""
    request = PageRequest(size=_STEP)
    while True:
        page = await page_of_findings(report_id, request, part=part)
        for _, finding in page.items:
            yield finding
        if not page.has_next:
            return
        request = PageRequest(size=_STEP, after=page.items[-1][0])


async def _between(
    source: str, values: Sequence[int], column: str, request: PageRequest, limit: int
) -> Sequence[Record]:
    """Rows of *source*, from its columns to its WHERE, between the keys of *request*, nearest first."""
    parameters: list[Any] = [*values]
    if request.after is not None:
        source += f" AND {column} > ?"
        parameters.append(request.after)
    if request.before is not None:
        source += f" AND {column} < ?"
        parameters.append(request.before)
    order = "DESC" if request.backwards else "ASC"
    return await records(f"SELECT {source} ORDER BY {column} {order} LIMIT ?", [*parameters, limit])


def lines_of(found: Sequence[Record]) -> list[PerformanceLine]:
    """The lines in rows that begin with `LINE_COLUMNS`."""
    make, width, day = PerformanceLine._make, len(PerformanceLine._fields), _day
    if not found or isinstance(found[0]["employment_begin"], date):
        return [make(row[:width]) for row in found]
    # SQLite answers days as text. Written out, because a name for each value is what takes longest here.
    return [
        make((a, b, c, d, day(begin), end and day(end), e, f, g, h, i, first and day(first), last and day(last), j))
        for a, b, c, d, begin, end, e, f, g, h, i, first, last, j, *_ in found
    ]


@lru_cache(_MOST_REMEMBERED)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def findings_of(found: Sequence[Record]) -> list[Finding]:
    """Rows of `finding`."""
    return [finding_of(row) for row in found]


def finding_of(row: Record) -> Finding:
    """A row of `finding`."""
    place = None
    if row["line"] is not None:
        place = Place(row["line"], row["column_number"], row["byte_offset"], row["path"])
    return Finding(
        code=row["code"],
        severity=Severity(row["severity"]),
        place=place,
        part=row["part"],
        promotor=row["promotor"],
        convention=row["convention"],
        month=row["month"],
        employee=row["employee"],
        line_number=row["line_number"],
        value=row["value"],
        expected=row["expected"],
        values=json.loads(row["sentence_values"]),
    )
