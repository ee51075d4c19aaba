"""Signing in with opaque tokens, over the whole application: writes ask afresh, silence is never a yes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from api import Answer, Client, opened
from openid_provider import CERTIFICATE, ISSUER, SCOPE, SERVER, OpenIdProvider
from policies import SHIPPED
from structlog.testing import capture_logs

from domain.demo_world import persona_named
from domain.months import Clock
from filing.demo import load_demo_world
from graph.nodes import opaque_id
from persistence.database import rows
from server.app import create_app
from server.settings import Settings

VIEWER = "{ viewer { user { name } organisation { name } roles } }"
GRANT = "mutation ($input: MandateGrantInput!) { mandateGrant(input: $input) { __typename } }"
ROLE_GRANT = """mutation ($input: RoleGrantInput!) { roleGrant(input: $input) {
  __typename ... on Problem { code } } }"""
ROLE_REVOKE = """mutation ($input: RoleRevokeInput!) { roleRevoke(input: $input) {
  __typename ... on Problem { code } } }"""
INPUT = {"conventionNumber": "104234", "secretariat": "0999000327", "level": "UPLOAD", "firstMonth": "2026-11"}


class SigningIn:
    """The application beside its identity provider."""

    def __init__(self, http: Any, provider: OpenIdProvider) -> None:
        self.http = http
        self.provider = provider

    def with_(self, token: str, **headers: str) -> Client:
        return Client(self.http, {"Authorization": f"Bearer {token}", **headers})

    async def grant(self, token: str) -> Answer:
        return await self.with_(token).execute(GRANT, {"input": INPUT})


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, Any]:
    policy = tmp_path / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    return {
        "database_url": database_url,
        "policy_path": policy,
        "file_store_url": f"file://{tmp_path / 'files'}",
        "receipt_key_path": tmp_path / "receipt.pem",
        "oidc_issuer": ISSUER,
        "oidc_access_tokens": "introspection",
        "oidc_client_id": SERVER[0],
        "oidc_client_secret": SERVER[1],
        "oidc_scope": SCOPE,
        "trusted_proxies": "127.0.0.1",
    }


@asynccontextmanager
async def started(settings: dict[str, Any], clock: Clock, **changes: Any) -> AsyncGenerator[SigningIn]:
    provider = OpenIdProvider()
    app = create_app(Settings(**(settings | changes)), clock=clock, outgoing=provider.transport)
    async with opened(app) as http:
        await load_demo_world(clock)
        yield SigningIn(http, provider)


@pytest.fixture
async def signing(settings: dict[str, Any], clock: Clock) -> AsyncGenerator[SigningIn]:
    async with started(settings, clock) as one:
        yield one


async def mandates() -> int:
    return (await rows("SELECT COUNT(*) AS total FROM mandate"))[0]["total"]


async def test_an_opaque_token_is_its_person_with_the_roles_of_the_database(signing: SigningIn) -> None:
    answer = await signing.with_(signing.provider.issue()).execute(VIEWER)

    assert answer.data["viewer"] == {
        "user": {"name": "Pieter Maes"},
        "organisation": {"name": "De Brug vzw"},
        "roles": ["PROMOTOR"],
    }


async def test_a_09_a_write_with_a_revoked_token_is_refused_although_reads_remember_it(signing: SigningIn) -> None:
    token, before = signing.provider.issue(), await mandates()
    await signing.with_(token).execute(VIEWER)
    signing.provider.revoke(token)

    read = await signing.with_(token).execute(VIEWER)
    write = await signing.grant(token)

    assert read.status == 200
    assert (write.status, write.error_codes) == (401, ["UNAUTHENTICATED"])
    assert await mandates() == before
    assert await rows("SELECT * FROM audit_entry") == []


async def test_a_write_with_a_good_token_is_done_and_asked_for_once_more(signing: SigningIn) -> None:
    token = signing.provider.issue()
    await signing.with_(token).execute(VIEWER)

    answer = await signing.grant(token)

    assert answer.data["mandateGrant"] == {"__typename": "MandateGranted"}
    assert signing.provider.questions == 2


async def test_f_09_while_the_issuer_is_silent_nobody_signs_in_and_nothing_is_written(signing: SigningIn) -> None:
    token, before = signing.provider.issue(), await mandates()
    await signing.with_(token).execute(VIEWER)
    signing.provider.is_silent = True

    with capture_logs():
        new = await signing.with_("another").execute(VIEWER)
        write = await signing.grant(token)

    assert (new.status, new.error_codes) == (503, ["SIGN_IN_UNAVAILABLE"])
    assert (write.status, write.error_codes) == (503, ["SIGN_IN_UNAVAILABLE"])
    assert await mandates() == before


async def test_a_program_without_a_person_has_the_roles_that_its_client_id_was_given(signing: SigningIn) -> None:
    token = signing.provider.issue(
        client_id="payroll-7", sub=None, vo_applicatienaam="Loonmotor", vo_orgcode="0999000327"
    )
    first = await signing.with_(token).execute(VIEWER)
    await rows(
        "INSERT INTO role_grant (id, user_id, organisation_id, role, valid_from, granted_by, granted_at)"
        " SELECT 'g', u.id, o.id, 'uploader', '2026-01-01', u.id, g.granted_at FROM app_user u, organisation o,"
        " (SELECT MAX(granted_at) AS granted_at FROM role_grant) g"
        " WHERE u.subject = 'payroll-7' AND o.enterprise_number = '0999000327'"
    )

    second = await signing.with_(token).execute(VIEWER)

    assert first.data["viewer"]["user"] == {"name": "Loonmotor"}
    assert (first.data["viewer"]["roles"], second.data["viewer"]["roles"]) == ([], ["UPLOADER"])


async def test_a_31_a_bound_token_needs_the_certificate_that_the_proxy_saw(signing: SigningIn) -> None:
    token = signing.provider.issue(cnf={"x5t#S256": CERTIFICATE})
    header = "X-Client-Certificate-SHA256"

    right = await signing.with_(token, **{header: CERTIFICATE}).execute(VIEWER)
    wrong = await signing.with_(token, **{header: CERTIFICATE[::-1]}).execute(VIEWER)
    without = await signing.with_(token).execute(VIEWER)

    assert [one.status for one in (right, wrong, without)] == [200, 401, 401]


async def test_a_31_outside_the_proxies_of_the_settings_nobody_passes_a_certificate(
    settings: dict[str, Any], clock: Clock
) -> None:
    async with started(settings, clock, trusted_proxies="10.0.0.7") as signing:
        token = signing.provider.issue(cnf={"x5t#S256": CERTIFICATE})
        answer = await signing.with_(token, **{"X-Client-Certificate-SHA256": CERTIFICATE}).execute(VIEWER)

    assert answer.status == 401


async def test_roles_by_claims_count_for_the_acting_organisation_and_in_its_kind_only(
    settings: dict[str, Any], clock: Clock
) -> None:
    wide = ["TwpPromotor:0999000129", "TwpHelpdesk:0999000129", "TwpSSOplader:0999000327", "TwpPromotor:0999000228"]

    async with started(settings, clock, oidc_roles="claims") as signing:
        claimed = signing.provider.issue(sub="new-here", wsetwp_rol_3d=wide)
        bare = signing.provider.issue()
        found = [(await signing.with_(token).execute(VIEWER)).data["viewer"]["roles"] for token in (claimed, bare)]
        granted = await signing.grant(claimed)
        refused = await signing.grant(bare)

    # The promotor of the demo has his role in the database, which says nothing here.
    assert found == [["PROMOTOR"], []]
    assert granted.data["mandateGrant"] == {"__typename": "MandateGranted"}
    assert refused.data["mandateGrant"] == {"__typename": "NotFound"}


async def test_where_roles_come_from_claims_no_role_is_given_or_taken_away_without_effect(
    settings: dict[str, Any], clock: Clock
) -> None:
    async with started(settings, clock, oidc_roles="claims") as signing:
        token = signing.provider.issue(sub="a-helper", vo_orgcode="0999000525", wsetwp_rol_3d="TwpHelpdesk:0999000525")
        client = signing.with_(token)
        user = (await client.execute("{ viewer { user { id } roles } }")).data["viewer"]
        held = await rows("SELECT id, revoked_at FROM role_grant ORDER BY id")
        wanted = {"userId": user["user"]["id"], "organisation": "0999000327", "role": "UPLOADER"}
        given = await client.execute(ROLE_GRANT, {"input": wanted})
        taken = await client.execute(ROLE_REVOKE, {"input": {"roleGrantId": opaque_id("RoleGrant", held[0]["id"])}})
        kept = await rows("SELECT id, revoked_at FROM role_grant ORDER BY id")

    problem = {"__typename": "RolesComeFromClaims", "code": "ROLES_COME_FROM_CLAIMS"}
    assert user["roles"] == ["HELPDESK"]
    assert given.data["roleGrant"] == problem
    assert taken.data["roleRevoke"] == problem
    assert kept == held


async def test_claims_do_not_count_where_roles_come_from_the_database(signing: SigningIn) -> None:
    person = persona_named("nobody")
    assert person is not None
    token = signing.provider.issue(sub=person.subject, wsetwp_rol_3d="TwpPromotor:0999000129")

    answer = await signing.with_(token).execute(VIEWER)

    assert answer.data["viewer"]["roles"] == []
