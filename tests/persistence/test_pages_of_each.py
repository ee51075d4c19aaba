"""The same page of many lists: each list whole and in its order, in one query."""

import pytest
from builders import a_convention, a_performance_file, a_user, an_organisation

from domain.months import Month
from domain.performance import PerformanceLine
from persistence.bulk import write_lines
from persistence.database import Connection, Database
from persistence.pages import PageRequest, cursor_of
from persistence.revision_contents import pages_of_lines
from persistence.unit_of_work import unit_of_work

LENGTHS = {1: 5, 2: 0, 3: 2}


@pytest.fixture
async def revisions(database: Database) -> list[int]:
    """Three revisions with five, no and two lines."""

    async def write(connection: Connection) -> list[int]:
        user = await a_user(connection)
        promotor = await an_organisation(connection)
        files = [
            await a_performance_file(connection, await a_convention(connection, promotor), user, lines=length)
            for length in LENGTHS.values()
        ]
        ids = [file.current_revision_id for file in files]
        lines = [
            (id_, a_line(number))
            for id_, length in zip(ids, LENGTHS.values(), strict=True)
            for number in range(1, length + 1)
        ]
        await write_lines(lines, within=connection)
        return ids

    return await unit_of_work(write)


def a_line(number: int) -> PerformanceLine:
    day = Month(2026, 10).first_day
    return PerformanceLine(number, "85073003328", None, 1, day, None, 1900, 3800, "1", 10, 760, None, None, None)


async def numbers(revisions: list[int], request: PageRequest) -> list[list[int]]:
    pages = await pages_of_lines(revisions, request)
    return [[line.line_number for line in pages[one].items] for one in revisions]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (PageRequest(size=2), [[1, 2], [], [1, 2]]),
        (PageRequest(size=2, after=1), [[2, 3], [], [2]]),
        (PageRequest(size=2, backwards=True), [[4, 5], [], [1, 2]]),
        (PageRequest(size=2, before=4, backwards=True), [[2, 3], [], [1, 2]]),
        (PageRequest(size=0), [[], [], []]),
        (PageRequest(size=200), [[1, 2, 3, 4, 5], [], [1, 2]]),
    ],
)
async def test_each_list_has_its_own_page(
    revisions: list[int], request_: PageRequest, expected: list[list[int]]
) -> None:
    assert await numbers(revisions, request_) == expected


async def test_each_page_knows_whether_there_is_more(revisions: list[int]) -> None:
    pages = await pages_of_lines(revisions, PageRequest(size=2))

    assert [pages[one].has_next for one in revisions] == [True, False, False]
    assert pages[revisions[0]].cursors == (cursor_of(1), cursor_of(2))


async def test_no_lists_are_no_query(database: Database) -> None:
    assert await pages_of_lines([], PageRequest()) == {}
