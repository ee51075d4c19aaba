"""The connections that stay open, so that a server that stops can tell each of them instead of cutting it off."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_FAREWELL_SECONDS: Final = 2.0


class OpenStreams:
    """WebSockets and event streams of one server process."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        self._open = 0

    @contextmanager
    def one(self) -> Generator[None]:
        """Around one connection, from its first byte to its last."""
        self._open += 1
        self._all_closed.clear()
        try:
            yield
        finally:
            self._open -= 1
            if self._open == 0:
                self._all_closed.set()

    async def until_stopping(self) -> None:
        await self._stopping.wait()

    async def stop(self) -> None:
        """Have every connection say goodbye; answers when they have, or after two seconds."""
        self._stopping.set()
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._all_closed.wait()
        except TimeoutError:
            pass  # a client that does not read; the server ends its connection as it ends all others
