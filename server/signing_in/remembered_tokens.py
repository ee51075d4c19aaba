"""Signed tokens that were found good a moment ago: the same signature is not worked out again for every request.

Only the signature and the claims are remembered, never what the caller may do: that is read from the database each
time. A signed token cannot be revoked before its end anyway; what a memory could hide is a key that the issuer
withdrew, so it lasts a minute.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.months import Clock
from server.signing_in.identity import LEEWAY_SECONDS, VerifiedToken, Verifier

_REMEMBERED_FOR: Final = timedelta(minutes=1)
_MOST_TOKENS: Final = 1000


@dataclass(frozen=True, slots=True)
class _Good:
    token: VerifiedToken
    until: datetime


class RememberingVerifier:
    """Asks *verifier*, whose answer depends on the token and the hour alone, once a minute for each token."""

    def __init__(self, verifier: Verifier, *, clock: Clock) -> None:
        self._verifier = verifier
        self._clock = clock
        self._good: dict[bytes, _Good] = {}

    @property
    def remembers(self) -> bool:
        """As *verifier*: a signature that was good stays good, so that nobody has to ask again before he writes."""
        return self._verifier.remembers

    async def verify(self, token: str, *, fresh: bool = False) -> VerifiedToken:
        # What is kept cannot be used to sign in.
        key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = self._clock()
        known = self._good.get(key)
        if known is not None and now < known.until and not fresh:
            return known.token
        self._good.pop(key, None)
        found = await self._verifier.verify(token, fresh=fresh)
        if len(self._good) >= _MOST_TOKENS:
            del self._good[next(iter(self._good))]
        ends_at = found.expires_at + timedelta(seconds=LEEWAY_SECONDS)
        self._good[key] = _Good(found, min(now + _REMEMBERED_FOR, ends_at))
        return found
