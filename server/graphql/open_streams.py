"""The connections that stay open: how many there may be, and how a server that stops takes leave of each.

An open connection costs memory and looks at the database for as long as it lives, so one caller, one organisation and
all together get no more than so many. Who has not said who he is waits in places of his own, and so a crowd at the
door keeps nobody inside from going on.
"""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from domain.caller import Caller
from graph.errors import LimitExceeded

_FAREWELL_SECONDS: Final = 2.0
_ALL: Final = ("all", "")


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """The most WebSockets and event streams that one server process keeps open at once."""

    in_all: int
    of_organisation: int
    of_caller: int


class TooManyStreams(LimitExceeded):
    """The caller has as many connections open as he may."""

    code = "TOO_MANY_STREAMS"
    status = 429


class TooManyStreamsOfOrganisation(TooManyStreams):
    """The organisation for which the caller acts has as many connections open as it may."""

    code = "TOO_MANY_STREAMS_OF_ORGANISATION"


class TooManyStreamsInAll(TooManyStreams):
    """This process keeps as many connections open as it may."""

    code = "TOO_MANY_STREAMS_IN_ALL"
    status = 503


class OpenStreams:
    """WebSockets and event streams of one server process."""

    def __init__(self, limits: StreamLimits) -> None:
        self._limits = limits
        self._stopping = asyncio.Event()
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        self._open = 0
        self._held: Counter[tuple[str, str]] = Counter()
        """How many each caller holds, each organisation, and all together."""

    @contextmanager
    def one(self, *, is_known: bool) -> Generator[None]:
        """Around one connection, from its first byte to its last.

        Raises `TooManyStreamsInAll` when it is not *is_known* whose it is, and as many such wait already.
        """
        if not is_known:
            self._refuse_over(TooManyStreamsInAll, self._open - self._held[_ALL], self._limits.in_all)
        self._open += 1
        self._all_closed.clear()
        try:
            yield
        finally:
            self._open -= 1
            if self._open == 0:
                self._all_closed.set()

    @contextmanager
    def held_by(self, caller: Caller | None) -> Generator[None]:
        """From the moment that it is known whose connection it is; none for nobody's. Raises `TooManyStreams`."""
        limits = self._limits
        places = [(_ALL, limits.in_all, TooManyStreamsInAll)]
        if caller is not None:
            person = ("caller", f"{caller.user_id} {caller.organisation_id}")
            places += [
                (("organisation", caller.organisation_id), limits.of_organisation, TooManyStreamsOfOrganisation),
                (person, limits.of_caller, TooManyStreams),
            ]
        # The narrowest first: it says most of what can be done.
        for place, most, refusal in reversed(places):
            self._refuse_over(refusal, self._held[place], most)
        taken = Counter(place for place, _, _ in places)
        self._held.update(taken)
        try:
            yield
        finally:
            # Without those that come to nothing: callers come and go for as long as the process lives.
            self._held -= taken

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

    @staticmethod
    def _refuse_over(refusal: type[TooManyStreams], there: int, most: int) -> None:
        if there >= most:
            raise refusal(found=there + 1, limit=most)
