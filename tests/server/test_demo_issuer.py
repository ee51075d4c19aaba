"""The demo issuer: tokens for personas without any network, and never in production."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.demo_world import PERSONAS, Persona
from server.demo_issuer import DemoIssuer
from server.key_files import KeyFileRefused
from server.settings import DEMO_ISSUER, Environment, Settings, SettingsRefused
from server.signing_in.identity import TokenRefused, TokenVerifier

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(demo_issuer_key_path=tmp_path / "keys" / "demo.pem")


def verifier(issuer: DemoIssuer, *, at: datetime = NOW) -> TokenVerifier:
    return TokenVerifier(issuer, issuer=DEMO_ISSUER, audience="mandaat", algorithms=("ES256",), clock=lambda: at)


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_each_persona_gets_a_token_that_names_him_and_his_organisation(
    settings: Settings, persona: Persona
) -> None:
    issuer = DemoIssuer.open(settings, clock=lambda: NOW)

    verified = await verifier(issuer).verify(issuer.token_for(persona))

    assert (verified.subject, verified.name) == (persona.subject, persona.display_name)
    assert verified.organisation_number == persona.organisation


async def test_a_token_lasts_twelve_hours(settings: Settings) -> None:
    issuer = DemoIssuer.open(settings, clock=lambda: NOW)
    token = issuer.token_for(PERSONAS[0])

    verified = await verifier(issuer, at=NOW + timedelta(hours=11, minutes=59)).verify(token)
    assert verified.expires_at == NOW + timedelta(hours=12)
    with pytest.raises(TokenRefused):
        await verifier(issuer, at=NOW + timedelta(hours=12, seconds=30)).verify(token)


async def test_a_token_printed_by_one_process_is_good_in_another(settings: Settings) -> None:
    token = DemoIssuer.open(settings, clock=lambda: NOW).token_for(PERSONAS[0])
    another = DemoIssuer.open(settings, clock=lambda: NOW)

    assert (await verifier(another).verify(token)).subject == PERSONAS[0].subject


async def test_a_token_of_another_machine_is_refused(settings: Settings, tmp_path: Path) -> None:
    there = settings.model_copy(update={"demo_issuer_key_path": tmp_path / "elsewhere.pem"})
    token = DemoIssuer.open(there, clock=lambda: NOW).token_for(PERSONAS[0])

    with pytest.raises(TokenRefused):
        await verifier(DemoIssuer.open(settings, clock=lambda: NOW)).verify(token)


def test_its_key_is_readable_by_its_owner_only(settings: Settings) -> None:
    DemoIssuer.open(settings, clock=lambda: NOW)

    assert stat.S_IMODE(settings.demo_issuer_key_path.stat().st_mode) == 0o600


def test_it_does_not_run_in_production_and_makes_no_key_there(settings: Settings) -> None:
    production = settings.model_copy(update={"environment": Environment.PRODUCTION})

    with pytest.raises(SettingsRefused):
        DemoIssuer.open(production, clock=lambda: NOW)

    assert not settings.demo_issuer_key_path.exists()


def test_it_does_not_run_beside_another_issuer(settings: Settings) -> None:
    with pytest.raises(SettingsRefused):
        DemoIssuer.open(settings.model_copy(update={"oidc_issuer": "https://issuer.example"}), clock=lambda: NOW)

    assert not settings.demo_issuer_key_path.exists()


def test_a_key_file_that_cannot_be_read_says_what_to_do_and_stays(settings: Settings) -> None:
    settings.demo_issuer_key_path.parent.mkdir()
    settings.demo_issuer_key_path.write_text("no key")
    settings.demo_issuer_key_path.chmod(0o600)

    with pytest.raises(KeyFileRefused, match="remove it and a new one is made"):
        DemoIssuer.open(settings, clock=lambda: NOW)

    assert settings.demo_issuer_key_path.read_text() == "no key"
