"""Lines of revisions that nobody reads yet: taken a piece of a file at a time, written in steps beside the next piece.

A step is as many rows as make the commit cheap; on SQLite fewer, because other writers wait for it. What is taken and
not yet written is one step at most, and one more is under way.
"""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Self

from persistence.bulk import LINES, ROWS_A_COMMIT, on_its_own, write_to_sqlite
from persistence.database import Database, current_database
from persistence.location import SqliteLocation
from persistence.packed_lines import PackedRevision, as_copy_text, as_rows

_ROWS_A_COPY: Final = 25_000


class LineWriter:
    """Everything that was added is written when its block ends; when the block fails, only what was under way.

    A step that fails raises from a later `add` or from the end of the block.
    """

    def __init__(self) -> None:
        self._is_sqlite = isinstance(current_database().location, SqliteLocation)
        self._rows_a_step = ROWS_A_COMMIT if self._is_sqlite else _ROWS_A_COPY
        self._taken: list[Any] = []
        self._under_way: asyncio.Task[int] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            await self._write()
            await self._settled()
        elif self._under_way is not None:
            await asyncio.gather(self._under_way, return_exceptions=True)

    async def add(self, revisions: Iterable[PackedRevision]) -> None:
        """Take the lines of *revisions*; waits while the step before the last one is not written."""
        self._taken += as_rows(revisions) if self._is_sqlite else as_copy_text(revisions)
        if len(self._taken) >= self._rows_a_step:
            await self._write()

    async def _write(self) -> None:
        await self._settled()
        if self._taken:
            step, self._taken = self._taken, []
            write = _insert if self._is_sqlite else _copy
            self._under_way = asyncio.create_task(on_its_own(lambda database: write(database, step)))

    async def _settled(self) -> None:
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            await under_way


async def _insert(database: Database, rows: list[tuple[Any, ...]]) -> int:
    location = database.location
    if not isinstance(location, SqliteLocation):
        raise TypeError(location)
    return await asyncio.to_thread(write_to_sqlite, location, LINES, [rows])


async def _copy(database: Database, rows: list[str]) -> int:
    client: Any = database.client
    async with client.acquire_connection() as connection:
        # A view, because bytes would be taken for the path of a file.
        text = memoryview("".join(rows).encode())
        await connection.copy_to_table(LINES.name, source=text, columns=LINES.columns)
    return len(rows)
