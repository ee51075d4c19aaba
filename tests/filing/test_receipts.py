"""A receipt proves what was taken in: any change to it, or another key, shows."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry, deserialize_compact
from receipts import CONTENT

from domain.errors import InvalidValue
from filing.receipts import Receipt, receipt_signer, sign_receipt, verify_receipt

KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "one"})
PRIVATE = Ed25519PrivateKey.from_private_bytes(KEY.raw_value.private_bytes_raw())  # pyright: ignore[reportAttributeAccessIssue]
JWKS = {"keys": [{name: str(value) for name, value in KEY.as_dict(private=False).items()}]}


def a_receipt() -> Receipt:
    return sign_receipt(CONTENT, receipt_signer(PRIVATE, "one"))


def test_a_receipt_verifies_with_the_published_key() -> None:
    assert verify_receipt(a_receipt(), JWKS)


def test_a_receipt_survives_being_stored() -> None:
    assert verify_receipt(Receipt.parse(str(a_receipt())), JWKS)


@pytest.mark.parametrize("changed", [{"size_bytes": 13}, {"sha256": "1" * 64}, {"sender": "0999000426"}])
def test_a_changed_receipt_does_not_verify(changed: dict[str, str | int]) -> None:
    forged = replace(CONTENT, **changed).canonical()

    assert not verify_receipt(Receipt(forged, a_receipt().signature), JWKS)


def test_a_receipt_signed_by_another_key_does_not_verify() -> None:
    forged = sign_receipt(CONTENT, receipt_signer(Ed25519PrivateKey.generate(), "one"))

    assert not verify_receipt(forged, JWKS)


@pytest.mark.parametrize("signature", ["", "..", "e30..e30", "!!..!!", "bnVsbA..AA"])
def test_what_is_no_signature_does_not_verify(signature: str) -> None:
    assert not verify_receipt(Receipt(CONTENT.canonical(), signature), JWKS)


def test_the_content_is_canonical_json() -> None:
    text = CONTENT.canonical()

    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert json.loads(text) == {
        "id": CONTENT.id,
        "mode": "PRODUCTION",
        "checksOnly": False,
        "reference": "ALFA-1",
        "sha256": "0" * 64,
        "bytes": 12,
        "receivedAt": "2026-11-05T08:00:00.000+00:00",
        "sender": "0999000327",
        "schemaVersion": "1.0",
        "ruleSet": "2026-11",
    }


def test_another_library_reads_the_signature() -> None:
    """The detached payload goes back between the dots, as RFC 7515 says."""
    receipt = a_receipt()

    payload = receipt.content.encode()
    value = receipt.signature.encode()

    deserialized = deserialize_compact(value, KEY, payload=payload, registry=JWSRegistry(algorithms=["Ed25519"]))
    assert deserialized.payload == payload


def test_what_is_no_receipt_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Receipt.parse("[]")
