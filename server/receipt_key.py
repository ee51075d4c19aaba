"""The key that signs receipts, and the page where anyone finds its public half to check one."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import OKPKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.key_files import KeyFileRefused, load, load_or_create
from server.settings import Environment, Settings

RECEIPT_KEYS_PATH = "/.well-known/mandaat-receipt-keys.json"


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """*private* signs; *key_id* is the thumbprint (RFC 7638) that a receipt names; *public* is its JWK."""

    private: Ed25519PrivateKey
    key_id: str
    public: dict[str, str]


def load_receipt_key(settings: Settings) -> ReceiptKey:
    """The key of the settings; made on first use outside production.

    In production a new key must be a decision: receipts that were given out name the old one. Raises `KeyFileRefused`.
    """
    path = settings.receipt_key_path
    is_made = settings.environment is not Environment.PRODUCTION
    pem = load_or_create(path, _new_key) if is_made else load(path)
    return _read(pem, path)


def receipt_keys_route(key: ReceiptKey) -> Route:
    """`GET /.well-known/mandaat-receipt-keys.json`: the public keys as a JSON Web Key Set, for anyone."""
    document = {"keys": [key.public]}

    async def receipt_keys(_request: Request) -> Response:
        return JSONResponse(
            document, media_type="application/jwk-set+json", headers={"Cache-Control": "public, max-age=3600"}
        )

    return Route(RECEIPT_KEYS_PATH, receipt_keys, methods=["GET"])


def _new_key() -> bytes:
    return OKPKey.generate_key("Ed25519").as_pem(private=True)


def _read(pem: bytes, path: Path) -> ReceiptKey:
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileRefused(f"{path} holds no readable private key; expected Ed25519 in PEM, no password") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileRefused(f"{path} holds a key of another kind; expected Ed25519")
    jwk = OKPKey.import_key(pem)
    key_id = jwk.thumbprint()
    described = {name: str(value) for name, value in jwk.as_dict(private=False).items()}
    return ReceiptKey(private, key_id, described | {"kid": key_id, "use": "sig", "alg": "Ed25519"})
