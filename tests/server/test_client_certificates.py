"""Tokens that are bound to a client certificate: only the word of a trusted proxy counts (abuse case A-31)."""

import base64
from datetime import UTC, datetime

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from domain.identifiers import EnterpriseNumber
from server.signing_in.client_certificates import CertificateHeaderMiddleware, networks, refuse_other_certificate
from server.signing_in.identity import TokenRefused, VerifiedToken

HEADER = "X-Client-Certificate-SHA256"
OURS = bytes(range(32))
THUMBPRINT = base64.urlsafe_b64encode(OURS).decode().rstrip("=")
OTHER = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
SPELLINGS = [THUMBPRINT, THUMBPRINT + "=", OURS.hex(), OURS.hex().upper(), OURS.hex(":")]


def token(certificate: str | None) -> VerifiedToken:
    return VerifiedToken("s", "n", EnterpriseNumber("0999000129"), datetime.now(UTC), certificate=certificate)


async def seen(*headers: tuple[str, str], peer: str = "10.0.0.7") -> HTTPConnection:
    """What the application sees of a request from *peer* behind the middleware."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    around = CertificateHeaderMiddleware(app, header=HEADER, proxies=networks(("10.0.0.0/24", "::1")))
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope: Scope = {"type": "http", "headers": raw, "client": (peer, 1)}
    await around(scope, None, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return HTTPConnection(found[0])


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_31_the_certificate_that_a_trusted_proxy_saw_must_be_that_of_the_token(spelling: str) -> None:
    connection = await seen((HEADER.lower(), spelling))

    refuse_other_certificate(token(THUMBPRINT), connection, HEADER)
    with pytest.raises(TokenRefused):
        refuse_other_certificate(token(OTHER), connection, HEADER)


@pytest.mark.parametrize("peer", ["10.0.1.7", "203.0.113.9", "unknown", ""])
async def test_a_31_the_header_of_anybody_else_is_taken_away(peer: str) -> None:
    connection = await seen((HEADER.lower(), THUMBPRINT), ("other", "kept"), peer=peer)

    assert dict(connection.headers) == {"other": "kept"}
    with pytest.raises(TokenRefused):
        refuse_other_certificate(token(THUMBPRINT), connection, HEADER)


async def test_a_31_a_header_that_came_twice_or_with_underscores_is_not_believed() -> None:
    twice = await seen((HEADER.lower(), THUMBPRINT), (HEADER.lower(), OTHER))
    lookalike = await seen(("x_client_certificate_sha256", THUMBPRINT), (HEADER.lower(), OTHER))

    for connection in (twice, lookalike):
        with pytest.raises(TokenRefused):
            refuse_other_certificate(token(THUMBPRINT), connection, HEADER)


async def test_a_31_a_bound_token_without_a_certificate_is_refused_and_an_unbound_one_needs_none() -> None:
    connection = await seen()

    refuse_other_certificate(token(None), connection, HEADER)
    with pytest.raises(TokenRefused):
        refuse_other_certificate(token(THUMBPRINT), connection, HEADER)
