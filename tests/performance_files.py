"""Performance files put straight into the database, and their mutations as a client sends them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from api import Answer, Client

from domain.demo_register import ELS, HILDE
from domain.months import Month
from domain.performance import PerformanceLine
from domain.states import PerformanceFileState
from domain.vocabulary import Programme
from filing.revision_parts import part_of, shares_of, totals_of_part
from persistence.database import Connection, rows
from persistence.performance_file_writing import LinesByHand, add_version
from persistence.register import conventions_numbered
from persistence.unit_of_work import unit_of_work

OCTOBER = Month(2026, 10)
MADE = datetime(2026, 11, 4, 8, tzinfo=UTC)
PEOPLE = {"104233": ELS, "205001": HILDE}
"""Someone with a fiche on each convention of the demo."""


def a_line(**changes: Any) -> PerformanceLine:
    """Els works half-time: eleven days and 83.60 hours in October 2026, without any fault."""
    line = PerformanceLine(
        line_number=1,
        insz=ELS,
        employer=None,
        employment_number=1,
        employment_begin=date(2024, 11, 1),
        employment_end=None,
        weekly_hours_hundredths=1900,
        full_time_hours_hundredths=3800,
        code="1",
        days_tenths=110,
        hours_hundredths=8360,
        from_day=None,
        until_day=None,
        source_line=None,
    )
    return line._replace(**changes)


async def a_file(
    number: str = "104233",
    *,
    state: PerformanceFileState = PerformanceFileState.DRAFT,
    month: Month = OCTOBER,
    version: int = 1,
    lines: Sequence[PerformanceLine] | None = None,
    by: str = "demo-promotor",
) -> str:
    """A performance file of the demo world with one line, in *state*; answers its id."""

    async def make(connection: Connection) -> str:
        convention = (await conventions_numbered([number], connection))[number]
        user = (await rows("SELECT id FROM app_user WHERE subject = ?", [by], connection))[0]["id"]
        given = (a_line(insz=PEOPLE.get(number, ELS)),) if lines is None else tuple(lines)
        part = part_of(convention, month, version, given)
        organisation = convention.promotor_id
        programme = Programme(convention.programme)
        made = LinesByHand(programme, given, totals_of_part(part), shares_of(part), user, organisation, MADE)
        file_id = await add_version(connection, convention.id, month, version, made)
        await rows(
            "UPDATE performance_file SET state = ?, submitted_by = ?, submitted_for = ?, submitted_at = ?,"
            " withdrawn_by = ?, withdrawn_at = ?, decided_by = ?, decided_at = ? WHERE id = ?",
            [state.value, *[user, organisation, MADE, user, MADE, user, MADE], file_id],
            connection,
        )
        return file_id

    return await unit_of_work(make)


async def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that a performance file has anywhere, to prove that nothing happened."""
    tables = ("performance_file", "performance_revision", "performance_line", "employee_month", "report", "finding")
    return {table: await rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


async def state_of(file_id: str) -> str:
    return (await rows("SELECT state FROM performance_file WHERE id = ?", [file_id]))[0]["state"]


async def make(client: Client, mutation: str, selection: str = "", **values: Any) -> Any:
    """Run one mutation of a performance file; answers its payload, with `__typename`, code and path."""
    name = f"performanceFile{mutation}"
    query = f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{
        __typename ... on Problem {{ code message path }} {selection} }} }}"""
    answer: Answer = await client.execute(query, {"input": values})
    return answer.data[name]


def line_input(**changes: Any) -> dict[str, Any]:
    """The default line as a client fills it in."""
    line = {
        "employee": ELS,
        "employmentNumber": 1,
        "begin": "2024-11-01",
        "weeklyHours": "19.00",
        "fullTimeHours": "38.00",
        "code": "1",
        "days": "11.0",
        "hours": "83.60",
    }
    return {**line, **changes}
