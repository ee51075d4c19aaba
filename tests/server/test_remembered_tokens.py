"""A good signature is believed for a minute; nothing else about a token is remembered."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.identifiers import EnterpriseNumber
from server.signing_in.identity import TokenRefused, VerifiedToken
from server.signing_in.remembered_tokens import RememberingVerifier

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


class Issuer:
    """Judges tokens, counts how often, and can change its mind."""

    remembers = False

    def __init__(self, *, expires_at: datetime = NOW + timedelta(hours=1)) -> None:
        self.judged: list[str] = []
        self.is_good = True
        self._expires_at = expires_at

    async def verify(self, token: str, *, fresh: bool = False) -> VerifiedToken:
        self.judged.append(f"{token} anew" if fresh else token)
        if not self.is_good:
            raise TokenRefused("withdrawn")
        return VerifiedToken(f"subject of {token}", "Els", EnterpriseNumber("0999000129"), self._expires_at)


class Now:
    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def now() -> Now:
    return Now()


async def test_within_a_minute_a_signature_is_worked_out_once(now: Now) -> None:
    issuer = Issuer()
    verifier = RememberingVerifier(issuer, clock=now)

    first = await verifier.verify("one")
    now.moment += timedelta(seconds=59)
    second = await verifier.verify("one")

    assert first is second
    assert issuer.judged == ["one"]


async def test_each_token_is_judged_for_itself(now: Now) -> None:
    issuer = Issuer()
    verifier = RememberingVerifier(issuer, clock=now)

    found = [(await verifier.verify(token)).subject for token in ("one", "one ", "one")]

    assert found == ["subject of one", "subject of one ", "subject of one"]
    assert issuer.judged == ["one", "one "]


async def test_after_a_minute_a_withdrawn_key_counts(now: Now) -> None:
    issuer = Issuer()
    verifier = RememberingVerifier(issuer, clock=now)
    await verifier.verify("one")
    issuer.is_good = False

    now.moment += timedelta(minutes=1)

    with pytest.raises(TokenRefused):
        await verifier.verify("one")


async def test_a_token_that_ended_is_never_remembered(now: Now) -> None:
    issuer = Issuer(expires_at=NOW + timedelta(seconds=10))
    verifier = RememberingVerifier(issuer, clock=now)
    await verifier.verify("one")
    issuer.is_good = False

    now.moment += timedelta(seconds=40)

    with pytest.raises(TokenRefused):
        await verifier.verify("one")


async def test_who_asks_anew_hears_the_issuer(now: Now) -> None:
    issuer = Issuer()
    verifier = RememberingVerifier(issuer, clock=now)
    await verifier.verify("one")
    issuer.is_good = False

    with pytest.raises(TokenRefused):
        await verifier.verify("one", fresh=True)
    with pytest.raises(TokenRefused):
        await verifier.verify("one")


async def test_a_refused_token_is_refused_by_the_issuer_each_time(now: Now) -> None:
    issuer = Issuer()
    issuer.is_good = False
    verifier = RememberingVerifier(issuer, clock=now)

    for _ in range(2):
        with pytest.raises(TokenRefused):
            await verifier.verify("one")

    assert issuer.judged == ["one", "one"]


async def test_many_tokens_do_not_pile_up(now: Now) -> None:
    issuer = Issuer()
    verifier = RememberingVerifier(issuer, clock=now)

    for number in range(1200):
        await verifier.verify(f"token {number}")
    await verifier.verify("token 1199")
    await verifier.verify("token 0")

    assert len(issuer.judged) == 1201
    assert len(verifier._good) == 1000
