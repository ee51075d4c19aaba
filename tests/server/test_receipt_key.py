"""The key that signs receipts: made once, kept secret, its public half for anyone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, OKPKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.key_files import KeyFileRefused, load_or_create
from server.receipt_key import RECEIPT_KEYS_PATH, load_receipt_key, receipt_keys_route
from server.settings import Environment, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(receipt_key_path=tmp_path / "keys" / "receipt.pem")


def in_production(settings: Settings) -> Settings:
    return settings.model_copy(update={"environment": Environment.PRODUCTION})


def test_the_key_is_made_once_and_readable_by_its_owner_only(settings: Settings) -> None:
    first = load_receipt_key(settings)
    again = load_receipt_key(settings)

    assert first.key_id == again.key_id
    assert stat.S_IMODE(settings.receipt_key_path.stat().st_mode) == 0o600
    assert [each.name for each in settings.receipt_key_path.parent.iterdir()] == ["receipt.pem"]


def test_production_asks_for_a_key_and_makes_none(settings: Settings) -> None:
    with pytest.raises(KeyFileRefused, match=r"receipt\.pem cannot be read: No such file"):
        load_receipt_key(in_production(settings))

    assert not settings.receipt_key_path.exists()


def test_production_uses_the_key_that_it_is_given(settings: Settings) -> None:
    key_id = load_receipt_key(settings).key_id

    assert load_receipt_key(in_production(settings)).key_id == key_id


def test_a_key_that_others_can_read_is_refused(settings: Settings) -> None:
    load_receipt_key(settings)
    settings.receipt_key_path.chmod(0o644)

    with pytest.raises(KeyFileRefused, match="expected mode 0600"):
        load_receipt_key(settings)


@pytest.mark.parametrize("content", [b"", b"no key", ECKey.generate_key("P-256").as_pem(private=True)])
def test_a_file_that_holds_no_ed25519_key_is_refused_and_stays(settings: Settings, content: bytes) -> None:
    settings.receipt_key_path.parent.mkdir()
    settings.receipt_key_path.write_bytes(content)
    settings.receipt_key_path.chmod(0o600)

    with pytest.raises(KeyFileRefused, match="Ed25519"):
        load_receipt_key(settings)

    assert settings.receipt_key_path.read_bytes() == content


def test_anyone_can_fetch_the_public_key_and_check_a_signature_with_it(settings: Settings) -> None:
    key = load_receipt_key(settings)
    client = TestClient(Starlette(routes=[receipt_keys_route(key)]))

    answer = client.get(RECEIPT_KEYS_PATH)

    assert answer.headers["content-type"] == "application/jwk-set+json"
    shown = answer.json()["keys"]
    assert [each["kid"] for each in shown] == [key.key_id]
    public = cast("Ed25519PublicKey", OKPKey.import_key(shown[0]).public_key)
    public.verify(key.private.sign(b"receipt"), b"receipt")


def test_the_private_half_is_not_shown(settings: Settings) -> None:
    key = load_receipt_key(settings)
    client = TestClient(Starlette(routes=[receipt_keys_route(key)]))
    secret = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    answer = client.get(RECEIPT_KEYS_PATH)

    assert "d" not in answer.json()["keys"][0]
    assert secret not in answer.content


def test_processes_that_start_together_end_up_with_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "key"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: load_or_create(path, lambda: str(number).encode()), range(8)))

    assert len(set(found)) == 1
    assert found[0] == path.read_bytes()
