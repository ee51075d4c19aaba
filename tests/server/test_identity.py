"""Bearer tokens: what is believed, and every forgery that is not (abuse case A-08)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from domain.identifiers import EnterpriseNumber
from server.signing_in.identity import TokenRefused, TokenVerifier, VerifiedToken, bearer_token

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
ISSUER = "https://issuer.example"
KEYS: dict[str, Key] = {
    "rsa": RSAKey.generate_key(2048),
    "ec": ECKey.generate_key("P-256"),
    "ed": OKPKey.generate_key("Ed25519"),
}
OTHER_RSA = RSAKey.generate_key(2048)


class ShownKeys:
    """What the issuer shows; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked_for: list[str] = []

    async def find(self, key_id: str) -> Key | None:
        self.asked_for.append(key_id)
        return KEYS.get(key_id)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    good = {
        "iss": ISSUER,
        "aud": "mandaat",
        "sub": "a-subject",
        "name": "Pieter Maes",
        "vo_orgcode": "0999000129",
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + 600,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def sign(payload: dict[str, Any], *, alg: str = "RS256", kid: str | None = "rsa", key: Key | None = None) -> str:
    header = {"alg": alg} | ({} if kid is None else {"kid": kid})
    return jwt.encode(header, payload, key or KEYS["rsa"], algorithms=[alg])


def raw(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def verifier(
    keys: ShownKeys | None = None,
    *,
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA"),
    clock: Callable[[], datetime] = lambda: NOW,
) -> TokenVerifier:
    return TokenVerifier(keys or ShownKeys(), issuer=ISSUER, audience="mandaat", algorithms=algorithms, clock=clock)


async def reason_of(token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        await verifier().verify(token)
    return refused.value.reason


async def test_a_good_token_says_who_and_for_which_organisation_and_until_when() -> None:
    assert await verifier().verify(sign(claims())) == VerifiedToken(
        subject="a-subject",
        name="Pieter Maes",
        organisation_number=EnterpriseNumber("0999000129"),
        expires_at=NOW + timedelta(seconds=600),
    )


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the library's own remark while the test signs
@pytest.mark.parametrize(("alg", "kid"), [("RS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")])
async def test_each_algorithm_of_the_settings_is_accepted(alg: str, kid: str) -> None:
    verified = await verifier().verify(sign(claims(), alg=alg, kid=kid, key=KEYS[kid]))

    assert verified.subject == "a-subject"


async def test_a_08_an_algorithm_outside_the_settings_is_refused_although_the_key_is_right() -> None:
    token = sign(claims(), alg="ES256", kid="ec", key=KEYS["ec"])

    with pytest.raises(TokenRefused):
        await verifier(algorithms=("RS256",)).verify(token)


async def test_without_a_name_the_subject_is_shown() -> None:
    assert (await verifier().verify(sign(claims(name=None)))).name == "a-subject"


async def test_one_audience_among_several_is_enough() -> None:
    assert (await verifier().verify(sign(claims(aud=["other", "mandaat"])))).subject == "a-subject"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
async def test_a_08_a_token_without_signature_is_refused(alg: str) -> None:
    assert await reason_of(raw({"alg": alg, "kid": "rsa"}, claims())) == "algorithm is not allowed"


async def test_a_08_a_shared_secret_made_of_the_public_key_is_refused() -> None:
    public_key = cast("RSAKey", KEYS["rsa"]).as_pem(private=False)
    unsigned = raw({"alg": "HS256", "kid": "rsa"}, claims()).rstrip(".")
    signature = hmac.new(public_key, unsigned.encode(), hashlib.sha256).digest()

    token = f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert await reason_of(token) == "algorithm is not allowed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jku", "https://evil.example/keys.json"),
        ("x5u", "https://evil.example/chain.pem"),
        ("jwk", OTHER_RSA.as_dict(private=False)),
        ("x5c", ["MIIB"]),
    ],
)
async def test_a_08_a_key_that_the_token_brings_along_is_refused_before_anything_is_looked_up(
    name: str, value: Any
) -> None:
    keys = ShownKeys()

    with pytest.raises(TokenRefused) as refused:
        await verifier(keys).verify(raw({"alg": "RS256", "kid": "rsa", name: value}, claims(), b"x" * 256))

    # A key as a whole makes the header longer than the library takes; either way it is refused unread.
    assert refused.value.reason in (f"header brings its own key: {name}", "not a signed token: ExceededSizeError")
    assert keys.asked_for == []


async def test_a_08_a_signature_by_another_key_under_a_known_key_id_is_refused() -> None:
    assert await reason_of(sign(claims(), key=OTHER_RSA)) == "BadSignatureError: bad_signature"


async def test_a_08_a_changed_payload_is_refused() -> None:
    header, _, signature = sign(claims()).split(".")
    forged = raw({}, claims(vo_orgcode="0999000525")).split(".")[1]

    assert await reason_of(f"{header}.{forged}.{signature}") == "BadSignatureError: bad_signature"


async def test_a_08_an_unknown_key_id_is_refused() -> None:
    assert await reason_of(sign(claims(), kid="another")) == "key id is unknown to the issuer"


async def test_a_08_a_token_without_key_id_is_refused() -> None:
    assert await reason_of(sign(claims(), kid=None)) == "key id is missing"


async def test_a_08_a_key_of_another_kind_than_the_algorithm_is_refused() -> None:
    assert await reason_of(sign(claims(), alg="RS256", kid="ec")) == "key is not for this algorithm"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://evil.example"}, "InvalidClaimError"),
        ({"iss": ISSUER + "/"}, "InvalidClaimError"),
        ({"iss": None}, "MissingClaimError"),
        ({"aud": "another"}, "InvalidClaimError"),
        ({"aud": ["another"]}, "InvalidClaimError"),
        ({"aud": None}, "MissingClaimError"),
        ({"exp": None}, "MissingClaimError"),
        ({"exp": "tomorrow"}, "InvalidClaimError"),
        ({"exp": 10**30}, "claim exp is no moment"),
        ({"iat": None}, "MissingClaimError"),
        ({"iat": "yesterday"}, "InvalidClaimError"),
        ({"nbf": "yesterday"}, "InvalidClaimError"),
        ({"sub": None}, "MissingClaimError"),
        ({"sub": 7}, "InvalidClaimError"),
        ({"sub": ""}, "InvalidClaimError"),
        ({"vo_orgcode": None}, "claim vo_orgcode is missing"),
        ({"vo_orgcode": 999000129}, "claim vo_orgcode is missing"),
        ({"vo_orgcode": "0999000128"}, "claim vo_orgcode is no enterprise number"),
    ],
)
async def test_a_08_a_claim_that_is_wrong_or_missing_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert (await reason_of(sign(claims(**changes)))).startswith(reason)


@pytest.mark.parametrize(
    ("claim", "offset_seconds", "is_good"),
    [
        ("exp", -29, True),
        ("exp", -30, False),
        ("nbf", 30, True),
        ("nbf", 31, False),
        ("iat", 30, True),
        ("iat", 31, False),
    ],
)
async def test_f_09_clocks_may_differ_by_thirty_seconds_and_no_more(
    claim: str, offset_seconds: int, is_good: bool
) -> None:
    token = sign(claims(**{claim: int(NOW.timestamp()) + offset_seconds}))

    if is_good:
        assert (await verifier().verify(token)).subject == "a-subject"
    else:
        with pytest.raises(TokenRefused):
            await verifier().verify(token)


async def test_a_08_a_token_that_was_good_expires_while_the_server_runs() -> None:
    moment = [NOW]
    running = verifier(clock=lambda: moment[0])
    token = sign(claims())
    await running.verify(token)

    moment[0] += timedelta(seconds=631)

    with pytest.raises(TokenRefused):
        await running.verify(token)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", "null.null.null", "." * 3000],
)
async def test_a_08_what_is_no_token_is_refused(token: str) -> None:
    assert (await reason_of(token)).startswith("not a signed token")


@pytest.mark.parametrize("header", [[], "text", {"alg": ["RS256"], "kid": "rsa"}, {"alg": "RS256", "kid": {}}])
async def test_a_08_a_header_of_another_shape_is_refused(header: Any) -> None:
    with pytest.raises(TokenRefused):
        await verifier().verify(raw(header, claims(), b"x"))


@pytest.mark.parametrize("payload", ['["not", "claims"]', "7", "null", "{", ""])
async def test_a_08_a_signed_payload_that_is_no_object_is_refused(payload: str) -> None:
    token = jws.serialize_compact({"alg": "ES256", "kid": "ec"}, payload, KEYS["ec"])

    with pytest.raises(TokenRefused):
        await verifier().verify(token)


async def test_a_08_a_very_long_token_is_refused_unread() -> None:
    keys = ShownKeys()

    with pytest.raises(TokenRefused):
        await verifier(keys).verify(sign(claims(filler="x" * 9000)))

    assert keys.asked_for == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpw", "token"])
def test_a_08_a_header_without_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(TokenRefused):
        bearer_token(header)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_the_scheme_is_read_in_any_case(header: str) -> None:
    assert bearer_token(header) == "abc"


async def test_a_08_clients_get_one_sentence_whatever_was_wrong() -> None:
    texts: set[str] = set()
    for token in ("x", sign(claims(aud="another")), sign(claims(), kid="another")):
        with pytest.raises(TokenRefused) as refused:
            await verifier().verify(token)
        texts.add(refused.value.CLIENT_TEXT)

    assert texts == {"A valid bearer token is required."}
