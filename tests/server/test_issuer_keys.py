"""Keys of the issuer: fetched sparingly, and kept while it is down (fault F-09)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey
from structlog.testing import capture_logs

from server.signing_in.identity import IssuerUnavailable
from server.signing_in.issuer_keys import DiscoveredKeys

ISSUER = "https://issuer.example/realm"


class Issuer:
    """An identity provider on the other side of a transport, with a hand on everything that can go wrong."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
        self.keys: list[dict[str, Any]] = [_shown("first")]
        self.requests: list[str] = []
        self.is_down = False
        self.discovery: Any = {"issuer": ISSUER, "jwks_uri": "https://issuer.example/keys"}

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(str(request.url))
        if self.is_down:
            raise httpx2.ConnectError("no answer")
        if request.url.path.endswith("/.well-known/openid-configuration"):
            return httpx2.Response(200, json=self.discovery)
        return httpx2.Response(200, json={"keys": self.keys})

    def later(self, **distance: float) -> None:
        self.moment += timedelta(**distance)


def _shown(key_id: str, **changes: Any) -> dict[str, Any]:
    return {**ECKey.generate_key("P-256").as_dict(private=False), "kid": key_id, "use": "sig"} | changes


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def keys(issuer: Issuer) -> DiscoveredKeys:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(issuer.answer))
    return DiscoveredKeys(ISSUER, client=client, clock=lambda: issuer.moment)


async def test_keys_are_found_through_the_discovery_document(issuer: Issuer, keys: DiscoveredKeys) -> None:
    assert await keys.find("first") is not None
    assert issuer.requests == [
        "https://issuer.example/realm/.well-known/openid-configuration",
        "https://issuer.example/keys",
    ]


async def test_a_known_key_is_not_fetched_again(issuer: Issuer, keys: DiscoveredKeys) -> None:
    for _ in range(5):
        await keys.find("first")

    assert len(issuer.requests) == 2


async def test_a_08_unknown_key_ids_are_asked_for_at_most_once_a_minute(issuer: Issuer, keys: DiscoveredKeys) -> None:
    await keys.find("first")
    issuer.later(seconds=61)
    for number in range(50):
        assert await keys.find(f"made-up-{number}") is None
    assert len(issuer.requests) == 4

    issuer.later(seconds=59)
    await keys.find("made-up")
    assert len(issuer.requests) == 4

    issuer.later(seconds=1)
    await keys.find("made-up")
    assert len(issuer.requests) == 6


async def test_a_rotated_key_is_found_within_a_minute(issuer: Issuer, keys: DiscoveredKeys) -> None:
    await keys.find("first")
    issuer.keys = [_shown("second")]
    assert await keys.find("second") is None

    issuer.later(minutes=1)

    assert await keys.find("second") is not None


async def test_a_key_that_the_issuer_withdrew_is_forgotten_within_an_hour(issuer: Issuer, keys: DiscoveredKeys) -> None:
    await keys.find("first")
    issuer.keys = [_shown("second")]

    issuer.later(hours=1)

    assert await keys.find("first") is None


async def test_f_09_while_the_issuer_is_down_keys_serve_for_a_day(issuer: Issuer, keys: DiscoveredKeys) -> None:
    await keys.find("first")
    issuer.is_down = True
    issuer.later(hours=23, minutes=59)

    with capture_logs() as logged:
        assert await keys.find("first") is not None

    assert [entry["event"] for entry in logged] == ["issuer_keys_not_fetched"]


async def test_f_09_after_a_day_without_the_issuer_no_token_can_be_judged(issuer: Issuer, keys: DiscoveredKeys) -> None:
    await keys.find("first")
    issuer.is_down = True
    issuer.later(hours=24)

    with capture_logs(), pytest.raises(IssuerUnavailable):
        await keys.find("first")


async def test_f_09_an_issuer_that_was_down_at_start_is_tried_again_after_a_minute(
    issuer: Issuer, keys: DiscoveredKeys
) -> None:
    issuer.is_down = True
    with capture_logs(), pytest.raises(IssuerUnavailable):
        await keys.find("first")
    issuer.is_down = False
    with pytest.raises(IssuerUnavailable):
        await keys.find("first")

    issuer.later(minutes=1)

    assert await keys.find("first") is not None


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example", "jwks_uri": "https://issuer.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://issuer.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER},
        [],
        "text",
    ],
)
async def test_a_discovery_document_that_is_not_the_issuers_gives_no_keys(
    issuer: Issuer, keys: DiscoveredKeys, discovery: Any
) -> None:
    issuer.discovery = discovery

    with capture_logs(), pytest.raises(IssuerUnavailable):
        await keys.find("first")

    assert len(issuer.requests) == 1


async def test_a_08_a_redirect_is_not_followed(issuer: Issuer) -> None:
    def redirect(request: httpx2.Request) -> httpx2.Response:
        issuer.requests.append(str(request.url))
        return httpx2.Response(302, headers={"Location": "https://evil.example/"})

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(redirect), follow_redirects=True)
    keys = DiscoveredKeys(ISSUER, client=client, clock=lambda: issuer.moment)

    with capture_logs(), pytest.raises(IssuerUnavailable):
        await keys.find("first")

    assert len(issuer.requests) == 1


async def test_keys_that_cannot_be_read_or_are_for_encryption_do_not_hide_the_others(
    issuer: Issuer, keys: DiscoveredKeys
) -> None:
    issuer.keys = [
        {"kty": "FUTURE", "kid": "future"},
        {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "encrypts", "use": "enc"},
        _shown("first"),
    ]

    assert await keys.find("first") is not None
    assert await keys.find("encrypts") is None


async def test_an_issuer_without_keys_does_not_take_away_those_that_are_known(
    issuer: Issuer, keys: DiscoveredKeys
) -> None:
    await keys.find("first")
    issuer.keys = []
    issuer.later(hours=2)

    with capture_logs():
        assert await keys.find("first") is not None
