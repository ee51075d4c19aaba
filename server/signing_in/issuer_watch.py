"""Whether the identity provider answers now: for operators, who see it in `/readyz` before anybody calls them."""

import asyncio
from datetime import datetime, timedelta

import httpx2

from domain.months import Clock
from server.signing_in.discovery import discover
from server.signing_in.identity import IssuerUnavailable

_GOOD_FOR = timedelta(seconds=10)


class IssuerWatch:
    """Asks *issuer* for its discovery document, at most once in ten seconds: `/readyz` is open to anyone."""

    def __init__(self, issuer: str, *, client: httpx2.AsyncClient, clock: Clock) -> None:
        self._issuer = issuer
        self._client = client
        self._clock = clock
        self._asked_at: datetime | None = None
        self._asking: asyncio.Task[str] | None = None

    async def check(self) -> None:
        """Raise `IssuerUnavailable` when it did not answer the last time, which is seconds ago."""
        now = self._clock()
        is_old = self._asked_at is None or not self._asked_at <= now < self._asked_at + _GOOD_FOR
        if self._asking is None or (is_old and self._asking.done()):
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask())
        # Others wait for the same answer; who gives up waiting does not take it from them.
        if complaint := await asyncio.shield(self._asking):
            raise IssuerUnavailable(complaint)

    async def _ask(self) -> str:
        """What was wrong, nothing when it answered; never raises, because nobody may be left to hear it."""
        try:
            await discover(self._client, self._issuer)
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            return f"discovery failed: {type(error).__name__}"
        return ""
