"""Who holds a bearer token, and for a signed one (JWT): its signature and claims checked against the issuer's keys.

The algorithm comes from our settings and the key from the issuer, never from the token: `alg: none`, a shared secret
made of the public key, and keys that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are refused, and no address in
a token is ever fetched. Clients are told one sentence whatever was wrong; the reason is for the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from domain.errors import InvalidValue
from domain.identifiers import EnterpriseNumber
from domain.months import Clock

TOKEN_LIMIT_CHARACTERS = 8192
ORGANISATION_CLAIM = "vo_orgcode"
"""Enterprise number of the organisation that the person acts for, as the Flemish access management names it."""
APPLICATION_NAME_CLAIM = "vo_applicatienaam"
"""What the Flemish access management calls a program that asks for itself, without a person (client credentials)."""

LEEWAY_SECONDS = 30
_KEY_BROUGHT_ALONG = frozenset({"jku", "jwk", "x5u", "x5c"})
_KEY_TYPES = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey, "Ed25519": OKPKey}
_CURVES = {"ES256": "P-256", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What a good token says. *subject* is the issuer's name for the person, or the id of a program without a person.

    *expires_at* is in UTC. *role_values* are those of the role claim, unread. *certificate*: the SHA-256 of the client
    certificate that the token is bound to (RFC 8705), in base64url; none for a token that anyone may bear.
    """

    subject: str
    name: str
    organisation_number: EnterpriseNumber
    expires_at: datetime
    role_values: tuple[str, ...] = ()
    certificate: str | None = None


class TokenRefused(Exception):
    """There is no token, or it is not one of ours; *reason* is for the log and never for the client."""

    CLIENT_TEXT = "A valid bearer token is required."

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class IssuerUnavailable(TokenRefused):
    """The issuer does not answer, or its keys are too old or were never there: no token can be judged now."""


class Verifier(Protocol):
    """How a token is judged: by its signature, or by asking the issuer."""

    @property
    def remembers(self) -> bool:
        """Whether an answer may be older than the question, unless it is asked *fresh*."""
        ...

    async def verify(self, token: str, *, fresh: bool = False) -> VerifiedToken:
        """What *token* says when it is good now; raises `TokenRefused`, or `IssuerUnavailable`."""
        ...


class IssuerKeys(Protocol):
    """Where the public keys of the one trusted issuer come from."""

    async def find(self, key_id: str) -> Key | None:
        """The key with this id, none when the issuer has no such key; raises `IssuerUnavailable`."""
        ...


class TokenVerifier:
    """Checks tokens of one issuer for one audience; knows no secret and keeps nothing of a token."""

    remembers = False

    def __init__(
        self,
        keys: IssuerKeys,
        *,
        issuer: str,
        audience: str,
        algorithms: tuple[str, ...],
        clock: Clock,
        role_claim: str = "",
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._registry = _FixedAlgorithms(algorithms=algorithms)
        self._algorithms = algorithms
        self._clock = clock
        self._role_claim = role_claim

    async def verify(self, token: str, *, fresh: bool = False) -> VerifiedToken:  # noqa: ARG002 - never remembered
        """What *token* says, when all of it holds now, give or take thirty seconds; else raises `TokenRefused`."""
        if len(token) > TOKEN_LIMIT_CHARACTERS:
            raise TokenRefused("token is too long")
        algorithm, key_id = self._signed_with(token)
        key = await self._keys.find(key_id)
        if key is None:
            raise TokenRefused("key id is unknown to the issuer")
        if not _fits(key, algorithm):
            raise TokenRefused("key is not for this algorithm")
        try:
            decoded = jwt.decode(token, key, registry=self._registry)
            self._claims_registry().validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise TokenRefused(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        return read_claims(decoded.claims, role_claim=self._role_claim)

    def _signed_with(self, token: str) -> tuple[str, str]:
        """Algorithm and key id that the token names, read before anything of it is believed."""
        try:
            header = cast(
                "Mapping[str, object]", jws.extract_compact(token.encode(), registry=self._registry).headers()
            )
        except (JoseError, ValueError) as error:
            raise TokenRefused(f"not a signed token: {type(error).__name__}") from error
        if brought := sorted(_KEY_BROUGHT_ALONG & header.keys()):
            raise TokenRefused(f"header brings its own key: {', '.join(brought)}")
        algorithm, key_id = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._algorithms:
            raise TokenRefused("algorithm is not allowed")
        if not isinstance(key_id, str) or not key_id:
            raise TokenRefused("key id is missing")
        return algorithm, key_id

    def _claims_registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )


def bearer_token(authorization: str | None) -> str:
    """The token in an `Authorization` header; raises `TokenRefused` when there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused("no bearer token")
    return token.strip()


class _FixedAlgorithms(JWSRegistry):
    """The algorithms of the settings and no other, whatever the library recommends.

    The library warns on each use of `EdDSA`, the older name of `Ed25519`; issuers still write it, so it is no news.
    """

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise ValueError("algorithm is not allowed")
        return self.algorithms[name]


def _fits(key: Key, algorithm: str) -> bool:
    """Whether the issuer made this key to sign with *algorithm*: kind, curve, and what it says of its own use."""
    described = key.as_dict(private=False)
    return (
        isinstance(key, _KEY_TYPES[algorithm])
        and described.get("crv") == _CURVES.get(algorithm)
        and described.get("use", "sig") == "sig"
        and described.get("alg", algorithm) == algorithm
    )


def read_claims(claims: Mapping[str, Any], *, role_claim: str = "") -> VerifiedToken:
    """The caller that *claims* speak of; they have been verified, or come from the issuer itself.

    A token of a program alone (client credentials) has no claim `sub`, or one that is its own client id. One that has
    a `username` is a person's: without `sub` all the people of one program would be that program. Raises
    `TokenRefused` for a claim that is missing or not what it should be.
    """
    client_id = claims.get("client_id") or claims.get("azp")
    subject = claims.get("sub") or (None if claims.get("username") else client_id)
    if not isinstance(subject, str) or not subject:
        raise TokenRefused("claim sub is empty")
    organisation = claims.get(ORGANISATION_CLAIM)
    if not isinstance(organisation, str):
        raise TokenRefused(f"claim {ORGANISATION_CLAIM} is missing")
    try:
        number = EnterpriseNumber.parse(organisation)
    except InvalidValue as error:
        raise TokenRefused(f"claim {ORGANISATION_CLAIM} is no enterprise number") from error
    try:
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    except (KeyError, TypeError, OverflowError, OSError, ValueError) as error:
        raise TokenRefused("claim exp is no moment") from error
    return VerifiedToken(
        subject=subject,
        name=_name(claims, is_program=subject == client_id) or subject,
        organisation_number=number,
        expires_at=expires_at,
        role_values=_texts(claims.get(role_claim)),
        certificate=_certificate(claims),
    )


def _name(claims: Mapping[str, Any], *, is_program: bool) -> str:
    if is_program:
        return " ".join(_texts(claims.get(APPLICATION_NAME_CLAIM)))
    parts = _texts(claims.get("given_name")) + _texts(claims.get("family_name"))
    return " ".join(_texts(claims.get("name"))) or " ".join(parts)


def _texts(value: object) -> tuple[str, ...]:
    """A claim that is one text or several, as a tuple; what is no text is left out."""
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(one for one in listed if isinstance(one, str) and one)


def _certificate(claims: Mapping[str, Any]) -> str | None:
    """The certificate that the token is bound to; raises `TokenRefused` for a binding that we cannot check."""
    confirmation = claims.get("cnf")
    if confirmation is None:
        return None
    thumbprint = cast("dict[str, object]", confirmation).get("x5t#S256") if isinstance(confirmation, dict) else None
    if not isinstance(thumbprint, str) or not thumbprint:
        raise TokenRefused("claim cnf binds the token to something other than a certificate")
    return thumbprint
