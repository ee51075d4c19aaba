"""Timeouts of one length, all watched by one timer of the event loop.

A timer of its own, made and cancelled for each small request, takes longer than reading what it asks. Since all last
equally long, the oldest ends first: the timer waits for that one, and then for the next that still runs.
"""

import asyncio
from types import TracebackType
from typing import Self


class Patience:
    """Ends what takes longer than *seconds*: `with patience.deadline(): …` raises `TimeoutError`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: dict[Deadline, float] = {}
        """When each ends, the first to end first."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one that looks, when there is something to look at."""

    def deadline(self) -> "Deadline":
        return Deadline(self)

    def watch(self, deadline: "Deadline", loop: asyncio.AbstractEventLoop) -> None:
        ends_at = self._running[deadline] = loop.time() + self.seconds
        if self._loop is not loop:
            self._loop = loop
            loop.call_at(ends_at, self._look)

    def forget(self, deadline: "Deadline") -> None:
        self._running.pop(deadline, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._running:
            deadline, ends_at = next(iter(self._running.items()))
            if ends_at > now:
                loop.call_at(ends_at, self._look)
                return
            del self._running[deadline]
            deadline.expire()
        self._loop = None


class Deadline:
    """One block of one task that ends in time; it is ended as `asyncio.timeout` ends one."""

    __slots__ = ("_cancelling", "_has_expired", "_patience", "_task")

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._has_expired = False

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline outside of any task")
        self._task, self._cancelling = task, task.cancelling()
        self._patience.watch(self, loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._patience.forget(self)
        if self._has_expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from raised

    def lift(self) -> None:
        """Let the block run for as long as it takes."""
        self._patience.forget(self)

    def expire(self) -> None:
        self._has_expired = True
        self._task.cancel()
