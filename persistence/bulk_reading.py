"""Reading bulk rows back by keyset: pages for people, steps of 5,000 for exports and checks."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final

from domain.findings import Finding, Place
from domain.performance import PerformanceLine
from domain.vocabulary import Severity
from persistence.database import Connection, as_day, rows
from persistence.pages import Page, PageRequest, page_of

_STEP: Final = 5_000


async def lines_after(
    revision_id: int, line_number: int = 0, *, limit: int = _STEP, connection: Connection | None = None
) -> list[PerformanceLine]:
    """At most *limit* lines of a revision after *line_number*, in order."""
    found = await rows(
        "SELECT * FROM performance_line WHERE revision_id = ? AND line_number > ? ORDER BY line_number LIMIT ?",
        [revision_id, line_number, limit],
        connection,
    )
    return [line_of(row) for row in found]


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
        found = await _between("performance_line", "revision_id = ?", [revision_id], "line_number", request, limit)
        return [line_of(row) for row in found]

    return await page_of(fetch, lambda line: line.line_number, request)


async def page_of_findings(
    report_id: int, request: PageRequest, *, part: int | None = None
) -> Page[tuple[int, Finding]]:
    """A page of the findings of a report with their numbers, or of one *part* of it; cursors are those numbers."""
    where = "report_id = ?" if part is None else "report_id = ? AND part = ?"
    values = [report_id] if part is None else [report_id, part]

    async def fetch(request: PageRequest, limit: int) -> Sequence[tuple[int, Finding]]:
        found = await _between("finding", where, values, "finding_number", request, limit)
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
    table: str, where: str, values: Sequence[int], column: str, request: PageRequest, limit: int
) -> list[dict[str, Any]]:
    """Rows between the keys of *request*, nearest first."""
    parameters: list[Any] = [*values]
    if request.after is not None:
        where += f" AND {column} > ?"
        parameters.append(request.after)
    if request.before is not None:
        where += f" AND {column} < ?"
        parameters.append(request.before)
    order = "DESC" if request.backwards else "ASC"
    return await rows(f"SELECT * FROM {table} WHERE {where} ORDER BY {column} {order} LIMIT ?", [*parameters, limit])


def line_of(row: dict[str, Any]) -> PerformanceLine:
    """A row of `performance_line`."""
    return PerformanceLine(
        line_number=row["line_number"],
        insz=row["insz"],
        employer=row["employer"],
        employment_number=row["employment_number"],
        employment_begin=as_day(row["employment_begin"]),
        employment_end=as_day(row["employment_end"]) if row["employment_end"] else None,
        weekly_hours_hundredths=row["weekly_hours_hundredths"],
        full_time_hours_hundredths=row["full_time_hours_hundredths"],
        code=row["code"],
        days_tenths=row["days_tenths"],
        hours_hundredths=row["hours_hundredths"],
        from_day=as_day(row["from_day"]) if row["from_day"] else None,
        until_day=as_day(row["until_day"]) if row["until_day"] else None,
        source_line=row["source_line"],
    )


def finding_of(row: dict[str, Any]) -> Finding:
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
