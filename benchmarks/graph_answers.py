"""What an answer costs beside other GraphQL servers, over HTTP, one worker each, asked in turns in the same run.

`plain` is Strawberry as it comes with our schema, our rights and our database, so that both do the same for an answer;
ours also holds limits, writes a line in the log and counts. The others answer the same from memory, to anybody: they
need neither tokens nor statements. Processor time of the server process, because a busy machine stretches the clock.
Goals: a small query at 6 times less than `plain`, a page of 200 lines at 5 times less (aim: 12).
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graph_in_memory import LINES
from graph_servers import ANSWERS_VARIABLE, ROOT
from http_load import Asked, Connections, connected
from instances import Instance, fresh_database, load_demo_world, running_instance, scratch_folder, settings_for
from measuring import machine, ratio, table

from domain.demo_register import ELS
from domain.months import Month, system_clock
from persistence.location import Dialect

_OURS: Final = "mandaat"
_PLAIN: Final = "plain"
_NODE: Final = ROOT / "benchmarks" / "node"
_ELSEWHERE: Final = ROOT / "var" / "benchmarks"
_NAMES: Final = {
    _OURS: "this project",
    _PLAIN: "plain Strawberry, same schema, rights and database",
    "strawberry": "plain Strawberry, from memory",
    "ariadne": "Ariadne, from memory",
    "yoga": "graphql-yoga, from memory",
    "mercurius": "mercurius with JIT, from memory",
}
_ROUNDS: Final = 7
_CONNECTIONS: Final = 4
_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Query:
    """*times* it is asked in a round: long enough that what else happens does not matter."""

    name: str
    text: str
    times: int
    goal: float


_QUERIES: Final = (
    _Query("small query", "{ viewer { user { name } } }", 800, 6.0),
    _Query(
        f"page of {LINES} lines",
        """{ performanceFiles(first: 1) { edges { cursor node {
          id month version
          convention { id number programme }
          promotor { id name enterpriseNumber kind }
          totals { employees lines hours days fullTimeEquivalents }
          lines(first: 200) { edges { cursor node {
            number employee employer employmentNumber begin end weeklyHours fullTimeHours code days hours from until
          } } pageInfo { hasNextPage endCursor } }
        } } pageInfo { hasNextPage endCursor } } }""",
        100,
        5.0,
    ),
)
_FILL_IN: Final = """mutation ($month: Month!, $lines: [PerformanceLineInput!]!) { performanceFileFillIn(input: {
  conventionNumber: "104233", month: $month, lines: $lines }) { __typename } }"""


def measure(dialect: Dialect, *, server_url: str | None) -> None:
    """Print the figures on one engine."""
    with (
        scratch_folder() as folder,
        fresh_database(dialect, folder, server_url) as database_url,
        ExitStack() as stack,
    ):
        load_demo_world(database_url, folder)
        instance = stack.enter_context(running_instance(database_url, folder))
        print(f"\n## Answers beside other servers on {dialect}\n\n{machine()}\n")
        asyncio.run(_measure(instance, _Others(folder, settings_for(database_url, folder), stack)))


class _Others:
    """Starts the servers beside ours, on the same settings."""

    def __init__(self, folder: Path, environment: Mapping[str, str], stack: ExitStack) -> None:
        self.folder = folder
        self._environment = environment
        self._stack = stack

    def start(self, name: str) -> tuple[int, int] | None:
        """Port and process of a server that answers; none where it is not installed."""
        port = _free_port()
        answers = self.folder / "answers.json"
        if name in ("yoga", "mercurius"):
            if shutil.which("node") is None or not (_NODE / "node_modules").is_dir():
                return None
            command = ["node", "servers.mjs", name, str(port), str(ROOT / "schema.graphql"), str(answers)]
            return self._running(command, port, _NODE)
        path = os.pathsep.join([str(ROOT), str(ROOT / "xml")])
        if name == "ariadne":
            if not (_ELSEWHERE / "ariadne").is_dir():
                return None
            path = str(_ELSEWHERE)
        command = [sys.executable, str(ROOT / "benchmarks" / "graph_servers.py"), name, str(port)]
        return self._running(command, port, self.folder, PYTHONPATH=path, **{ANSWERS_VARIABLE: str(answers)})

    def _running(self, command: list[str], port: int, cwd: Path, **variables: str) -> tuple[int, int]:
        log = self.folder / "other.log"
        process = self._stack.enter_context(_process(command, cwd, {**self._environment, **variables}, log))
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return port, process.pid
            time.sleep(0.05)
        raise SystemExit(f"{' '.join(command)} does not answer:\n{log.read_text(encoding='utf-8')}")


async def _measure(instance: Instance, others: _Others) -> None:
    token = instance.token("promotor")
    port = int(instance.url.rpartition(":")[2])
    async with connected(port, count=1) as ours:
        await _fill_in(ours, port, token)
        answers = {
            field: answer
            for query in _QUERIES
            for field, answer in (await ours.answer(Asked.graphql(query.text, port=port, token=token))).items()
        }
    (others.folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    servers = {_OURS: (port, instance.processes[0])}
    for name in _NAMES:
        if name == _OURS:
            continue
        started = others.start(name)
        if started is None:
            print(f"{_NAMES[name]} is not installed: `make bench` installs it.")
        else:
            servers[name] = started
    rows: list[tuple[str, ...]] = []
    for query in _QUERIES:
        rows += await _rows(query, servers, token)
    print(table(("answer", "server", "processor time", "plain takes", "from memory takes", "goal"), rows))


async def _rows(query: _Query, servers: Mapping[str, tuple[int, int]], token: str) -> list[tuple[str, ...]]:
    found: dict[str, list[float]] = {name: [] for name in servers}
    for round_number in range(_ROUNDS + 1):
        for name, (port, process) in servers.items():
            asked = Asked.graphql(query.text, port=port, token=token)
            async with connected(port, count=_CONNECTIONS) as connections:
                await connections.answer(asked)
                before = processor_seconds(process)
                await connections.ask(asked, times=query.times)
                if round_number:  # the first warms them up
                    found[name].append((processor_seconds(process) - before) * 1000 / query.times)
    rows: list[tuple[str, ...]] = []
    for name, each in found.items():
        times = ratio(found[_PLAIN], each)
        goal = ("met" if times >= query.goal else "MISSED") + f", {query.goal:g} x" if name == _OURS else ""
        from_memory = f"{ratio(found['strawberry'], each):.1f} x"
        rows.append(
            (query.name, _NAMES[name], f"{sorted(each)[len(each) // 2]:.2f} ms", f"{times:.1f} x", from_memory, goal)
        )
    return rows


async def _fill_in(ours: Connections, port: int, token: str) -> None:
    """A performance file with so many lines, through our own front door."""
    line = {
        "employee": ELS,
        "begin": "2024-11-01",
        "weeklyHours": "19.00",
        "fullTimeHours": "38.00",
        "code": "1",
        "days": "1.0",
        "hours": "7.60",
    }
    month = str(Month.at(system_clock()).plus(-1))
    variables: dict[str, Any] = {"month": month, "lines": [line] * LINES}
    answer = await ours.answer(Asked.graphql(_FILL_IN, port=port, token=token, variables=variables))
    if answer["performanceFileFillIn"]["__typename"] != "PerformanceFileFilledIn":
        raise SystemExit(f"not filled in: {answer}")


@contextlib.contextmanager
def _process(
    command: list[str], cwd: Path, environment: Mapping[str, str], log: Path
) -> Generator[subprocess.Popen[bytes]]:
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=written, stderr=written)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def processor_seconds(process: int) -> float:
    """Processor time of a process, its threads included; to the nanosecond, where `/proc` counts in hundredths."""
    # What `clock_getcpuclockid` answers on Linux, which Python does not offer for another process.
    return time.clock_gettime(~process << 3 | 2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
