"""The signed receipt (ontvangstbewijs) of a collective file: what was taken in, from whom and when.

Its content is canonical JSON (RFC 8785, as far as texts, whole numbers and truth values go) and its signature an
Ed25519 JWS with detached payload (RFC 7515, appendix F). Who has both and the published keys can prove that the
department took exactly these bytes in, without asking it.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, Self, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.errors import InvalidValue
from domain.vocabulary import Mode
from filing.office import Signer

_ALGORITHM = "Ed25519"


class SigningKey(Protocol):
    """An Ed25519 private key, however it is kept."""

    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """What a receipt says; *rule_set* is the version of the rules that will be applied."""

    id: str
    mode: Mode
    checks_only: bool
    reference: str
    sha256: str
    size_bytes: int
    received_at: datetime
    sender: str
    schema_version: str
    rule_set: str

    def canonical(self) -> str:
        """The text that is signed; the same values always give the same text."""
        return canonical(
            {
                "id": self.id,
                "mode": self.mode.value,
                "checksOnly": self.checks_only,
                "reference": self.reference,
                "sha256": self.sha256,
                "bytes": self.size_bytes,
                "receivedAt": self.received_at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "sender": self.sender,
                "schemaVersion": self.schema_version,
                "ruleSet": self.rule_set,
            }
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it is handed out and stored: the signed text and its signature."""

    content: str
    signature: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the stored form; raises `InvalidValue` when it is not one."""
        try:
            table = json.loads(text)
            content, signature = table["content"], table["signature"]
            if not isinstance(content, str) or not isinstance(signature, str):
                raise TypeError("content and signature are texts")  # noqa: TRY301 - one answer for every other form
            return cls(content=content, signature=signature)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidValue("receipt", found=text[:40], expected="content and signature, in JSON") from error

    def __str__(self) -> str:
        return canonical({"content": self.content, "signature": self.signature})

    @property
    def values(self) -> Mapping[str, Any]:
        """What the content says, by name."""
        return cast("Mapping[str, Any]", json.loads(self.content))


def sign_receipt(content: ReceiptContent, sign: Signer) -> Receipt:
    text = content.canonical()
    return Receipt(text, sign(text.encode()))


def receipt_signer(key: SigningKey, key_id: str) -> Signer:
    """The signer of an office from its private key; *key_id* is how the published keys name the public half."""
    header = _base64url(canonical({"alg": _ALGORITHM, "kid": key_id}).encode())

    def sign(payload: bytes) -> str:
        return f"{header}..{_base64url(key.sign(_signed(header, payload)))}"

    return sign


def verify_receipt(receipt: Receipt, jwks: Mapping[str, Sequence[Mapping[str, str]]]) -> bool:
    """Whether one of the published keys made the signature over exactly this content."""
    header, _, rest = receipt.signature.partition("..")
    try:
        named = json.loads(_from_base64url(header))
        key = next(key for key in jwks["keys"] if key.get("kid") == named["kid"])
        if named["alg"] != _ALGORITHM or (key["kty"], key["crv"]) != ("OKP", "Ed25519"):
            return False
        public = Ed25519PublicKey.from_public_bytes(_from_base64url(key["x"]))
        public.verify(_from_base64url(rest), _signed(header, receipt.content.encode()))
    except (InvalidSignature, StopIteration, ValueError, KeyError, TypeError, binascii.Error):
        return False
    return True


def keys_in(text: str) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Published keys (a JSON Web Key Set); raises `InvalidValue` when *text* holds none."""
    try:
        found: Any = json.loads(text)
        if not found["keys"] or not all(isinstance(key, dict) for key in found["keys"]):
            raise ValueError("no keys")  # noqa: TRY301 - one answer for every other form
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValue("keys", found=text[:40], expected="a JSON Web Key Set with a key") from error
    return found


def _signed(header: str, payload: bytes) -> bytes:
    return f"{header}.{_base64url(payload)}".encode()


def canonical(values: Mapping[str, object]) -> str:
    """JSON in one spelling: sorted names, no spaces, nothing escaped that need not be."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _from_base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
