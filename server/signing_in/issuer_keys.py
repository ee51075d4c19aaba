"""The public keys of an OpenID Connect issuer: discovered, cached, refetched sparingly, kept while it is down."""

import asyncio
from datetime import datetime, timedelta

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from domain.months import Clock
from server.signing_in.discovery import address_in, discover, get_json
from server.signing_in.identity import IssuerUnavailable

_log = structlog.get_logger(__name__)

_PAUSE_BETWEEN_FETCHES = timedelta(minutes=1)
_FRESH_FOR = timedelta(hours=1)
_USABLE_FOR = timedelta(hours=24)


class DiscoveredKeys:
    """Keys of *issuer*, found through its discovery document.

    Fetched at the first token, again after an hour, and for an unknown key id at most once a minute, so that a flood
    of made-up key ids costs the issuer nothing. While the issuer is down, keys serve up to 24 hours: long enough for
    an outage, short enough that a key it has withdrawn does not live on.
    """

    def __init__(self, issuer: str, *, client: httpx2.AsyncClient, clock: Clock) -> None:
        self._issuer = issuer
        self._client = client
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> Key | None:
        """The key with this id, none when the issuer has no such key; raises `IssuerUnavailable`."""
        known = self._usable(key_id)
        if known is None or (not self._are_younger_than(_FRESH_FOR) and not self._fetching.locked()):
            await self._refresh(key_id)
            known = self._usable(key_id)
        if not self._are_younger_than(_USABLE_FOR):
            raise IssuerUnavailable("the issuer's keys could not be fetched")
        return known

    def _usable(self, key_id: str) -> Key | None:
        return self._keys.get(key_id) if self._are_younger_than(_USABLE_FOR) else None

    def _are_younger_than(self, age: timedelta) -> bool:
        return self._fetched_at is not None and self._clock() - self._fetched_at < age

    async def _refresh(self, key_id: str) -> None:
        async with self._fetching:
            if self._are_younger_than(_FRESH_FOR) and key_id in self._keys:
                return  # someone fetched it while we waited
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < _PAUSE_BETWEEN_FETCHES:
                return
            self._tried_at = now
            try:
                self._keys = await self._fetch()
            except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                _log.warning("issuer_keys_not_fetched", issuer=self._issuer, error=type(error).__name__)
                return
            self._fetched_at = now

    async def _fetch(self) -> dict[str, Key]:
        discovery = await discover(self._client, self._issuer)
        document = await get_json(self._client, address_in(discovery, "jwks_uri"))
        keys: dict[str, Key] = {}
        for described in document["keys"]:
            # A key that we cannot read or that is for encryption says nothing about the others.
            try:
                key = KeySet.import_key_set({"keys": [described]}).keys[0]
            except (JoseError, ValueError, KeyError, TypeError):
                continue
            if isinstance(described.get("kid"), str) and described.get("use", "sig") == "sig":
                keys[described["kid"]] = key
        if not keys:
            raise ValueError("the issuer shows no key that can verify a signature")
        return keys
