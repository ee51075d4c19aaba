"""The only way in for the rows that come by the hundred thousand: lines, findings, employees by month.

PostgreSQL takes them by COPY, SQLite by executemany on a connection and thread of its own; both commit every 5,000
rows, so that other writers come in between. A revision or report that is not yet published has rows that nobody reads:
a load that dies is swept by its range of numbers. Small sets go *within* a unit of work instead, and commit with it.
The rows given are drawn one after the other, on SQLite from another thread.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

from domain.findings import Finding
from domain.performance import PerformanceLine
from persistence.database import SQLITE_PRAGMAS, Connection, Database, bound, current_database
from persistence.failures import TemporarilyUnavailable, is_collision, is_outage
from persistence.location import Dialect, SqliteLocation
from persistence.unit_of_work import is_inside_unit_of_work

Item = TypeVar("Item")
ROWS_A_COMMIT: Final = 5_000
_AS_THEY_ARE: Final = frozenset({str, int, type(None)})
_LET_OTHERS_IN_SECONDS: Final = 0.002
_BUSY_TIMEOUT_MILLISECONDS: Final = 10_000


@dataclass(frozen=True, slots=True)
class EmployeeMonth:
    """That a person stands in a performance file, for how much of a full-time job in thousandths, since *filed_at*."""

    month: str
    insz: str
    performance_file_id: str
    convention_id: str
    permille_of_full_time: int
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows go, and the order in which each record has its values."""

    name: str
    columns: tuple[str, ...]


LINES: Final = Table(
    "performance_line",
    (
        "revision_id",
        "line_number",
        "insz",
        "employer",
        "employment_number",
        "employment_begin",
        "employment_end",
        "weekly_hours_hundredths",
        "full_time_hours_hundredths",
        "code",
        "days_tenths",
        "hours_hundredths",
        "from_day",
        "until_day",
        "source_line",
    ),
)
_FINDINGS = Table(
    "finding",
    (
        "report_id",
        "finding_number",
        "part",
        "code",
        "severity",
        "line",
        "column_number",
        "byte_offset",
        "path",
        "promotor",
        "convention",
        "month",
        "employee",
        "line_number",
        "value",
        "expected",
        "sentence_values",
    ),
)
_EMPLOYEE_MONTHS = Table(
    "employee_month",
    ("month", "insz", "performance_file_id", "convention_id", "permille_of_full_time", "filed_at"),
)


async def write_lines(lines: Iterable[tuple[int, PerformanceLine]], *, within: Connection | None = None) -> int:
    """Write lines with the number of the revision that they belong to; answers how many."""
    return await _write(LINES, (_line_row(revision_id, line) for revision_id, line in lines), within)


async def write_findings(
    report_id: int, findings: Iterable[Finding], *, first_number: int = 1, within: Connection | None = None
) -> int:
    """Write findings in the order of the report, numbered from *first_number*; answers how many."""
    numbered = enumerate(findings, first_number)
    return await _write(_FINDINGS, (_finding_row(report_id, number, one) for number, one in numbered), within)


async def write_employee_months(employees: Iterable[EmployeeMonth], *, within: Connection | None = None) -> int:
    """Write who stands in which performance file; answers how many."""
    return await _write(
        _EMPLOYEE_MONTHS,
        (
            (
                one.month,
                one.insz,
                one.performance_file_id,
                one.convention_id,
                one.permille_of_full_time,
                one.filed_at,
            )
            for one in employees
        ),
        within,
    )


async def _write(table: Table, records: Iterator[tuple[Any, ...]], within: Connection | None) -> int:
    if within is not None:
        return await write_within(within, table, records)

    async def load(database: Database) -> int:
        steps = _bound_steps(records, database.dialect)
        if isinstance(database.location, SqliteLocation):
            return await asyncio.to_thread(write_to_sqlite, database.location, table, steps)
        return await _copy_to_postgresql(database, table, steps)

    return await on_its_own(load)


async def on_its_own(load: Callable[[Database], Awaitable[int]]) -> int:
    """Run a load that commits by itself, outside of any unit of work, and answer what it answers."""
    if is_inside_unit_of_work():
        raise RuntimeError("a load of its own inside a unit of work would wait for it: pass within=connection")
    database = current_database()
    # As for a unit of work: a caller that is cancelled must not take a connection with it.
    task = asyncio.create_task(_naming_outages(load, database))
    database.units.add(task)
    task.add_done_callback(database.units.discard)
    return await asyncio.shield(task)


async def _naming_outages(load: Callable[[Database], Awaitable[int]], database: Database) -> int:
    try:
        return await load(database)
    except Exception as error:
        if is_collision(error) or is_outage(error):
            raise TemporarilyUnavailable from error
        raise


def write_to_sqlite(location: SqliteLocation, table: Table, steps: Iterable[Sequence[tuple[Any, ...]]]) -> int:
    """Write each step, of rows as SQLite keeps them, in a transaction; for a thread of its own."""
    statement = _insert(table)
    written = 0
    with closing(sqlite3.connect(location.path, isolation_level=None)) as connection:
        for pragma, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma}={value}")
        connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MILLISECONDS}")
        for step in steps:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, step)
            connection.execute("COMMIT")
            written += len(step)
            # A writer that waits asks again every few milliseconds; without a pause it would never find the gap.
            time.sleep(_LET_OTHERS_IN_SECONDS)
    return written


async def _copy_to_postgresql(database: Database, table: Table, steps: Iterator[Sequence[tuple[Any, ...]]]) -> int:
    written = 0
    client: Any = database.client
    async with client.acquire_connection() as connection:
        for step in steps:
            await connection.copy_records_to_table(table.name, records=step, columns=table.columns)
            written += len(step)
    return written


async def write_within(connection: Connection, table: Table, records: Iterable[tuple[Any, ...]]) -> int:
    """Write *records* in a unit of work, drawn a few thousand at a time; answers how many."""
    written = 0
    client: Any = connection.client
    for step in _bound_steps(iter(records), connection.dialect):
        if connection.dialect is Dialect.SQLITE:
            await client.execute_many(_insert(table), step)
        else:
            async with client.acquire_connection() as raw:
                await raw.copy_records_to_table(table.name, records=step, columns=table.columns)
        written += len(step)
    return written


def _bound_steps(records: Iterator[tuple[Any, ...]], dialect: Dialect) -> Iterator[Sequence[tuple[Any, ...]]]:
    if dialect is Dialect.POSTGRESQL:
        return _steps(records)
    return _steps(tuple([value if type(value) is str else bound(value) for value in record]) for record in records)


def _steps(items: Iterator[Item]) -> Iterator[list[Item]]:
    """As many at a time as one commit writes."""
    while step := list(islice(items, ROWS_A_COMMIT)):
        yield step


def _insert(table: Table) -> str:
    placeholders = ", ".join("?" * len(table.columns))
    return f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({placeholders})"


def _line_row(revision_id: int, line: PerformanceLine) -> tuple[Any, ...]:
    return (revision_id, *line)


def _finding_row(report_id: int, number: int, finding: Finding) -> tuple[Any, ...]:
    place = finding.place
    return (
        report_id,
        number,
        finding.part,
        finding.code,
        finding.severity.value,
        place.line if place else None,
        place.column if place else None,
        place.byte_offset if place else None,
        place.path if place else None,
        finding.promotor,
        finding.convention,
        finding.month,
        finding.employee,
        finding.line_number,
        finding.value,
        finding.expected,
        json.dumps(dict(finding.values), ensure_ascii=False),
    )
