"""Certificates of clients, seen by the proxy in front of us: its word is taken, and nobody else's.

The proxy ends TLS, so only it knows which certificate a client showed. It passes the SHA-256 of it in a header. That
header is taken away from every request that does not come from an address of the settings, and from one that has it
twice, so that whatever reads it later can believe it.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from server.signing_in.identity import TokenRefused, VerifiedToken

Network = IPv4Network | IPv6Network

_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}")


def networks(words: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks (`10.0.0.7`, `10.0.0.0/24`); raises `ValueError` for what is neither."""
    return tuple(ip_network(word) for word in words)


class CertificateHeaderMiddleware:
    """Leaves *header* only on requests from *proxies*."""

    def __init__(self, app: ASGIApp, *, header: str, proxies: tuple[Network, ...]) -> None:
        self._app = app
        self._header = header.lower().encode("latin-1")
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers: list[tuple[bytes, bytes]] = scope["headers"]
            # Some servers behind a proxy read underscores as hyphens; nobody needs the look-alike here.
            ours = [pair for pair in headers if pair[0].lower().replace(b"_", b"-") == self._header]
            if ours and not (len(ours) == 1 and self._comes_from_proxy(scope)):
                scope = {**scope, "headers": [pair for pair in headers if pair not in ours]}
        await self._app(scope, receive, send)

    def _comes_from_proxy(self, scope: Scope) -> bool:
        peer = scope.get("client")
        try:
            address = ip_address(peer[0]) if peer else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)


def refuse_other_certificate(token: VerifiedToken, connection: HTTPConnection, header: str) -> None:
    """Raise `TokenRefused` when *token* is bound to a certificate and *connection* does not show that one."""
    if token.certificate is None:
        return
    shown = _in_base64url(connection.headers.get(header, "").strip())
    if not hmac.compare_digest(shown.encode(), token.certificate.rstrip("=").encode()):
        raise TokenRefused("the token is bound to another client certificate")


def _in_base64url(thumbprint: str) -> str:
    """Proxies write it in hexadecimal, tokens in base64url."""
    if _HEXADECIMAL.fullmatch(thumbprint) is None:
        return thumbprint.rstrip("=")
    return base64.urlsafe_b64encode(bytes.fromhex(thumbprint.replace(":", ""))).decode().rstrip("=")
