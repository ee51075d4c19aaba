"""Settings: what is read, and what stops the start."""

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import Environment, Settings, SettingsRefused, variable_of
from server.settings_at_start import load_settings
from server.settings_page import settings_page


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MANDAAT_")]:
        monkeypatch.delenv(name)


def reasons_with(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    return refused.value.reasons


def test_without_any_variable_the_demo_runs_on_loopback_with_an_embedded_database() -> None:
    settings = load_settings()

    assert settings.environment is Environment.DEMO
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url == "sqlite://var/mandaat.sqlite3"
    assert settings.uses_demo_issuer
    assert settings.demo_data
    assert settings.graphiql
    assert settings.anonymous_introspection


def test_a_relative_file_store_lies_under_the_working_folder() -> None:
    assert load_settings().file_store_url == (Path.cwd() / "var" / "files").as_uri()


def test_an_object_store_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANDAAT_FILE_STORE_URL", "s3://bucket/files")

    assert load_settings().file_store_url == "s3://bucket/files"


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANDAAT_ALLOWED_HOSTS", "mandaat.example, *.mandaat.example")

    assert load_settings().allowed_hosts == ("mandaat.example", "*.mandaat.example")


def test_outside_the_demo_everything_that_is_for_looking_around_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANDAAT_ENVIRONMENT", "test")

    settings = load_settings()

    assert (settings.demo_data, settings.graphiql, settings.anonymous_introspection) == (False, False, False)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 9000  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MANDAAT_PORT", "http", "MANDAAT_PORT is 'http'; expected a valid integer"),
        ("MANDAAT_PORT", "70000", "MANDAAT_PORT is '70000'; expected less than or equal to 65535"),
        ("MANDAAT_ENVIRONMENT", "prod", "MANDAAT_ENVIRONMENT is 'prod'; expected 'demo', 'test' or 'production'"),
        (
            "MANDAAT_OIDC_ISSUER",
            "issuer.example",
            "MANDAAT_OIDC_ISSUER is 'issuer.example'; expected an address that starts with https:// or http://",
        ),
        (
            "MANDAAT_OIDC_ALGORITHMS",
            "HS256",
            "MANDAAT_OIDC_ALGORITHMS is 'HS256'; expected one or more of RS256, ES256, EdDSA, Ed25519",
        ),
        (
            "MANDAAT_OIDC_ALGORITHMS",
            "none",
            "MANDAAT_OIDC_ALGORITHMS is 'none'; expected one or more of RS256, ES256, EdDSA, Ed25519",
        ),
        (
            "MANDAAT_UPLOAD_LIMIT_BYTES",
            "12",
            "MANDAAT_UPLOAD_LIMIT_BYTES is '12'; expected greater than or equal to 1024",
        ),
        (
            "MANDAAT_WORKER_POLL_SECONDS",
            "60",
            "MANDAAT_WORKER_POLL_SECONDS is 60; expected at most a third of MANDAAT_LEASE_SECONDS (60)",
        ),
        ("MANDAAT_OICD_ISSUER", "x", "MANDAAT_OICD_ISSUER is not a setting; did you mean MANDAAT_OIDC_ISSUER?"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    assert reasons_with(monkeypatch, **{name: value}) == [reason]


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = reasons_with(monkeypatch, MANDAAT_ENVIRONMENT="prod", MANDAAT_PORT="x", MANDAAT_HOTS="y")

    assert [reason.split()[0] for reason in reasons] == ["MANDAAT_HOTS", "MANDAAT_ENVIRONMENT", "MANDAAT_PORT"]


def test_a_wrong_database_address_does_not_give_away_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = reasons_with(monkeypatch, MANDAAT_DATABASE_URL="mysql://user:geheim@host/name")

    assert len(reasons) == 1
    assert reasons[0] == (
        "MANDAAT_DATABASE_URL is a value that is not shown here; "
        "expected an address that starts with sqlite:// or postgres:// or postgresql://"
    )


def test_the_password_of_the_database_does_not_show_in_a_printed_settings_object(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MANDAAT_DATABASE_URL", "postgres://user:geheim@host/name")

    assert "geheim" not in repr(load_settings())


def test_variables_of_the_test_suite_are_not_taken_for_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANDAAT_TEST_ENGINE", "sqlite")

    assert load_settings().environment is Environment.DEMO


def test_the_page_of_settings_says_what_the_code_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")

    assert page == settings_page(), "write it again with: mandaat settings > docs/settings.md"


def test_every_variable_that_a_page_names_is_a_setting() -> None:
    pages = (Path(__file__).parents[2] / "docs").rglob("*.md")
    named = {name for page in pages for name in re.findall(r"MANDAAT_\w+", page.read_text(encoding="utf-8"))}
    # A prefix alone stands for all of them.
    named = {name for name in named if name not in ("MANDAAT_", "MANDAAT_TEST_ENGINE")}

    assert named <= {variable_of(name) for name in Settings.model_fields}


def test_every_setting_is_read_by_the_program() -> None:
    root = Path(__file__).parents[2]
    code = "".join(
        file.read_text(encoding="utf-8") for file in (root / "server").glob("*.py") if file.name != "settings.py"
    )

    # These two are read by what settings.py works out from them.
    unread = {name for name in Settings.model_fields if f".{name}" not in code} - {"oidc_issuer", "environment"}
    assert unread == set()


def test_a_worker_tells_its_numbers_on_another_port_than_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = reasons_with(monkeypatch, MANDAAT_PORT="9000", MANDAAT_WORKER_METRICS_PORT="9000")

    assert reasons == ["MANDAAT_WORKER_METRICS_PORT is 9000, as MANDAAT_PORT; expected another port"]
