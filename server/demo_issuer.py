"""An issuer of its own for the demo: signs tokens for the personas, with a key that never leaves this machine.

The verifier reads its public key straight from here, so the demo needs no network. It refuses to exist in production,
whatever else the settings say.
"""

from typing import Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key

from domain.demo_world import Persona
from domain.months import Clock
from server.key_files import KeyFileRefused, load_or_create
from server.settings import DEMO_ISSUER, Environment, Settings, SettingsRefused, variable_of
from server.signing_in.identity import ORGANISATION_CLAIM

TOKEN_LIFETIME_SECONDS = 12 * 3600


class DemoIssuer:
    """Signs for personas, and answers the verifier as any issuer's keys do (`IssuerKeys`)."""

    def __init__(self, key: ECKey, *, audience: str, clock: Clock) -> None:
        self._key = key
        self._key_id = key.thumbprint()
        self._audience = audience
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self:
        """The demo issuer with its key from the settings, made on first use.

        Raises `SettingsRefused` in production or when tokens come from another issuer, `KeyFileRefused` when the key
        cannot be used.
        """
        if settings.environment is Environment.PRODUCTION:
            raise SettingsRefused(["the demo issuer does not run in production"])
        if not settings.uses_demo_issuer:
            raise SettingsRefused(
                [f"{variable_of('oidc_issuer')} is {settings.oidc_issuer}; expected it absent for demo tokens"]
            )
        path = settings.demo_issuer_key_path
        pem = load_or_create(path, lambda: ECKey.generate_key("P-256").as_pem(private=True))
        try:
            key = ECKey.import_key(pem)
        except (JoseError, ValueError) as error:
            raise KeyFileRefused(f"{path} holds no readable key; remove it and a new one is made") from error
        return cls(key, audience=settings.oidc_audience, clock=clock)

    def token_for(self, persona: Persona) -> str:
        """A bearer token for *persona*, good for twelve hours."""
        now = int(self._clock().timestamp())
        header = {"alg": "ES256", "kid": self._key_id, "typ": "JWT"}
        claims = {
            "iss": DEMO_ISSUER,
            "aud": self._audience,
            "sub": persona.subject,
            "name": persona.display_name,
            ORGANISATION_CLAIM: str(persona.organisation),
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_LIFETIME_SECONDS,
        }
        return jwt.encode(header, claims, self._key)

    async def find(self, key_id: str) -> Key | None:
        """The one key of this issuer, none for another key id."""
        return self._key if key_id == self._key_id else None
