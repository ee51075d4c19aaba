"""`make bench`: run all benchmarks, or those that are named, on both engines; see README.md beside this file."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import authorization
import collective_file
import graph_answers
import line_loading
import refusing
import validator

from persistence.location import Dialect

_VALIDATOR = "validator"
"""Has no database, so no engine."""
SERVER_VARIABLE = "BENCH_DATABASE_URL"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    benchmarks: dict[str, Callable[[Dialect, argparse.Namespace], None]] = {
        "collective_file": lambda dialect, chosen: collective_file.measure(
            dialect, megabytes_wanted=chosen.megabytes, server_url=chosen.server_url
        ),
        "line_loading": lambda dialect, chosen: line_loading.measure(
            dialect, megabytes_wanted=chosen.megabytes, rounds=chosen.rounds, server_url=chosen.server_url
        ),
        "authorization": lambda dialect, chosen: authorization.measure(
            dialect, conventions=chosen.conventions, server_url=chosen.server_url
        ),
        "refusing": lambda dialect, chosen: refusing.measure(dialect, server_url=chosen.server_url),
        "graph_answers": lambda dialect, chosen: graph_answers.measure(dialect, server_url=chosen.server_url),
    }
    parser.add_argument("names", nargs="*", help=f"of {_VALIDATOR}, {', '.join(benchmarks)}; all when none is named")
    parser.add_argument("--engine", choices=[str(one) for one in Dialect], help="only on this one")
    parser.add_argument("--megabytes", type=int, default=100, help="size of the collective file, in millions of bytes")
    parser.add_argument("--rounds", type=int, default=3, help="of validator and line_loading: the median of so many")
    parser.add_argument("--large", action="store_true", help="of the validator: also 250 and 500 MB, for its memory")
    parser.add_argument("--conventions", type=int, default=100_000, help="size of the world that rights are asked in")
    parser.add_argument(
        "--server-url",
        default=os.environ.get(SERVER_VARIABLE),
        help=f"a PostgreSQL server to make databases on ({SERVER_VARIABLE}); else one from its wheel is started",
    )
    chosen = parser.parse_args()
    # So that servers and folders go when this program is told to stop.
    signal.signal(signal.SIGTERM, _end)
    unknown = set(chosen.names) - benchmarks.keys() - {_VALIDATOR}
    if unknown:
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    names = chosen.names or [_VALIDATOR, *benchmarks]
    if _VALIDATOR in names:
        validator.measure(megabytes_wanted=chosen.megabytes, rounds=chosen.rounds, is_large=chosen.large)
    for name in (name for name in names if name != _VALIDATOR):
        for dialect in [Dialect(chosen.engine)] if chosen.engine else list(Dialect):
            benchmarks[name](dialect, chosen)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)


if __name__ == "__main__":
    main()
