"""Taking away bulk rows that nobody will ever read: of loads that died, and of files that changed."""

from collections.abc import Sequence
from typing import Final

from persistence.database import Connection, rows
from persistence.placeholders import a_list
from persistence.unit_of_work import unit_of_work

_STEP: Final = 20_000


async def sweep_lines(first_revision_id: int, last_revision_id: int) -> int:
    """Delete the lines of a range of revision numbers, both included, and answer how many.

    Lines of a revision that was published stay, whatever the range says. Commits in steps, so that others come in.
    """
    return await _sweep(
        "performance_line",
        ("revision_id", "line_number"),
        "revision_id BETWEEN ? AND ?"
        " AND NOT EXISTS (SELECT 1 FROM performance_revision r WHERE r.id = performance_line.revision_id)",
        [first_revision_id, last_revision_id],
    )


async def forget_employee_months(connection: Connection, performance_file_ids: Sequence[str]) -> None:
    """Delete who stands in these performance files, before others are written in the same unit of work."""
    for start in range(0, len(performance_file_ids), 500):
        ids = performance_file_ids[start : start + 500]
        await rows(f"DELETE FROM employee_month WHERE performance_file_id IN {a_list(len(ids))}", ids, connection)


async def _sweep(table: str, columns: tuple[str, str], where: str, values: Sequence[int]) -> int:
    key = ", ".join(columns)

    async def step(connection: Connection) -> int:
        gone = await rows(
            f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {where} LIMIT {_STEP}) RETURNING 1",
            values,
            connection,
        )
        return len(gone)

    swept = 0
    while gone := await unit_of_work(step):
        swept += gone
    return swept
