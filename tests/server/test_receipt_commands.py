"""`mandaat receipt verify`: right, wrong, or not to be said; without server, database or account."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from receipts import CONTENT

from filing.receipts import receipt_signer, sign_receipt
from server.commands.main import run
from server.receipt_key import load_receipt_key
from server.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`receipt.json` and the `keys.json` of its server."""
    monkeypatch.chdir(tmp_path)
    key = load_receipt_key(Settings(receipt_key_path=tmp_path / "receipt.pem"))
    receipt = sign_receipt(CONTENT, receipt_signer(key.private, key.key_id))
    Path("receipt.json").write_text(json.dumps({"content": receipt.content, "signature": receipt.signature}))
    Path("keys.json").write_text(json.dumps({"keys": [key.public]}))


def verify(receipt: str = "receipt.json", keys: str = "keys.json") -> int:
    return run(["receipt", "verify", receipt, "--keys", keys])


def test_a_right_receipt_ends_with_0_and_says_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 0
    assert capsys.readouterr().out == f"right: 0999000327 sent ALFA-1, SHA-256 {'0' * 64}\n"


@pytest.mark.parametrize(
    ("old", "new"), [("ALFA-1", "ALFA-2"), ("PRODUCTION", "TEST"), ("..", "..A"), ('\\"bytes\\":12', '\\"bytes\\":13')]
)
def test_a_30_a_changed_receipt_ends_with_1(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("receipt.json").read_text()
    assert old in text
    Path("changed.json").write_text(text.replace(old, new))

    assert verify("changed.json") == 1
    assert capsys.readouterr().out.startswith("wrong: changed.json ")


def test_keys_of_another_server_end_with_1() -> None:
    other = load_receipt_key(Settings(receipt_key_path=Path("other.pem")))
    Path("keys.json").write_text(json.dumps({"keys": [other.public]}))

    assert verify() == 1


def test_another_key_under_the_same_name_ends_with_1() -> None:
    signed = sign_receipt(CONTENT, receipt_signer(Ed25519PrivateKey.generate(), "one"))
    Path("receipt.json").write_text(str(signed))

    assert verify() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("receipt.json", "no json"),
        ("receipt.json", "[]"),
        ("receipt.json", '{"content": "x"}'),
        ("receipt.json", '{"content": "x", "signature": 1}'),
        ("keys.json", "{}"),
        ("keys.json", '{"keys": []}'),
        ("keys.json", '{"keys": ["x"]}'),
    ],
)
def test_what_is_no_receipt_or_no_keys_ends_with_2(name: str, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(name).write_text(content)

    assert verify() == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.startswith("mandaat: ")) == ("", True)


def test_files_that_are_not_there_end_with_2() -> None:
    assert verify("missing.json") == 2
    assert verify(keys="missing.json") == 2
    Path("receipt.json").write_bytes(b"\xff\xfe")
    assert verify() == 2
