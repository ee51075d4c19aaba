"""Whether the identity provider answers is known to operators, and asking is cheap for it (fault F-09)."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from server.signing_in.identity import IssuerUnavailable
from server.signing_in.issuer_watch import IssuerWatch

ISSUER = "https://idp.example"


class Watched:
    """The issuer as the watch sees it, and the time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 5, 8, tzinfo=UTC)
        self.is_down = False
        self.questions = 0
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        self.watch = IssuerWatch(ISSUER, client=client, clock=lambda: self.now)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.questions += 1
        await asyncio.sleep(0)
        return httpx2.Response(502) if self.is_down else httpx2.Response(200, json={"issuer": ISSUER})

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def test_f_09_many_questions_are_one_at_the_issuer() -> None:
    watched = Watched()

    await asyncio.gather(*(watched.watch.check() for _ in range(50)))
    watched.later(9)
    await watched.watch.check()

    assert watched.questions == 1


async def test_f_09_an_issuer_that_is_down_and_back_is_noticed_within_ten_seconds() -> None:
    watched = Watched()
    await watched.watch.check()
    watched.is_down = True
    watched.later(10)
    with pytest.raises(IssuerUnavailable):
        await watched.watch.check()
    watched.is_down = False
    watched.later(10)

    await watched.watch.check()


async def test_who_gives_up_waiting_does_not_take_the_answer_from_others() -> None:
    watched = Watched()
    impatient = asyncio.create_task(watched.watch.check())
    patient = asyncio.create_task(watched.watch.check())
    await asyncio.sleep(0)
    impatient.cancel()

    await patient
