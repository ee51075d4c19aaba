"""Opaque access tokens: what the issuer says holds for a minute at most, and nothing is believed while it is silent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from openid_provider import CERTIFICATE, ISSUER, SCOPE, SERVER, OpenIdProvider
from structlog.testing import capture_logs

from server.signing_in.identity import IssuerUnavailable, TokenRefused
from server.signing_in.introspection import MOST_REMEMBERED, Registration, TokenIntrospector

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


class Asking:
    """An introspector with its provider and a clock that the test sets."""

    def __init__(self, **registration: Any) -> None:
        self.provider = OpenIdProvider()
        self.now = NOW
        known = {"issuer": ISSUER, "client_id": SERVER[0], "client_secret": SERVER[1], "audience": "mandaat"}
        self.introspector = TokenIntrospector(
            Registration(**({**known, "scope": SCOPE} | registration)),
            client=httpx2.AsyncClient(transport=self.provider.transport),
            clock=lambda: self.now,
            role_claim="wsetwp_rol_3d",
        )

    async def reason(self, token: str, *, fresh: bool = False) -> str:
        with pytest.raises(TokenRefused) as refused:
            await self.introspector.verify(token, fresh=fresh)
        return refused.value.reason


async def test_an_active_token_says_who_for_whom_and_until_when() -> None:
    asking = Asking()
    token = asking.provider.issue(
        given_name="Pieter", family_name="Maes", wsetwp_rol_3d="TwpPromotor:0999000129", cnf={"x5t#S256": CERTIFICATE}
    )

    found = await asking.introspector.verify(token)

    assert (found.subject, found.name, found.organisation_number) == ("demo-promotor", "Pieter Maes", "0999000129")
    assert (found.role_values, found.certificate) == (("TwpPromotor:0999000129",), CERTIFICATE)


@pytest.mark.parametrize("sub", [None, "payroll-7"])
async def test_a_program_without_a_person_is_its_client_id_and_its_application_name(sub: str | None) -> None:
    asking = Asking()
    token = asking.provider.issue(client_id="payroll-7", sub=sub, vo_applicatienaam="Loonmotor", name="Not he")

    found = await asking.introspector.verify(token)

    assert (found.subject, found.name) == ("payroll-7", "Loonmotor")


async def test_a_person_is_not_named_after_the_application_that_he_uses() -> None:
    asking = Asking()

    found = await asking.introspector.verify(asking.provider.issue(vo_applicatienaam="Loonmotor"))

    assert found.name == "demo-promotor"


@pytest.mark.parametrize(
    "claims",
    [
        {"active": False},
        {"iss": "https://evil.example"},
        {"token_type": "DPoP"},
        {"scope": "openid wse_twp_other"},
        {"scope": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"exp": None},
        {"exp": 1},
        {"nbf": 3_999_999_999},
        {"nbf": "later"},
        {"vo_orgcode": None},
        {"vo_orgcode": "0999000128"},
        {"sub": None, "client_id": None},
        {"sub": None, "username": "pieter"},
        {"cnf": {"jkt": "a key"}},
        {"cnf": "x"},
    ],
)
async def test_a_08_a_token_that_the_issuer_does_not_vouch_for_here_and_now_is_refused(claims: dict[str, Any]) -> None:
    asking = Asking()

    assert await asking.reason(asking.provider.issue(**claims)) != ""


@pytest.mark.parametrize(("issuer", "place"), [(ISSUER, ""), (f"{ISSUER}/realms/twp", "/realms/twp")])
async def test_an_issuer_that_tells_the_address_only_where_oauth_tells_it_is_asked_there(
    issuer: str, place: str
) -> None:
    asked: list[str] = []

    async def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        if request.method == "POST":
            return httpx2.Response(200, json={"active": False})
        told = {"introspection_endpoint": f"{ISSUER}/tell"} if "oauth-authorization-server" in request.url.path else {}
        return httpx2.Response(200, json={"issuer": issuer, **told})

    asking = Asking()
    introspector = TokenIntrospector(
        Registration(issuer, *SERVER, audience="mandaat"),
        client=httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
        clock=lambda: asking.now,
    )
    with pytest.raises(TokenRefused, match="not active"):
        await introspector.verify("a")

    assert asked == [
        f"{place}/.well-known/openid-configuration",
        f"/.well-known/oauth-authorization-server{place}",
        "/tell",
    ]


async def test_an_audience_that_is_ours_needs_no_scope_and_without_either_nothing_passes() -> None:
    asking = Asking(scope="")

    assert (await asking.introspector.verify(asking.provider.issue(aud=["x", "mandaat"], scope=None))).subject
    assert await asking.reason(asking.provider.issue()) == "the token is for another audience"


async def test_a_09_a_revoked_token_is_good_for_a_minute_at_most_and_not_at_all_for_a_write() -> None:
    asking = Asking()
    token = asking.provider.issue()
    await asking.introspector.verify(token)
    asking.provider.revoke(token)

    asking.now += timedelta(seconds=59)
    await asking.introspector.verify(token)
    assert asking.provider.questions == 1
    refusal = "the issuer says that the token is not active"
    assert await asking.reason(token, fresh=True) == refusal
    # What the fresh question brought holds for everybody.
    assert await asking.reason(token) == refusal
    assert asking.provider.questions == 2


async def test_a_09_without_a_write_a_revoked_token_ends_after_a_minute() -> None:
    asking = Asking()
    token = asking.provider.issue()
    await asking.introspector.verify(token)
    asking.provider.revoke(token)

    asking.now += timedelta(seconds=60)

    assert await asking.reason(token) == "the issuer says that the token is not active"


async def test_a_09_a_refusal_is_remembered_for_ten_seconds() -> None:
    asking = Asking()
    token = asking.provider.issue(active=False)
    await asking.reason(token)
    asking.provider.tokens[token] |= {"active": True}

    asking.now += timedelta(seconds=9)
    await asking.reason(token)
    asking.now += timedelta(seconds=1)

    assert (await asking.introspector.verify(token)).subject == "demo-promotor"
    assert asking.provider.questions == 2


async def test_an_answer_never_outlives_the_token() -> None:
    asking = Asking()
    token = asking.provider.issue(exp=int(NOW.timestamp()) + 5)
    await asking.introspector.verify(token)

    asking.now += timedelta(seconds=5)

    assert await asking.reason(token) == "the token has expired"


async def test_an_answer_of_a_clock_that_was_set_back_is_not_used() -> None:
    asking = Asking()
    token = asking.provider.issue()
    await asking.introspector.verify(token)

    asking.now -= timedelta(hours=1)
    await asking.introspector.verify(token)

    assert asking.provider.questions == 2


async def test_the_token_itself_is_not_kept_and_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.signing_in.introspection.MOST_REMEMBERED", 3)
    asking = Asking()
    tokens = [asking.provider.issue() for _ in range(5)]

    for token in tokens:
        await asking.introspector.verify(token)

    kept = repr(vars(asking.introspector))
    assert [token for token in tokens if token in kept] == []
    assert len(asking.introspector._remembered) == 3
    assert MOST_REMEMBERED == 10_000


@pytest.mark.parametrize("answer", [["active"], {"sub": "x"}, {"active": "true"}, {"active": None}])
async def test_an_answer_that_does_not_say_whether_the_token_is_active_is_none(answer: Any) -> None:
    asking = Asking()
    asking.provider.answer = answer

    with capture_logs(), pytest.raises(IssuerUnavailable):
        await asking.introspector.verify("any")


async def test_f_09_a_silent_issuer_refuses_new_tokens_and_is_not_remembered_for_it() -> None:
    asking = Asking()
    known, new = asking.provider.issue(), asking.provider.issue()
    await asking.introspector.verify(known)
    asking.provider.is_silent = True

    await asking.introspector.verify(known)
    with capture_logs() as logged, pytest.raises(IssuerUnavailable):
        await asking.introspector.verify(new)
    with capture_logs(), pytest.raises(IssuerUnavailable):
        await asking.introspector.verify(known, fresh=True)
    asking.provider.is_silent = False

    assert (await asking.introspector.verify(new)).subject == "demo-promotor"
    assert [new in str(entry) for entry in logged] == [False]


async def test_a_wrong_secret_of_ours_is_an_outage_and_no_refusal_of_the_token() -> None:
    asking = Asking(client_secret="another")

    with capture_logs(), pytest.raises(IssuerUnavailable):
        await asking.introspector.verify(asking.provider.issue())
