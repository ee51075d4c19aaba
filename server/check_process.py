"""One child process that checks: it does one call after the other, nice to others, within limits, never orphaned.

The kernel holds it to its memory and its processor time, whatever the code in it does; the parent holds it to the clock
on the wall. A child that runs over or dies is gone, with nothing but its own call. It starts as a new interpreter: a
fork would take over the parent's threads and connections half-way.
"""

import math
import multiprocessing
import os
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final, NamedTuple, cast

from filing.broken_off import CheckBrokeOff
from validation.broken_off import BrokenOff
from validation.settling import settle

_NICENESS: Final = 10
_PARENT_WATCH_SECONDS: Final = 1.0
_OUT_OF_MEMORY: Final = 71
"""Exit status of a child that could not get more memory."""
_START_SECONDS: Final = 60.0
_SPAWN: Final = multiprocessing.get_context("spawn")
_ONE_AT_A_TIME: Final = threading.Lock()
"""`multiprocessing` asks after all children whenever one starts; who asks beside it could miss the end of his own."""


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """What one child may take: memory at any time, seconds of processor and of wall clock for each call."""

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float


class _Answer(NamedTuple):
    """*failure* is what the function raised, *told* its traceback; both none when it answered."""

    value: Any = None
    failure: Exception | None = None
    told: str | None = None


class _InTheChild(Exception):
    """The cause of an exception from a child: the traceback as it was there."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class DidNotStart(Exception):
    """A child was gone, or silent, before it was ready for any call: no file is to blame."""


class CheckProcess:
    """A child as its parent sees it; started by the first call, and again by the first call after its end."""

    def __init__(self, limits: CheckLimits) -> None:
        self._limits = limits
        self._process: SpawnProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._is_closed = False

    def call(self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Do the call in the child and wait for it: made for a thread, one at a time.

        Raises what *function* raises, and `CheckBrokeOff` when the child is gone before it answers.
        """
        pipe = self._started()
        try:
            pipe.send((function, args, kwargs))
            if not pipe.poll(self._limits.wall_seconds):
                self._ended()
                raise CheckBrokeOff(BrokenOff.TIME)
            answer: _Answer = pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise CheckBrokeOff(self._ended()) from error
        if answer.failure is not None:
            raise answer.failure from _InTheChild(answer.told)
        return answer.value

    def close(self) -> None:
        """Kill the child and start no other; a call under way ends with an exception."""
        self._is_closed = True
        with _ONE_AT_A_TIME:
            if self._process is not None:
                self._process.kill()

    def join(self) -> None:
        """Wait until the child is gone, and give back what it held."""
        self._ended()

    def _started(self) -> "Connection[Any, Any]":
        with _ONE_AT_A_TIME:
            if self._pipe is not None and self._process is not None and self._process.is_alive():
                return self._pipe
        self._ended()
        with _ONE_AT_A_TIME:
            if self._is_closed:
                raise DidNotStart
            pipe, theirs = cast("tuple[Connection[Any, Any], Connection[Any, Any]]", _SPAWN.Pipe())
            process = _SPAWN.Process(target=_serve, args=(theirs, os.getpid(), self._limits), daemon=True)
            process.start()
            # With a copy of the other end, the death of the child would never show.
            theirs.close()
            self._process, self._pipe = process, pipe
        # Its start is not the time of any call.
        try:
            if pipe.poll(_START_SECONDS):
                pipe.recv()
                return pipe
        except (EOFError, ConnectionError):
            pass
        # It may still be about to end: the next call must not take it for one that is ready.
        self._ended()
        raise DidNotStart

    def _ended(self) -> BrokenOff:
        with _ONE_AT_A_TIME:
            status = None
            if self._process is not None and self._pipe is not None:
                self._process.kill()
                self._process.join()
                status = self._process.exitcode
                self._process.close()
                self._pipe.close()
            self._process = self._pipe = None
        if status == -signal.SIGXCPU:
            return BrokenOff.TIME
        return BrokenOff.MEMORY if status == _OUT_OF_MEMORY else BrokenOff.CRASH


def _serve(pipe: "Connection[Any, Any]", parent: int, limits: CheckLimits) -> None:
    """What a child does from its start to its end."""
    os.nice(_NICENESS)
    settle()
    # Ctrl-C reaches the whole group of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), name="parent-watch", daemon=True).start()
    _limit(resource.RLIMIT_CORE, 0)
    # Memory that is written to, and not addresses: code and maps of files are shared and cost nothing.
    _limit(resource.RLIMIT_DATA, limits.memory_bytes)
    pipe.send(None)
    while True:
        try:
            function, args, kwargs = pipe.recv()
            _limit(resource.RLIMIT_CPU, math.ceil(time.process_time()) + limits.cpu_seconds)
            pipe.send(_answered(function, args, kwargs))
        except EOFError:
            return
        except MemoryError:
            # What is left of this interpreter is not to be trusted with another file.
            os._exit(_OUT_OF_MEMORY)


def _answered(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> _Answer:
    try:
        return _Answer(function(*args, **kwargs))
    except Exception as error:
        if _came_from_memory(error):
            raise MemoryError from error
        return _Answer(failure=error, told="".join(traceback.format_exception(error)))


def _came_from_memory(error: BaseException | None) -> bool:
    """Whether no memory was left, whatever the code on the way made of it."""
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: another process then adopted it."""
    while os.getppid() == parent:
        time.sleep(_PARENT_WATCH_SECONDS)
    os._exit(1)
