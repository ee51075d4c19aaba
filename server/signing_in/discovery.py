"""What an OpenID Connect issuer says of itself: the one document from which every address of it is taken."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2

TIMEOUT_SECONDS = 5.0
_INTROSPECTION = "introspection_endpoint"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def discover(client: httpx2.AsyncClient, issuer: str) -> Mapping[str, Any]:
    """The discovery document of *issuer*.

    Raises `httpx2.HTTPError` when it does not answer, `ValueError`, `KeyError` or `TypeError` when it is not its own.
    """
    return await _own_document(client, issuer, issuer.rstrip("/") + "/.well-known/openid-configuration")


async def introspection_address(client: httpx2.AsyncClient, issuer: str) -> str:
    """Where *issuer* tells what a token says; raises what `discover` and `address_in` raise.

    OpenID Connect does not know the name of that address: some issuers tell it beside the others all the same, some
    only where OAuth tells it (RFC 8414), which is not below the path of the issuer but before it.
    """
    found = await discover(client, issuer)
    if _INTROSPECTION not in found:
        parts = urlsplit(issuer)
        place = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path.rstrip('/')}"
        found = await _own_document(client, issuer, place)
    return address_in(found, _INTROSPECTION)


def address_in(document: Mapping[str, Any], name: str) -> str:
    """The address called *name*; raises `KeyError` when there is none, `ValueError` when it is not safe to ask."""
    address = str(document[name])
    if not _is_safe(address):
        raise ValueError(f"the address {name} is not https")
    return address


async def _own_document(client: httpx2.AsyncClient, issuer: str, place: str) -> dict[str, Any]:
    document = await get_json(client, place)
    if document["issuer"] != issuer:
        raise ValueError("the discovery document is of another issuer")
    return document


async def get_json(client: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    """The JSON object at *address*; redirects are not followed."""
    response = await client.get(address, follow_redirects=False, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    return cast("dict[str, Any]", response.json())


def _is_safe(address: str) -> bool:
    """https, or plain http to this very machine, as in a test environment."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
