"""Numbers of a worker: what it checked, how long each phase took, and how much was left to a parser.

A worker answers no requests, so it tells them on a port of its own; with no more labels than there are verdicts,
reasons and phases.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, start_http_server

from domain.errors import CouldNotRun
from domain.vocabulary import Verdict
from filing.checking import Progress
from filing.phases import Phase
from persistence.work import GivenBack

_LEASE_LOST: Final = "LEASE_LOST"


class CheckMetrics:
    """Counts checks; all of its numbers begin at 0, so that a first file that goes wrong shows as an increase."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._files = Counter("mandaat_checked_files", "Files with an outcome.", ["verdict"], registry=registry)
        self._bytes = Counter("mandaat_checked_bytes", "Bytes of those files that were checked.", registry=registry)
        self._slices = Counter("mandaat_slices", "Slices in which those files were read.", registry=registry)
        self._missed = Counter(
            "mandaat_slices_missed", "Those of them that the fast path left to a parser.", registry=registry
        )
        self._seconds = Counter(
            "mandaat_check_seconds", "Seconds on the clock that those files took.", ["phase"], registry=registry
        )
        self._unended = Counter(
            "mandaat_unended_checks", "Checks that ended without an outcome.", ["reason"], registry=registry
        )
        for verdict in Verdict:
            self._files.labels(verdict)
        for phase in Phase:
            self._seconds.labels(phase)
        for reason in (*(because.name for because in GivenBack), _LEASE_LOST):
            self._unended.labels(reason)

    def ended(self, verdict: Verdict, progress: Progress) -> None:
        """A file got its outcome."""
        self._files.labels(verdict).inc()
        self._bytes.inc(progress.checked_bytes)
        self._slices.inc(progress.slices.read)
        self._missed.inc(progress.slices.missed)
        for phase, seconds in progress.phases.wall.items():
            self._seconds.labels(phase).inc(seconds)

    def given_back(self, because: GivenBack) -> None:
        """A file was let go before it had one; it is checked again."""
        self._unended.labels(because.name).inc()

    def lease_lost(self) -> None:
        """Another worker took the file over."""
        self._unended.labels(_LEASE_LOST).inc()


@contextmanager
def told_on(host: str, port: int, registry: CollectorRegistry) -> Generator[None]:
    """Answer requests there with everything in *registry* while the block runs; port 0 answers none.

    Raises `CouldNotRun` when the port is not to be had.
    """
    if port == 0:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise CouldNotRun(
            f"MANDAAT_WORKER_METRICS_PORT is {port}; expected a port that is free on {host} ({error.strerror})"
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
