"""Timeouts of one length, all watched by one timer of the event loop.

A timer of its own, made and cancelled for each small request, takes longer than reading what it asks. Since all last
equally long, the oldest ends first: the timer waits for that one, and then for the next that still runs.
"""

import asyncio
from types import TracebackType
from typing import Self


class Patience:
    """Ends what takes longer than *seconds*: `async with patience.deadline(): …` raises `TimeoutError`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: dict[Deadline, float] = {}
        """When each ends, the first to end first."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one that looks, when there is something to look at."""

    def deadline(self) -> "Deadline":
        return Deadline(self)

    def watch(self, deadline: "Deadline") -> None:
        loop = asyncio.get_running_loop()
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
            deadline.expire(now)
        self._loop = None


class Deadline:
    """One block that ends in time; as `asyncio.timeout`, which ends it."""

    __slots__ = ("_patience", "_timeout")

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._timeout = asyncio.timeout(None)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._patience.watch(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._patience.forget(self)
        return await self._timeout.__aexit__(kind, raised, trace)

    def lift(self) -> None:
        """Let the block run for as long as it takes."""
        self._patience.forget(self)

    def expire(self, now: float) -> None:
        self._timeout.reschedule(now)
