"""What production never runs with (abuse case A-34), and what the demo may."""

import os
from pathlib import Path
from typing import Any

import pytest
from api import opened
from policies import SHIPPED

from server.app import create_app
from server.network_drives import network_drive_of
from server.receipt_key import load_receipt_key
from server.settings import Environment, Settings, SettingsRefused
from server.settings_at_start import load_settings
from server.unsafe_in_production import refuse_unsafe

SAFE = {"MANDAAT_ENVIRONMENT": "production", "MANDAAT_OIDC_ISSUER": "https://issuer.example"}
OPAQUE = {"MANDAAT_OIDC_ACCESS_TOKENS": "introspection", "MANDAAT_OIDC_CLIENT_ID": "mandaat-server"}
MOUNTS = """\
22 28 0:20 / /proc rw,nosuid shared:12 - proc proc rw
28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
60 28 0:52 / /mnt/share rw,relatime shared:9 - nfs4 nas:/mandaat rw,vers=4.2
61 60 254:3 / /mnt/share/local rw,relatime - ext4 /dev/vdb1 rw
62 28 0:53 / /mnt/a\\040b rw - cifs //nas/b rw
63 28 254:4 / /mnt/hidden rw - ext4 /dev/vdc1 rw
64 28 0:54 / /mnt/hidden rw - fuse.sshfs nas:/ rw
an odd line
"""


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [name for name in os.environ if name.startswith("MANDAAT_") and not name.startswith("MANDAAT_TEST_")]
    for name in ours:
        monkeypatch.delenv(name)


def reasons_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    return refused.value.reasons


def test_production_runs_with_an_issuer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)

    assert load_settings().environment is Environment.PRODUCTION


def test_a_34_production_without_an_issuer_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = reasons_with(monkeypatch, MANDAAT_ENVIRONMENT="production")

    assert len(reasons) == 1
    assert reasons[0] == (
        "MANDAAT_OIDC_ISSUER is absent or the demo issuer; expected the address of your identity provider "
        "(MANDAAT_ENVIRONMENT is production)"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MANDAAT_OIDC_ISSUER", "https://demo-issuer.mandaat.invalid"),
        ("MANDAAT_OIDC_ISSUER", "http://issuer.example"),
        ("MANDAAT_DEMO_DATA", "true"),
        ("MANDAAT_ANONYMOUS_INTROSPECTION", "true"),
        ("MANDAAT_GRAPHIQL", "true"),
        ("MANDAAT_LOG_LEVEL", "debug"),
        ("MANDAAT_TRUSTED_PROXIES", "10.0.0.7,0.0.0.0/0"),
        ("MANDAAT_TRUSTED_PROXIES", "::/0"),
        ("MANDAAT_DATABASE_URL", "postgres://mandaat:mandaat@db/filing"),
        ("MANDAAT_DATABASE_URL", "postgres://filing:Secret@db/filing"),
    ],
)
def test_a_34_production_refuses_each_unsafe_choice(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    reasons = reasons_with(monkeypatch, **(SAFE | {name: value}))

    assert len(reasons) == 1
    assert reasons[0].startswith(name)


def test_production_tells_all_unsafe_choices_at_once() -> None:
    settings = Settings(environment=Environment.PRODUCTION, demo_data=True, graphiql=True, anonymous_introspection=True)

    with pytest.raises(SettingsRefused) as refused:
        refuse_unsafe(settings)

    assert len(refused.value.reasons) == 4


def test_what_production_refuses_the_demo_allows() -> None:
    refuse_unsafe(Settings(environment=Environment.DEMO, demo_data=True, graphiql=True, anonymous_introspection=True))


@pytest.mark.parametrize("secret", ["secret", "CHANGEME", "geheim", "mandaat-server"])
def test_a_34_a_secret_that_anybody_would_guess_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    reasons = reasons_with(monkeypatch, **SAFE, **OPAQUE, MANDAAT_OIDC_CLIENT_SECRET=secret)

    assert len(reasons) == 1
    assert reasons[0].startswith("MANDAAT_OIDC_CLIENT_SECRET is one that anybody would guess; expected one made")


def test_a_34_secrets_made_at_random_and_a_proxy_of_our_own_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {
        "MANDAAT_OIDC_CLIENT_SECRET": "Zk3-qf8W_s0lN2",
        "MANDAAT_DATABASE_URL": "postgres://filing:b7Qz0x@db/filing",
        "MANDAAT_TRUSTED_PROXIES": "10.0.0.0/24",
    }
    for name, value in (SAFE | OPAQUE | good).items():
        monkeypatch.setenv(name, value)

    assert load_settings().environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/mandaat.sqlite3", None),
        ("/mnt/share/mandaat.sqlite3", "nfs4"),
        ("/mnt/share/not/yet/there.sqlite3", "nfs4"),
        ("/mnt/shared.sqlite3", None),
        ("/mnt/share/local/mandaat.sqlite3", None),
        ("/mnt/share/local/../mandaat.sqlite3", "nfs4"),
        ("/mnt/a b/mandaat.sqlite3", "cifs"),
        ("/mnt/hidden/mandaat.sqlite3", "fuse.sshfs"),
    ],
)
def test_a_34_a_drive_of_another_machine_is_known_by_the_table_of_mounts(path: str, kind: str | None) -> None:
    assert network_drive_of(Path(path), MOUNTS) == kind


def test_a_system_without_a_table_of_mounts_tells_nothing() -> None:
    assert network_drive_of(Path("/mnt/share/mandaat.sqlite3"), "") is None


def test_a_34_production_refuses_an_embedded_database_on_a_network_drive(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")
    monkeypatch.setattr("server.network_drives.MOUNTS", mounts)

    reasons = reasons_with(monkeypatch, **SAFE, MANDAAT_DATABASE_URL="sqlite:///mnt/share/mandaat.sqlite3")

    assert len(reasons) == 1
    assert "network drive (nfs4)" in reasons[0]


async def test_a_34_production_lets_no_page_of_another_site_read_an_answer(database_url: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    places: dict[str, Any] = {
        "database_url": database_url,
        "policy_path": policy,
        "file_store_url": f"file://{tmp_path / 'files'}",
        "receipt_key_path": tmp_path / "receipt.pem",
    }
    load_receipt_key(Settings(**places))
    app = create_app(Settings(environment=Environment.PRODUCTION, oidc_issuer="https://issuer.example", **places))
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    async with opened(app) as http:
        answers = [await http.options("/graphql", headers=asks), await http.get("/healthz", headers=asks)]

    allowed = [name for answer in answers for name in answer.headers if name.startswith("access-control-")]
    assert allowed == []
    assert not app.debug
    assert not [name for name in Settings.model_fields if "cors" in name or "origin" in name or "debug" in name]
