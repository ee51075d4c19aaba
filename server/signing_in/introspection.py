"""Opaque access tokens: only the issuer knows what one says, so it is asked (introspection, RFC 7662).

An answer is remembered for a minute at most, a refusal for ten seconds, under a hash of the token and never the token
itself; a write asks afresh. While the issuer is silent, nobody new comes in.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import httpx2
import structlog

from domain.months import Clock
from server.signing_in.discovery import TIMEOUT_SECONDS, introspection_address
from server.signing_in.identity import (
    LEEWAY_SECONDS,
    TOKEN_LIMIT_CHARACTERS,
    IssuerUnavailable,
    TokenRefused,
    VerifiedToken,
    read_claims,
)

_log = structlog.get_logger(__name__)

GOOD_FOR = timedelta(seconds=60)
REFUSED_FOR = timedelta(seconds=10)
MOST_REMEMBERED = 10_000
_ADDRESS_GOOD_FOR = timedelta(hours=1)
_QUESTIONS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Registration:
    """How the issuer knows us, and what a token must hold to be meant for us.

    Some issuers name an audience in their answers, some only scopes: a token passes by one that is ours.
    """

    issuer: str
    client_id: str
    client_secret: str
    audience: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """An answer, or why the token was refused; asked at *at* and good until *until*."""

    found: VerifiedToken | str
    at: datetime
    until: datetime


class TokenIntrospector:
    """Judges opaque tokens by asking their issuer."""

    remembers = True

    def __init__(
        self, registration: Registration, *, client: httpx2.AsyncClient, clock: Clock, role_claim: str = ""
    ) -> None:
        self._registration = registration
        self._client = client
        self._clock = clock
        self._role_claim = role_claim
        self._remembered: dict[str, _Remembered] = {}
        self._address: str | None = None
        self._address_found_at: datetime | None = None
        # A flood of made-up tokens waits here, and not at the issuer.
        self._places = asyncio.Semaphore(_QUESTIONS_AT_ONCE)

    async def verify(self, token: str, *, fresh: bool = False) -> VerifiedToken:
        """What *token* says, by an answer of the last minute; *fresh* by an answer to this very question.

        Raises `TokenRefused` for one that is not good (any more), `IssuerUnavailable` when nobody can tell.
        """
        if len(token) > TOKEN_LIMIT_CHARACTERS:
            raise TokenRefused("token is too long")
        key = hashlib.sha256(token.encode()).hexdigest()
        known = None if fresh else self._known(key)
        if known is None:
            async with self._places:
                # Someone may have asked the same while we waited for a place.
                known = (None if fresh else self._known(key)) or await self._asked(token, key)
        if isinstance(known.found, str):
            raise TokenRefused(known.found)
        return known.found

    def _known(self, key: str) -> _Remembered | None:
        known = self._remembered.get(key)
        # Before *at*: the clock was set back, and nobody knows how old the answer is.
        return known if known is not None and known.at <= self._clock() < known.until else None

    async def _asked(self, token: str, key: str) -> _Remembered:
        self._remembered.pop(key, None)
        try:
            claims = await self._ask(token)
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            _log.warning("issuer_not_asked", issuer=self._registration.issuer, error=type(error).__name__)
            raise IssuerUnavailable(f"introspection failed: {type(error).__name__}") from error
        now = self._clock()
        try:
            found = self._judged(claims, now)
            remembered = _Remembered(found, now, min(now + GOOD_FOR, found.expires_at))
        except TokenRefused as refused:
            remembered = _Remembered(refused.reason, now, now + REFUSED_FOR)
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[key] = remembered
        return remembered

    async def _ask(self, token: str) -> Mapping[str, Any]:
        ours = self._registration
        # Both halves are form-encoded before they are joined (RFC 6749, 2.3.1): a secret may hold a colon.
        response = await self._client.post(
            await self._introspection_address(),
            data={"token": token, "token_type_hint": "access_token"},
            auth=httpx2.BasicAuth(quote(ours.client_id, safe=""), quote(ours.client_secret, safe="")),
            headers={"Accept": "application/json"},
            follow_redirects=False,
            timeout=TIMEOUT_SECONDS,
        )
        response.raise_for_status()
        answer = cast("dict[str, Any]", response.json())
        # An answer that says neither is no answer: `KeyError`, or `TypeError` when it is no object at all.
        return {**answer, "active": {True: True, False: False}[answer["active"]]}

    async def _introspection_address(self) -> str:
        now = self._clock()
        is_old = self._address_found_at is None or now - self._address_found_at >= _ADDRESS_GOOD_FOR
        if self._address is None or is_old:
            self._address = await introspection_address(self._client, self._registration.issuer)
            self._address_found_at = now
        return self._address

    def _judged(self, claims: Mapping[str, Any], now: datetime) -> VerifiedToken:
        if claims["active"] is not True:
            raise TokenRefused("the issuer says that the token is not active")
        if claims.get("iss", self._registration.issuer) != self._registration.issuer:
            raise TokenRefused("the token is of another issuer")
        if str(claims.get("token_type", "bearer")).lower() not in ("bearer", "access_token"):
            raise TokenRefused("the token is not a bearer token")
        if not self._is_meant_for_us(claims):
            raise TokenRefused("the token is for another audience")
        found = read_claims(claims, role_claim=self._role_claim)
        if found.expires_at <= now:
            raise TokenRefused("the token has expired")
        if self._begins_later(claims.get("nbf"), now):
            raise TokenRefused("the token is not good yet")
        return found

    def _is_meant_for_us(self, claims: Mapping[str, Any]) -> bool:
        ours = self._registration
        audience = claims.get("aud")
        if audience is not None:
            return ours.audience in (cast("list[object]", audience) if isinstance(audience, list) else [audience])
        return ours.scope != "" and ours.scope in str(claims.get("scope", "")).split(" ")

    def _begins_later(self, begins: object, now: datetime) -> bool:
        if begins is None:
            return False
        if not isinstance(begins, int | float):
            raise TokenRefused("claim nbf is no moment")
        return begins > now.astimezone(UTC).timestamp() + LEEWAY_SECONDS
