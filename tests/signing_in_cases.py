"""What holds of signing in with any OpenID provider: one list of cases, which the tests of each provider inherit.

The first two groups are asked over HTTP of a `mandaat serve` that was started with the provider's address. Where time
has to pass, the application runs in the test's process under a clock that the test moves.
"""

import base64
import hashlib
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from api import Answer, Client, opened
from identity_provider import AUDIENCE, SCOPE, SERVER, IdentityProvider
from policies import SHIPPED
from started_server import started_server
from structlog.testing import capture_logs

from domain.months import Month, system_clock
from filing.demo import load_demo_world
from persistence.database import rows
from server.app import create_app
from server.settings import Settings

Opening = Callable[[Path], AbstractAsyncContextManager[IdentityProvider]]
"""Starts a provider; the path is where its complaints go."""

VIEWER = "{ viewer { user { name } organisation { name } roles } }"
GRANT = "mutation ($input: MandateGrantInput!) { mandateGrant(input: $input) { __typename } }"
CERTIFICATE = b"the bytes of the certificate of payroll software"
THUMBPRINT = hashlib.sha256(CERTIFICATE).hexdigest()
HEADER = "X-Client-Certificate-SHA256"
PROMOTOR = {"user": {"name": "Pieter Maes"}, "organisation": {"name": "De Brug vzw"}, "roles": ["PROMOTOR"]}

INTROSPECTING = {
    "oidc_access_tokens": "introspection",
    "oidc_client_id": SERVER[0],
    "oidc_client_secret": SERVER[1],
    "oidc_scope": SCOPE,
}


@dataclass
class Door:
    """A server and the provider that it believes."""

    http: httpx2.AsyncClient
    provider: IdentityProvider

    async def asks(self, token: str, **headers: str) -> Answer:
        return await Client(self.http, {"Authorization": f"Bearer {token}", **headers}).execute(VIEWER)

    async def grants(self, token: str) -> Answer:
        """Asks for a write: a mandate that the promotor may give."""
        month = str(Month.at(system_clock()).plus(1))
        wanted = {"conventionNumber": "104234", "secretariat": "0999000327", "level": "UPLOAD", "firstMonth": month}
        return await Client(self.http, {"Authorization": f"Bearer {token}"}).execute(GRANT, {"input": wanted})


@asynccontextmanager
async def served(open_provider: Opening, folder: Path, **settings: str) -> AsyncGenerator[Door]:
    """`mandaat serve` beside a provider, on the demo world."""
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(open_provider(folder / "provider.log"))
        believed = {"oidc_issuer": provider.issuer, "oidc_audience": AUDIENCE, **settings}
        server = await stack.enter_async_context(
            started_server(
                f"sqlite://{folder / 'mandaat.sqlite3'}",
                folder,
                serving={f"MANDAAT_{name.upper()}": value for name, value in believed.items()},
            )
        )
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=server.url, timeout=30))
        yield Door(http, provider)


@dataclass
class MovedClock:
    """The real time, and what a test adds to it."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def pass_by(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@asynccontextmanager
async def inside(
    open_provider: Opening, database_url: str, folder: Path, clock: MovedClock, **settings: Any
) -> AsyncGenerator[Door]:
    """The application in this process, which asks a real provider over HTTP."""
    policy = folder / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    async with open_provider(folder / "provider.log") as provider:
        app = create_app(
            Settings(
                database_url=database_url,
                policy_path=policy,
                file_store_url=f"file://{folder / 'files'}",
                receipt_key_path=folder / "receipt.pem",
                oidc_issuer=provider.issuer,
                oidc_audience=AUDIENCE,
                readiness_timeout_seconds=30,
                **settings,
            ),
            clock=clock,
        )
        async with opened(app) as http:
            await load_demo_world(clock)
            yield Door(http, provider)


def tampered(token: str) -> str:
    """The same signature under another organisation."""
    header, claims, signature = token.split(".")
    changed = _decoded(claims).replace(b"0999000129", b"0999000228")
    return ".".join([header, base64.urlsafe_b64encode(changed).decode().rstrip("="), signature])


def algorithm_of(token: str) -> str:
    return json.loads(_decoded(token.split(".", maxsplit=1)[0]))["alg"]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class SignedIdentities:
    """ID tokens of the web application, judged by their signature."""

    open_provider: ClassVar[Opening]

    @pytest.fixture(scope="class")
    @classmethod
    async def signed(cls, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Door]:
        """A server that judges tokens by their signature; roles are those of the database."""
        folder = tmp_path_factory.mktemp("signed")
        async with served(cls.open_provider, folder, trusted_proxies="127.0.0.1") as door:
            yield door

    async def test_an_id_token_is_its_person_with_the_roles_of_the_database(self, signed: Door) -> None:
        token = (await signed.provider.tokens_of("demo-promotor"))["id_token"]

        answer = await signed.asks(token)

        assert answer.data["viewer"] == PROMOTOR

    async def test_a_person_who_is_new_here_signs_in_without_any_right(self, signed: Door) -> None:
        token = (await signed.provider.tokens_of("new-here"))["id_token"]

        answer = await signed.asks(token)

        assert answer.data["viewer"] | {"organisation": None} == {
            "user": {"name": "Nel Nieuw"},
            "organisation": None,
            "roles": [],
        }

    async def test_a_08_a_token_that_was_changed_is_refused(self, signed: Door) -> None:
        token = (await signed.provider.tokens_of("demo-promotor"))["id_token"]

        answer = await signed.asks(tampered(token))

        assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])


class SignedAccessTokens:
    """Access tokens that are signed (RFC 9068), of persons and of programs."""

    @pytest.mark.parametrize("algorithm", ["rs256", "es256"])
    async def test_a_signed_access_token_is_its_person(self, signed: Door, algorithm: str) -> None:
        got = await signed.provider.tokens_of("demo-promotor", f"urn:mandaat:{algorithm}")

        answer = await signed.asks(got["access_token"])

        assert answer.data["viewer"] == PROMOTOR

    async def test_payroll_software_signs_in_by_its_own_credentials(self, signed: Door) -> None:
        answer = await signed.asks(await signed.provider.program_token("payroll-7", "urn:mandaat:es256"))

        assert answer.data["viewer"]["user"] == {"name": "Loonmotor"}

    async def test_a_08_a_token_for_another_audience_is_refused(self, signed: Door) -> None:
        answer = await signed.asks(await signed.provider.program_token("payroll-7", "urn:elsewhere:rs256"))

        assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])

    async def test_a_31_a_signed_token_that_is_bound_needs_its_certificate(self, signed: Door) -> None:
        token = await signed.provider.program_token("payroll-bound", "urn:mandaat:rs256", CERTIFICATE)

        right = await signed.asks(token, **{HEADER: THUMBPRINT})
        others = await signed.asks(token, **{HEADER: THUMBPRINT[::-1]})
        none = await signed.asks(token)

        assert [one.status for one in (right, others, none)] == [200, 401, 401]


class OpaqueTokens:
    """Access tokens that only the provider can read; roles come from its role claim."""

    open_provider: ClassVar[Opening]
    opaque: ClassVar[str] = "urn:mandaat:opaque"

    @pytest.fixture(scope="class")
    @classmethod
    async def introspecting(cls, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Door]:
        """A server that asks the provider; roles are those of the claim."""
        folder = tmp_path_factory.mktemp("opaque")
        more = {"oidc_roles": "claims", "trusted_proxies": "127.0.0.1"}
        async with served(cls.open_provider, folder, **INTROSPECTING, **more) as door:
            yield door

    async def test_an_opaque_token_is_its_person_with_the_roles_that_its_claim_gives_here(
        self, introspecting: Door
    ) -> None:
        got = await introspecting.provider.tokens_of("demo-promotor", self.opaque)
        elsewhere = await introspecting.provider.tokens_of("new-here", self.opaque)

        answers = [await introspecting.asks(one["access_token"]) for one in (got, elsewhere)]

        assert got["access_token"].count(".") == 0
        assert [one.data["viewer"]["roles"] for one in answers] == [["PROMOTOR"], []]

    async def test_payroll_software_signs_in_with_an_opaque_token(self, introspecting: Door) -> None:
        answer = await introspecting.asks(await introspecting.provider.program_token("payroll-7", self.opaque))

        assert answer.data["viewer"]["user"] == {"name": "Loonmotor"}
        assert answer.data["viewer"]["roles"] == ["UPLOADER"]

    async def test_a_08_a_token_that_the_provider_does_not_know_is_refused(self, introspecting: Door) -> None:
        answer = await introspecting.asks("made-up")

        assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])

    async def test_a_09_a_revoked_token_writes_nothing_although_it_was_good_just_now(self, introspecting: Door) -> None:
        token = (await introspecting.provider.tokens_of("demo-promotor", self.opaque))["access_token"]
        other = (await introspecting.provider.tokens_of("demo-promotor", self.opaque))["access_token"]
        before = await introspecting.asks(token)
        await introspecting.provider.revoke(token)

        refused = await introspecting.grants(token)
        granted = await introspecting.grants(other)

        assert before.status == 200
        assert (refused.status, refused.error_codes) == (401, ["UNAUTHENTICATED"])
        # Nothing was in the way of the same mandate by a good token: the revoked one has written nothing.
        assert granted.data["mandateGrant"] == {"__typename": "MandateGranted"}


class OpaqueTokensForOthers:
    """Opaque tokens that say for whom they are, and by which certificate they are held."""

    async def test_a_08_an_opaque_token_for_another_audience_is_refused(self, introspecting: Door) -> None:
        answer = await introspecting.asks(
            await introspecting.provider.program_token("payroll-7", "urn:elsewhere:opaque")
        )

        assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])

    async def test_a_31_an_opaque_token_that_is_bound_needs_its_certificate(self, introspecting: Door) -> None:
        token = await introspecting.provider.program_token("payroll-bound", "urn:mandaat:opaque", CERTIFICATE)

        right = await introspecting.asks(token, **{HEADER: THUMBPRINT})
        others = await introspecting.asks(token, **{HEADER: THUMBPRINT[::-1]})
        none = await introspecting.asks(token)

        assert [one.status for one in (right, others, none)] == [200, 401, 401]


class OtherSignatures:
    """A provider that signs with another kind of key."""

    open_provider: ClassVar[Opening]

    async def test_an_id_token_by_es256_is_its_person_too(self, database_url: str, tmp_path: Path) -> None:
        async with inside(type(self).open_provider, database_url, tmp_path, MovedClock()) as door:
            by_rsa = (await door.provider.tokens_of("demo-promotor"))["id_token"]
            await door.provider.sign_with_es256()
            by_curve = (await door.provider.tokens_of("demo-promotor"))["id_token"]
            answers = [await door.asks(token) for token in (by_rsa, by_curve)]

        assert [algorithm_of(token) for token in (by_rsa, by_curve)] == ["RS256", "ES256"]
        assert [one.data["viewer"] for one in answers] == [PROMOTOR, PROMOTOR]


class TimePasses:
    """Keys that change, answers that grow old, a provider that falls silent."""

    open_provider: ClassVar[Opening]
    opaque: ClassVar[str] = "urn:mandaat:opaque"

    async def test_keys_are_changed_without_anybody_noticing(self, database_url: str, tmp_path: Path) -> None:
        clock = MovedClock()
        async with inside(type(self).open_provider, database_url, tmp_path, clock) as door:
            old = (await door.provider.tokens_of("demo-promotor"))["id_token"]
            assert (await door.asks(old)).status == 200
            await door.provider.rotate()
            new = (await door.provider.tokens_of("demo-promotor"))["id_token"]
            clock.pass_by(seconds=61)

            both = [(await door.asks(token)).status for token in (new, old)]
            await door.provider.withdraw_old_keys()
            clock.pass_by(minutes=55)
            remembered = (await door.asks(old)).status
            clock.pass_by(minutes=10)
            withdrawn = (await door.asks(old)).status

        assert both == [200, 200]
        # Keys are kept for an hour; then the issuer's word counts that this one is no longer its own.
        assert (remembered, withdrawn) == (200, 401)

    async def test_a_09_a_revoked_token_reads_for_a_minute_at_most(self, database_url: str, tmp_path: Path) -> None:
        clock = MovedClock()
        async with inside(type(self).open_provider, database_url, tmp_path, clock, **INTROSPECTING) as door:
            token = (await door.provider.tokens_of("demo-promotor", self.opaque))["access_token"]
            first = (await door.asks(token)).status
            await door.provider.revoke(token)
            clock.pass_by(seconds=20)
            remembered = (await door.asks(token)).status
            clock.pass_by(seconds=41)
            forgotten = (await door.asks(token)).status
            grants = await door.grants(token)
            entries = await rows("SELECT * FROM audit_entry")

        assert (first, remembered, forgotten, grants.status) == (200, 200, 401, 401)
        assert entries == []

    async def test_f_09_while_the_provider_is_gone_those_whose_keys_are_known_go_on(
        self, database_url: str, tmp_path: Path
    ) -> None:
        clock = MovedClock()
        async with inside(type(self).open_provider, database_url, tmp_path, clock) as door:
            token = (await door.provider.tokens_of("demo-promotor"))["id_token"]
            await door.asks(token)
            before = (await door.http.get("/readyz")).json()
            await door.provider.stop()
            clock.pass_by(seconds=15)
            with capture_logs():
                during = await door.http.get("/readyz")
                answer = await door.asks(token)

        assert before == {
            "status": "ready",
            "checks": {"database": "ok", "policy_file": "ok", "identity_provider": "ok"},
        }
        assert during.status_code == 200
        assert during.json() == {"status": "degraded", "checks": before["checks"] | {"identity_provider": "failed"}}
        assert answer.status == 200

    async def test_f_09_while_the_provider_is_gone_nobody_new_comes_in(self, database_url: str, tmp_path: Path) -> None:
        async with inside(type(self).open_provider, database_url, tmp_path, MovedClock(), **INTROSPECTING) as door:
            token = (await door.provider.tokens_of("demo-promotor", self.opaque))["access_token"]
            await door.provider.stop()
            with capture_logs():
                answer = await door.asks(token)
                ready = await door.http.get("/readyz")

        assert (answer.status, answer.error_codes) == (503, ["SIGN_IN_UNAVAILABLE"])
        assert (ready.status_code, ready.json()["checks"]["identity_provider"]) == (200, "failed")
