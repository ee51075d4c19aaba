"""Packed lines: in the tables they are what they are in a file, whatever step they come in, and a failure is told."""

from collections.abc import Iterator
from datetime import date

import pytest

from domain.performance import PerformanceLine
from persistence import line_writer
from persistence.bulk_reading import lines_after
from persistence.database import Database, rows
from persistence.line_writer import LineWriter
from persistence.packed_lines import PackedEmployment, PackedLine, Terms

DAYS = (date(2026, 10, 1), date(2026, 10, 31))
TERMS: Terms = (None, 1, DAYS[0], None, 1900, 3800)
ENDED: Terms = ("0999000129", 2, *DAYS, 3800, 3800)
LINES: tuple[PackedLine, ...] = ((1, "1", 200, None, None, None, 0), (2, "2", None, 7600, *DAYS, 5))
ODD: tuple[PackedLine, ...] = ((1, "\\N\t\n\r", None, None, DAYS[0], None, 1),)


def line(number: int, insz: str, terms: Terms, packed: PackedLine, before: int) -> PerformanceLine:
    _, code, days, hours, first, last, further = packed
    return PerformanceLine(number, insz, *terms, code, days, hours, first, last, before + further)


def employments(*given: PackedEmployment) -> Iterator[PackedEmployment]:
    return iter(given)


async def count() -> int:
    return (await rows("SELECT COUNT(*) AS n FROM performance_line"))[0]["n"]


@pytest.mark.parametrize("rows_a_step", [1, 3, 1_000])
async def test_lines_are_what_they_were_in_the_file(
    database: Database, monkeypatch: pytest.MonkeyPatch, rows_a_step: int
) -> None:
    monkeypatch.setattr(line_writer, "ROWS_A_COMMIT", rows_a_step)
    monkeypatch.setattr(line_writer, "_ROWS_A_COPY", rows_a_step)

    async with LineWriter() as lines:
        first = employments(("85073003328", TERMS, LINES, 10), ("85073003328", ENDED, LINES, 20))
        await lines.add([(1, first), (2, employments(("85073003427", TERMS, ODD, 0)))])
        await lines.add([])
        await lines.add([(3, employments()), (4, employments(("85073003427", TERMS, LINES, 30)))])

    assert await lines_after(1) == [
        line(1, "85073003328", TERMS, LINES[0], 10),
        line(2, "85073003328", TERMS, LINES[1], 10),
        line(3, "85073003328", ENDED, LINES[0], 20),
        line(4, "85073003328", ENDED, LINES[1], 20),
    ]
    assert await lines_after(2) == [line(1, "85073003427", TERMS, ODD[0], 0)]
    assert await lines_after(4) == [
        line(1, "85073003427", TERMS, LINES[0], 30),
        line(2, "85073003427", TERMS, LINES[1], 30),
    ]
    assert await count() == 7


async def test_a_block_that_fails_writes_no_more_than_what_was_under_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_writer, "ROWS_A_COMMIT", 2)
    monkeypatch.setattr(line_writer, "_ROWS_A_COPY", 2)

    async def fail() -> None:
        async with LineWriter() as lines:
            await lines.add([(1, employments(("85073003328", TERMS, LINES, 10)))])
            await lines.add([(2, employments(("85073003427", TERMS, ODD, 0)))])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await count() == 2


async def test_a_step_that_fails_is_told_at_the_end(database: Database) -> None:
    async with LineWriter() as lines:
        await lines.add([(1, employments(("85073003328", TERMS, LINES, 10)))])

    with pytest.raises(Exception, match=r"(?i)unique"):
        async with LineWriter() as lines:
            await lines.add([(1, employments(("85073003328", TERMS, LINES, 10)))])

    assert await count() == 2
