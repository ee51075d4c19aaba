"""Bulk rows: they come back as they went in, die with nothing, and never shut others out."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from builders import NOW, a_convention, a_performance_file, a_user, an_organisation

from domain.findings import Finding, Place
from domain.performance import PerformanceLine
from domain.vocabulary import Severity
from persistence import bulk
from persistence.bulk import EmployeeMonth, write_employee_months, write_findings, write_lines
from persistence.bulk_reading import each_finding, each_line, lines_after, page_of_findings, page_of_lines
from persistence.database import Connection, Database, rows
from persistence.pages import PageRequest
from persistence.sweeping import forget_employee_months, sweep_lines
from persistence.unit_of_work import unit_of_work


def a_line(number: int = 1) -> PerformanceLine:
    return PerformanceLine(
        line_number=number,
        insz="85073003328",
        employer=None if number % 2 else "0999000129",
        employment_number=1,
        employment_begin=date(2024, 3, 1),
        employment_end=None if number % 2 else date(2026, 10, 31),
        weekly_hours_hundredths=1900,
        full_time_hours_hundredths=3800,
        code="1",
        days_tenths=200,
        hours_hundredths=None if number % 3 else 7600,
        from_day=None,
        until_day=date(2026, 10, 2),
        source_line=number * 10,
    )


def lines_of(*revision_ids: int, each: int) -> Iterator[tuple[int, PerformanceLine]]:
    return ((revision, a_line(number)) for revision in revision_ids for number in range(1, each + 1))


async def count(table: str) -> int:
    return (await rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"]


async def test_lines_come_back_as_they_went_in(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ROWS_A_COMMIT", 7)

    assert await write_lines(lines_of(1, 2, each=20)) == 40

    assert await lines_after(2, 0) == [a_line(number) for number in range(1, 21)]
    assert [line.line_number async for line in each_line(1)] == list(range(1, 21))
    assert await lines_after(3, 0) == []


async def test_lines_within_a_unit_of_work_live_and_die_with_it(database: Database) -> None:
    async def write_and_fail(connection: Connection) -> None:
        await write_lines(lines_of(1, each=3), within=connection)
        assert len(await lines_after(1, connection=connection)) == 3
        raise LookupError

    with pytest.raises(LookupError):
        await unit_of_work(write_and_fail)
    assert await count("performance_line") == 0

    assert await unit_of_work(lambda connection: write_lines(lines_of(1, each=3), within=connection)) == 3
    assert await count("performance_line") == 3


async def test_a_load_of_its_own_inside_a_unit_of_work_is_a_mistake(database: Database) -> None:
    with pytest.raises(RuntimeError, match="within=connection"):
        await unit_of_work(lambda _: write_lines(lines_of(1, each=1)))


async def test_a_load_that_breaks_off_keeps_whole_steps_for_the_sweeper(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ROWS_A_COMMIT", 10)

    def broken() -> Iterator[tuple[int, PerformanceLine]]:
        yield from lines_of(5, each=25)
        raise LookupError

    with pytest.raises(LookupError):
        await write_lines(broken())

    assert await count("performance_line") == 20
    assert await sweep_lines(5, 5) == 20
    assert await count("performance_line") == 0


async def test_a_cancelled_load_leaves_the_database_usable(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ROWS_A_COMMIT", 50)
    for attempt in range(10):
        task = asyncio.create_task(write_lines(lines_of(attempt, each=300)))
        await asyncio.sleep(0.002 * attempt)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(30):
        while database.units:
            await asyncio.wait(set(database.units))
        assert await write_lines(lines_of(100, each=10)) == 10


async def test_another_writer_gets_in_between_two_steps_of_a_load(database: Database) -> None:
    load = asyncio.create_task(write_lines(lines_of(1, 2, 3, 4, each=10_000)))
    waits: list[float] = []
    loop = asyncio.get_running_loop()
    while not load.done():
        started = loop.time()
        await unit_of_work(a_user)
        waits.append(loop.time() - started)

    assert await load == 40_000
    assert len(waits) > 3
    assert max(waits) < 2


async def test_a_line_number_is_given_once(database: Database) -> None:
    await write_lines([(1, a_line(1))])

    with pytest.raises(Exception, match=r"(?i)unique"):
        await write_lines([(1, a_line(1))])

    assert await count("performance_line") == 1


async def test_the_sweeper_leaves_lines_of_published_revisions(database: Database) -> None:
    async def publish(connection: Connection) -> int:
        user = await a_user(connection)
        convention = await a_convention(connection, await an_organisation(connection))
        file = await a_performance_file(connection, convention, user)
        return file.current_revision_id

    published = await unit_of_work(publish)
    await write_lines(lines_of(published, published + 1, published + 2, each=10))

    assert await sweep_lines(published, published + 1) == 10

    assert len(await lines_after(published)) == 10
    assert len(await lines_after(published + 1)) == 0
    assert len(await lines_after(published + 2)) == 10


def a_finding(number: int, part: int | None) -> Finding:
    return Finding(
        code="N-401",
        severity=Severity.BLOCKING,
        place=None if number % 2 else Place(line=number, column=3, byte_offset=2**33, path="/a/b[1]"),
        part=part,
        promotor="0999000129",
        convention="104233",
        month="2026-10",
        employee="85*******28",
        line_number=number,
        value="é",
        expected=None,
        values={"digits": "28", "naïve": "…"},
    )


async def test_findings_come_back_in_the_order_of_the_file_whole_or_by_part(database: Database) -> None:
    findings = [a_finding(1, None), *(a_finding(number, 1 + number % 2) for number in range(2, 12))]

    assert await write_findings(7, findings[:5]) == 5
    assert await write_findings(7, findings[5:], first_number=6) == 6

    assert [finding async for finding in each_finding(7)] == findings
    assert [finding async for finding in each_finding(7, part=2)] == [one for one in findings if one.part == 2]
    page = await page_of_findings(7, PageRequest(size=2, after=2), part=1)
    assert [number for number, _ in page.items] == [4, 6]
    assert (page.has_previous, page.has_next) == (True, True)


async def test_pages_of_lines_go_on_where_the_last_one_ended(database: Database) -> None:
    await write_lines(lines_of(1, each=5))

    first = await page_of_lines(1, PageRequest.read(int, first=2))
    second = await page_of_lines(1, PageRequest.read(int, first=2, after=first.cursors[-1]))
    last = await page_of_lines(1, PageRequest.read(int, last=2))
    before = await page_of_lines(1, PageRequest.read(int, last=2, before=last.cursors[0]))

    assert [[line.line_number for line in page.items] for page in (first, second, last, before)] == [
        [1, 2],
        [3, 4],
        [4, 5],
        [2, 3],
    ]
    assert [(page.has_previous, page.has_next) for page in (first, second, last, before)] == [
        (False, True),
        (True, True),
        (True, False),
        (True, True),
    ]


async def test_who_stands_in_a_file_is_replaced_whole(database: Database) -> None:
    def employee(insz: str, file: str) -> EmployeeMonth:
        return EmployeeMonth("2026-10", insz, file, "convention", 500, NOW + timedelta(hours=1))

    await write_employee_months([employee("1" * 11, "a"), employee("2" * 11, "a"), employee("1" * 11, "b")])

    async def replace(connection: Connection) -> None:
        await forget_employee_months(connection, ["a"])
        await write_employee_months([employee("3" * 11, "a")], within=connection)

    await unit_of_work(replace)

    assert await rows("SELECT insz, performance_file_id AS file FROM employee_month ORDER BY 1") == [
        {"insz": "1" * 11, "file": "b"},
        {"insz": "3" * 11, "file": "a"},
    ]
