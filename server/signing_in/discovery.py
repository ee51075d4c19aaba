"""What an OpenID Connect issuer says of itself: the one document from which every address of it is taken."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2

TIMEOUT_SECONDS = 5.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def discover(client: httpx2.AsyncClient, issuer: str) -> Mapping[str, Any]:
    """The discovery document of *issuer*.

    Raises `httpx2.HTTPError` when it does not answer, `ValueError`, `KeyError` or `TypeError` when it is not its own.
    """
    document = await get_json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document["issuer"] != issuer:
        raise ValueError("the discovery document is of another issuer")
    return document


def address_in(document: Mapping[str, Any], name: str) -> str:
    """The address called *name*; raises `KeyError` when there is none, `ValueError` when it is not safe to ask."""
    address = str(document[name])
    if not _is_safe(address):
        raise ValueError(f"the address {name} is not https")
    return address


async def get_json(client: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    """The JSON object at *address*; redirects are not followed."""
    response = await client.get(address, follow_redirects=False, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    return cast("dict[str, Any]", response.json())


def _is_safe(address: str) -> bool:
    """https, or plain http to this very machine, as in a test environment."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
