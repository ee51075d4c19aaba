"""How long hostile documents take to be refused, and what that does to somebody else meanwhile.

Each is asked in two sizes in turns, the larger as large as the limits on documents let anything be looked at; over
them it costs nothing. Every document is another one, so that nothing is known from before. Processor time of the
server for twice the size, against that for the size: at most 2.5 times. A bystander asks who he is ten times a second;
99 of 100 of his answers come within 100 ms.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from graph_answers import processor_seconds
from http_load import Asked, connected
from instances import ROOT, Instance, fresh_database, load_demo_world, running_instance, scratch_folder
from measuring import Spread, machine, table, verdict

from persistence.location import Dialect

sys.path.append(str(ROOT / "tests"))
from hostile_documents import BY_IDS, HOSTILE  # pyright: ignore[reportMissingImports, reportUnknownVariableType] - found just now

_MOST_BYTES: Final = 16_000
_MOST_TOKENS: Final = 1_900
_LONG_LIST: Final = 60_000
_ROUNDS: Final = 3
_TIMES: Final = 20
_GOAL: Final = 2.5
_PAUSE_SECONDS: Final = 0.1
_SECONDS_ALONE: Final = 15
_PATIENCE_MILLISECONDS: Final = 100.0


@dataclass(frozen=True, slots=True)
class _Kind:
    """*make* gives the query and variables of a size, another one for each number; *size* is the smaller one."""

    name: str
    size: int
    make: Callable[[int, int], tuple[str, dict[str, Any]]]


def measure(dialect: Dialect, *, server_url: str | None) -> None:
    """Print the figures on one engine."""
    with scratch_folder() as folder, fresh_database(dialect, folder, server_url) as database_url:
        load_demo_world(database_url, folder)
        with running_instance(database_url, folder) as instance:
            print(f"\n## Refusing hostile documents on {dialect}\n\n{machine()}\n")
            token = instance.token("promotor")
            alone, rows, waited = asyncio.run(_measure(instance, token))
            print(table(("document", "size", "refused in", "twice in", "times", f"at most {_GOAL:g}"), rows))
            met = verdict(waited.p99, _PATIENCE_MILLISECONDS)
            print(f"\nBystander: p50 {waited.p50:.1f} ms, p99 {waited.p99:.1f} ms ({met}), {waited.count} answers;")
            print(f"alone before, p50 {alone.p50:.1f} ms, p99 {alone.p99:.1f} ms.")


async def _measure(instance: Instance, token: str) -> tuple[Spread, list[tuple[str, ...]], Spread]:
    """The rows of the table, and how many milliseconds a bystander waited for an answer before and meanwhile."""
    port = int(instance.url.rpartition(":")[2])
    waited: list[float] = []

    async def look_on() -> None:
        asked = Asked.graphql("{ viewer { user { name } } }", port=port, token=token)
        async with connected(port, count=1) as connections:
            while True:
                begun = time.monotonic()
                await connections.ask(asked, times=1)
                waited.append((time.monotonic() - begun) * 1000)
                await asyncio.sleep(_PAUSE_SECONDS)

    bystander = asyncio.create_task(look_on())
    await asyncio.sleep(_SECONDS_ALONE)
    alone = Spread.of(waited)
    waited.clear()
    rows = await _rows(instance, token)
    bystander.cancel()
    await asyncio.wait({bystander})
    return alone, rows, Spread.of(waited)


async def _rows(instance: Instance, token: str) -> list[tuple[str, ...]]:
    port, process = int(instance.url.rpartition(":")[2]), instance.processes[0]
    number = 0

    async def cost(kind: _Kind, size: int) -> float:
        """Milliseconds of processor time for one."""
        nonlocal number
        before = processor_seconds(process)
        async with connected(port, count=1) as connections:
            for _ in range(_TIMES):
                number += 1
                query, variables = kind.make(size, number)
                await connections.ask(Asked.graphql(query, port=port, token=token, variables=variables), times=1)
        return (processor_seconds(process) - before) * 1000 / _TIMES

    rows: list[tuple[str, ...]] = []
    for kind in _kinds():
        pairs = [(await cost(kind, kind.size), await cost(kind, 2 * kind.size)) for _ in range(_ROUNDS)]
        once, twice = (statistics.median(each) for each in zip(*pairs, strict=True))
        times = twice / once
        rows.append(
            (kind.name, str(kind.size), f"{once:.2f} ms", f"{twice:.2f} ms", f"{times:.2f}", verdict(times, _GOAL))
        )
    return rows


def _kinds() -> list[_Kind]:
    def by_ids(size: int, number: int) -> tuple[str, dict[str, Any]]:
        return BY_IDS, {"ids": [f"x{number}"] * size}

    kinds = [_Kind(name, _largest(make) // 2, _numbered(make)) for name, make in HOSTILE.items()]
    return [*kinds, _Kind("a long list in a variable", _LONG_LIST // 2, by_ids)]


def _numbered(make: Callable[[int], str]) -> Callable[[int, int], tuple[str, dict[str, Any]]]:
    def another(size: int, number: int) -> tuple[str, dict[str, Any]]:
        return f"{make(size)} #{number}", {}

    return another


def _largest(make: Callable[[int], str]) -> int:
    """The largest size, of some hundreds of steps, that is still looked at."""
    size = 2
    while size < 1000:
        text = make(size + 2)
        if len(text) > _MOST_BYTES or _tokens(text) > _MOST_TOKENS:
            break
        size += 2
    return size


def _tokens(text: str) -> int:
    """About as many as the parser counts."""
    for mark in "{}()[]:!$@":
        text = text.replace(mark, f" {mark} ")
    return len(text.split())
