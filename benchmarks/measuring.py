"""What every benchmark needs: rounds, memory and processor time of processes, tables. Linux, standard library only."""

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PROC = Path("/proc")
_ONE_RUN = Path(__file__).with_name("one_run.py")
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of durations, in the unit of the durations."""

    p50: float
    p95: float
    p99: float
    highest: float
    count: int

    @classmethod
    def of(cls, durations: Iterable[float]) -> Self:
        ordered = sorted(durations)
        if not ordered:
            return cls(0.0, 0.0, 0.0, 0.0, 0)

        def at(share: float) -> float:
            return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

        return cls(statistics.median(ordered), at(0.95), at(0.99), ordered[-1], len(ordered))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a program took; *cpu_seconds* of it and its children."""

    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    exit_code: int


def cost_of(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> Cost:
    """Run *command* to its end, its output thrown away unless it has somewhere to go.

    The peak is that of its largest process.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".json") as result:
        subprocess.run(
            [sys.executable, "-S", "-E", str(_ONE_RUN), result.name, *command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return Cost(**json.load(result))


async def in_rounds(measures: Mapping[str, Callable[[], Awaitable[float]]], *, rounds: int) -> dict[str, list[float]]:
    """Run each measure once a round, so that a change of the machine's load meets all of them alike."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(await measure())
    return dict(found)


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """The median of the ratios within each round."""
    return statistics.median(one / other for one, other in zip(of, to, strict=True))


@dataclass(slots=True)
class Peaks:
    """The highest that was seen of one process, in bytes, and its processor time so far.

    *rss* is the kernel's own high-water mark; *pss* counts shared pages by their share, *uss* only pages of its own.
    """

    rss: int = 0
    pss: int = 0
    uss: int = 0
    cpu_seconds: float = 0.0


class MemoryWatch:
    """Samples a process and all its descendants ten times a second while the block runs.

    *name_of* names a process by its command line, so that processes of one kind are told apart from others.
    """

    def __init__(self, roots: Sequence[int], name_of: Callable[[str], str]) -> None:
        self._roots = roots
        self._name_of = name_of
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory-watch", daemon=True)
        self.processes: dict[int, tuple[str, Peaks]] = {}
        self.together: dict[str, int] = {}
        """The highest PSS of all processes of a name at one moment."""

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
        self._sample()

    def peaks(self, name: str) -> list[Peaks]:
        return [peaks for each, peaks in self.processes.values() if each == name]

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far, by name."""
        used: defaultdict[str, float] = defaultdict(float)
        for name, peaks in list(self.processes.values()):
            used[name] += peaks.cpu_seconds
        return dict(used)

    def _run(self) -> None:
        while not self._end.wait(_SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        together: defaultdict[str, int] = defaultdict(int)
        for process in _family(self._roots):
            try:
                command = (_PROC / f"{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                status = _kilobytes(_PROC / f"{process}/status")
                shares = _kilobytes(_PROC / f"{process}/smaps_rollup")
                cpu_seconds = cpu_seconds_of(process)
            except OSError:
                continue  # it ended meanwhile
            name = self._name_of(command)
            _, peaks = self.processes.setdefault(process, (name, Peaks()))
            pss = shares.get("Pss", 0)
            peaks.rss = max(peaks.rss, status.get("VmHWM", 0))
            peaks.pss = max(peaks.pss, pss)
            peaks.uss = max(peaks.uss, shares.get("Private_Clean", 0) + shares.get("Private_Dirty", 0))
            peaks.cpu_seconds = max(peaks.cpu_seconds, cpu_seconds)
            together[name] += pss
        for name, pss in together.items():
            self.together[name] = max(self.together.get(name, 0), pss)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table whose columns line up."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def verdict(value: float, limit: float) -> str:
    """Whether a goal is met, for a table."""
    return "met" if value < limit else "MISSED"


def megabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1_000_000:.0f} MB"


def machine() -> str:
    """What the figures were measured on and when, in one sentence."""
    model = next((line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")), ": unknown")
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({model.partition(':')[2].strip()}), "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load before {load}"
    )


def _family(roots: Sequence[int]) -> list[int]:
    """*roots* that run, and everything that they started."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                children[int(_stat(int(entry.name))[1])].append(int(entry.name))
            except OSError:
                continue  # it ended meanwhile
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children[process]
    return found


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name of the program, which may hold anything."""
    return (_PROC / f"{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def cpu_seconds_of(process: int) -> float:
    """Processor time of a process that runs, without its children."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def cpu_seconds_of_family(process: int) -> float:
    """Processor time of a process that runs, of its children that run, and of all that it has seen end."""
    fields = _stat(process)
    ended = (int(fields[13]) + int(fields[14])) / _TICKS
    running = [one for one in _family([process]) if one != process]
    return cpu_seconds_of(process) + ended + sum(map(_cpu_seconds_if_running, running))


def _cpu_seconds_if_running(process: int) -> float:
    try:
        return cpu_seconds_of(process)
    except OSError:
        return 0.0


def peak_rss_of(process: int) -> int:
    """The most memory that a process that runs has had, in bytes."""
    return _kilobytes(_PROC / f"{process}/status").get("VmHWM", 0)


def _kilobytes(path: Path) -> dict[str, int]:
    """The fields of *path* that are given in kB, in bytes."""
    return {
        line.partition(":")[0]: int(line.split()[1]) * 1024 for line in _lines(path) if line.rstrip().endswith(" kB")
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
