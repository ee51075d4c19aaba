"""A client that asks who it is at a fixed rate, in a process of its own, and says how long each answer took.

Requests are timed from the moment at which they were due, so that a slow answer also counts for those that it held up.
Run as a program it asks until its standard input closes, and then prints one `due seconds` a line.
"""

import http.client
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_QUERY = b'{"query": "{ viewer { user { name } } }"}'
RATE_A_SECOND = 25
_CONNECTION_SECONDS = 30


class Poller:
    """Asks while the block runs; *answers* are (when due, seconds until answered) by the clock `time.monotonic`."""

    def __init__(self, url: str, token: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, url, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.answers: list[tuple[float, float]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        told, _ = self._process.communicate()
        for line in told.splitlines():
            due, seconds = line.split()
            self.answers.append((float(due), float(seconds)))

    def between(self, begin: float, end: float) -> list[float]:
        """Milliseconds of the requests that were due in this stretch of time."""
        return [seconds * 1000 for due, seconds in self.answers if begin <= due < end]


def _ask(url: str, token: str, stop: threading.Event) -> list[tuple[float, float]]:
    host = urlsplit(url).netloc
    connection = http.client.HTTPConnection(host, timeout=_CONNECTION_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
    answers: list[tuple[float, float]] = []
    due = time.monotonic()
    while not stop.is_set():
        connection.request("POST", "/graphql", _QUERY, headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or b'"errors"' in body:
            raise SystemExit(f"the server answered {response.status}: {body[:500]!r}")
        answers.append((due, time.monotonic() - due))
        due += 1 / RATE_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
    return answers


def _stop_with_input(stop: threading.Event) -> None:
    with suppress(OSError):
        sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    _stop = threading.Event()
    threading.Thread(target=_stop_with_input, args=(_stop,), daemon=True).start()
    for _due, _seconds in _ask(sys.argv[1], sys.argv[2], _stop):
        print(f"{_due:.6f} {_seconds:.6f}")
