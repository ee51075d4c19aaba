"""What loading the lines of a checked file costs, beside `psql \\copy` of the same rows into the same table.

Ours begins with what a process that checks hands over (pickled) and ends with committed rows. `\\copy` begins with a
text file of those very rows. Processor time is that of the program and of the database server together.
"""

import asyncio
import contextlib
import pickle
import shutil
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import asyncpg
from instances import fresh_database, scratch_folder, server_process
from measuring import cost_of, cpu_seconds_of_family, machine, ratio, table

from domain.demo_world import ALFA
from domain.months import Month
from persistence.database import SQLITE_PRAGMAS, database
from persistence.line_writer import LineWriter
from persistence.location import Dialect, SqliteLocation, read_location
from persistence.packed_lines import PackedRevision, as_copy_text, as_rows
from validation.checked import RangeResult
from validation.cutting.planning import plan_file
from validation.file_check import FileCheck
from validation.making.generate import write_collective_file
from validation.runner import check_pieces
from validation.settling import settle

_MONTH = Month(2026, 10)
_MOST = 2.0
_COLUMNS = 15


@dataclass(frozen=True, slots=True)
class Took:
    wall_seconds: float
    cpu_seconds: float


_Measure = Callable[[], Coroutine[None, None, Took]]


def measure(dialect: Dialect, *, megabytes_wanted: int, rounds: int, server_url: str | None) -> None:
    """Print what both take for the lines of a file of that many millions of bytes."""
    print(f"\n## Loading the lines of {megabytes_wanted} MB on {dialect}\n\n{machine()}\n")
    if dialect is Dialect.POSTGRESQL and shutil.which("psql") is None:
        print("psql, the peer here, is not here; get it with: sudo apt install postgresql-client")
        return
    with scratch_folder() as folder:
        path = folder / "large.xml"
        size_bytes = megabytes_wanted * 1_000_000
        described = write_collective_file(path, size_bytes=size_bytes, month=_MONTH, sender=str(ALFA), environment="P")
        pieces = _handed_over(path)
        with fresh_database(dialect, folder, server_url) as url:
            measures = _on_sqlite(url, pieces) if dialect is Dialect.SQLITE else _on_postgresql(url, pieces, folder)
            took: dict[str, list[Took]] = {name: [] for name in measures}
            # As a worker does.
            settle()
            for _ in range(rounds):
                for name, run in measures.items():
                    took[name].append(asyncio.run(run()))
        _print(took, described.lines, most=None if dialect is Dialect.SQLITE else _MOST)


def _handed_over(path: Path) -> list[bytes]:
    """The result of each piece, as it crosses from the process that checked it."""
    plan = plan_file(path)
    gathered = FileCheck(plan, today=_MONTH.plus(1).first_day)
    return [pickle.dumps(result) for result in check_pieces(path, plan, gathered)]


def _revisions(result: RangeResult) -> Iterable[PackedRevision]:
    return ((part.number, part.employments()) for part in result.parts)


def _on_sqlite(url: str, pieces: Sequence[bytes]) -> dict[str, _Measure]:
    """There is no `\\copy`; the peer is one `executemany` of tuples that are ready, in one transaction."""
    location = read_location(url)
    if not isinstance(location, SqliteLocation):
        raise TypeError(location)
    ready = [row for piece in pieces for row in as_rows(_revisions(pickle.loads(piece)))]  # noqa: S301 - our own bytes

    def connected() -> contextlib.closing[sqlite3.Connection]:
        connection = sqlite3.connect(location.path, isolation_level=None)
        for pragma, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma}={value}")
        return contextlib.closing(connection)

    def empty() -> None:
        with connected() as connection:
            connection.execute("DELETE FROM performance_line")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def peer() -> Took:
        empty()
        watch = _Watch()
        with connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT INTO performance_line VALUES ({', '.join('?' * _COLUMNS)})", ready)
            connection.execute("COMMIT")
        return watch.took()

    async def ours() -> Took:
        empty()
        return await _ours(url, pieces, _Watch())

    return {"executemany of ready tuples": peer, "ours": ours}


def _on_postgresql(url: str, pieces: Sequence[bytes], folder: Path) -> dict[str, _Measure]:
    rows = folder / "rows.txt"
    with rows.open("w", encoding="utf-8") as file:
        for piece in pieces:
            file.writelines(as_copy_text(_revisions(pickle.loads(piece))))  # noqa: S301 - our own bytes
    server = server_process(url)

    async def empty() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("TRUNCATE performance_line")
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()

    async def peer() -> Took:
        await empty()
        watch = _Watch(server)
        command = ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", f"\\copy performance_line from '{rows}'", url]
        cost = cost_of(command)
        if cost.exit_code != 0:
            raise SystemExit(f"psql ended with {cost.exit_code}")
        return Took(cost.wall_seconds, cost.cpu_seconds + watch.server_seconds())

    async def ours() -> Took:
        await empty()
        return await _ours(url, pieces, _Watch(server))

    return {"psql \\copy": peer, "ours": ours}


async def _ours(url: str, pieces: Sequence[bytes], watch: "_Watch") -> Took:
    async with database(url):
        async with LineWriter() as lines:
            for piece in pieces:
                await lines.add(_revisions(pickle.loads(piece)))  # noqa: S301 - our own bytes
        return watch.took()


class _Watch:
    """From its making on: the clock, this process, and the server's processes."""

    def __init__(self, server: int | None = None) -> None:
        self._server = server
        self._server_begun = self._used_by_server()
        self._begun, self._used = time.perf_counter(), time.process_time()

    def took(self) -> Took:
        wall, used = time.perf_counter() - self._begun, time.process_time() - self._used
        return Took(wall, used + self.server_seconds())

    def server_seconds(self) -> float:
        return self._used_by_server() - self._server_begun

    def _used_by_server(self) -> float:
        return 0.0 if self._server is None else cpu_seconds_of_family(self._server)


def _print(took: dict[str, list[Took]], lines: int, *, most: float | None) -> None:
    (peer, peer_took), (ours, ours_took) = took.items()
    walls = ratio([one.wall_seconds for one in ours_took], [one.wall_seconds for one in peer_took])
    cpus = ratio([one.cpu_seconds for one in ours_took], [one.cpu_seconds for one in peer_took])

    def cells(name: str, wall_ratio: str = "", cpu_ratio: str = "") -> Sequence[object]:
        wall = median(one.wall_seconds for one in took[name])
        cpu = median(one.cpu_seconds for one in took[name])
        return (name, f"{wall:.2f}", f"{cpu:.2f}", f"{lines / cpu:,.0f}", wall_ratio, cpu_ratio)

    def compared(value: float) -> str:
        if most is None:
            return f"{value:.2f}"
        return f"{value:.2f} (≤ {most:g}: {'met' if value <= most else '**missed**'})"

    head = (f"{lines:,} lines", "wall s", "CPU s", "lines / CPU s", "wall ratio", "CPU ratio")
    print(table(head, [cells(peer), cells(ours, compared(walls), compared(cpus))]))
