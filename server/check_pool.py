"""The child processes of a worker: each call goes to one of them, and one that dies fails nothing but its own call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import LifoQueue
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from server.check_process import CheckLimits, CheckProcess

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class CheckPool:
    """So many processes, each under *limits*; one that is gone is replaced by the next call that needs it."""

    def __init__(self, processes: int, limits: CheckLimits) -> None:
        self._children = [CheckProcess(limits) for _ in range(processes)]
        # Last in, first out: a child that is warm is asked before one that was never started.
        self._idle: LifoQueue[CheckProcess] = LifoQueue()
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="check")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nobody waits for an answer any more: what is still under way is ended."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.close()
        self._threads.shutdown()
        for child in self._children:
            child.join()

    async def __call__(
        self, function: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call *function* in one of the processes; everything that goes in and comes out is pickled.

        Raises what it raises, and `CheckBrokeOff` when its process dies or runs over a limit. A call that is cancelled
        while it runs keeps its process until it ends or reaches its limit.
        """
        loop = asyncio.get_running_loop()
        return cast("Result", await loop.run_in_executor(self._threads, self._call, function, args, kwargs))

    def _call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # As many threads as children: one of them is idle.
        child = self._idle.get()
        try:
            return child.call(function, args, kwargs)
        finally:
            self._idle.put(child)
