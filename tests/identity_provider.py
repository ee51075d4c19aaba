"""A real OpenID provider in a process of its own, asked as programs and browsers ask one: over HTTP, by the standards.

What differs between providers is how each is started and how a person fills in its forms.
"""

import asyncio
import base64
import hashlib
import json
import re
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

import httpx2

AUDIENCE = "mandaat"
"""Of access tokens, and the client id of the web application, so that its ID tokens are for us too."""
SCOPE = "wse_twp"
SERVER = ("mandaat:server", "s3cret: with / signs, and long")
_SECRET = "a secret of a test client, long enough for everyone"
_CALLBACK = "https://client.example/callback"
_START_SECONDS = 120.0
_MOST_STEPS = 12

ACCOUNTS: dict[str, dict[str, Any]] = {
    "demo-promotor": {
        "name": "Pieter Maes",
        "vo_orgcode": "0999000129",
        "wsetwp_rol_3d": ["TwpPromotor:0999000129", "TwpHelpdesk:0999000129", "TwpPromotor:0999000228"],
    },
    "new-here": {"name": "Nel Nieuw", "vo_orgcode": "0999000129", "wsetwp_rol_3d": "TwpPromotor:0999000228"},
}
PAYROLL = {"vo_applicatienaam": "Loonmotor", "vo_orgcode": "0999000327", "wsetwp_rol_3d": ["TwpSSOplader:0999000327"]}


def client(client_id: str, secret: str = _SECRET, **more: Any) -> dict[str, Any]:
    """A registration, in the words of dynamic registration (RFC 7591); *claims* are those of its own tokens."""
    return {"client_id": client_id, "client_secret": secret, "redirect_uris": [], "response_types": []} | more


CLIENTS = (
    client(AUDIENCE, redirect_uris=[_CALLBACK], response_types=["code"]),
    client("payroll-7", grant_types=["client_credentials"], claims=PAYROLL),
    client(
        "payroll-bound",
        grant_types=["client_credentials"],
        claims=PAYROLL,
        tls_client_certificate_bound_access_tokens=True,
    ),
    client(*SERVER, grant_types=[]),
)


@dataclass
class IdentityProvider:
    """One that runs; *process* ends when its standard input is closed."""

    issuer: str
    process: asyncio.subprocess.Process
    _endpoints: dict[str, str] = field(default_factory=dict[str, str])

    async def tokens_of(self, subject: str, resource: str | None = None) -> dict[str, str]:
        """What the web application gets when *subject* signs in: `id_token` and `access_token`.

        *resource*: for what the access token is; empty where the provider knows no resources, none for nothing of ours.
        """
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        wanted = {
            "client_id": AUDIENCE,
            "response_type": "code",
            "redirect_uri": _CALLBACK,
            "scope": "openid" if resource is None else f"openid {SCOPE}",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"resource": resource} if resource else {}),
        }
        async with httpx2.AsyncClient(timeout=60) as http:
            code = await self._signed_in(http, await self._endpoint("authorization_endpoint"), wanted, subject)
            return await self._token(
                http,
                (AUDIENCE, _SECRET),
                grant_type="authorization_code",
                code=code,
                redirect_uri=_CALLBACK,
                code_verifier=verifier,
                **({"resource": resource} if resource else {}),
            )

    async def program_token(self, client_id: str, resource: str, certificate: bytes | None = None) -> str:
        """An access token that payroll software gets for itself; *certificate*: the one that it shows."""
        shown = {"X-Test-Certificate": base64.b64encode(certificate).decode()} if certificate else {}
        async with httpx2.AsyncClient(headers=shown, timeout=60) as http:
            got = await self._token(
                http,
                (client_id, _SECRET),
                grant_type="client_credentials",
                scope=SCOPE,
                **({"resource": resource} if resource else {}),
            )
        return got["access_token"]

    async def revoke(self, token: str) -> None:
        """As the web application does when the person signs out (RFC 7009)."""
        async with httpx2.AsyncClient(timeout=60) as http:
            response = await http.post(
                await self._endpoint("revocation_endpoint"), data={"token": token}, auth=(AUDIENCE, _SECRET)
            )
        assert response.status_code == 200, response.text

    async def rotate(self) -> None:
        """Sign with new keys from now on; the old ones are still shown."""
        await self._told("/test/rotate")

    async def withdraw_old_keys(self) -> None:
        await self._told("/test/withdraw")

    async def sign_with_es256(self) -> None:
        """Sign ID tokens with ES256 from now on; they start with RS256."""
        await self._told("/test/es256")

    async def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await asyncio.wait_for(self.process.wait(), _START_SECONDS)

    async def _told(self, path: str) -> None:
        async with httpx2.AsyncClient(timeout=60) as http:
            assert (await http.post(self.issuer + path)).status_code == 204

    async def _endpoint(self, name: str) -> str:
        if not self._endpoints:
            async with httpx2.AsyncClient(timeout=60) as http:
                found = await http.get(f"{self.issuer}/.well-known/openid-configuration")
                more = await http.get(f"{self.issuer}/.well-known/oauth-authorization-server")
            known = (more.json() if more.status_code == 200 else {}) | found.json()
            self._endpoints = {key: value for key, value in known.items() if isinstance(value, str)}
        return self._endpoints[name]

    async def _token(self, http: httpx2.AsyncClient, client_of: tuple[str, str], **form: str) -> dict[str, str]:
        auth = (quote(client_of[0], safe=""), quote(client_of[1], safe=""))
        response = await http.post(await self._endpoint("token_endpoint"), data=form, auth=auth)
        assert response.status_code == 200, response.text
        return response.json()

    async def _signed_in(self, http: httpx2.AsyncClient, address: str, wanted: dict[str, str], subject: str) -> str:
        """Follow the redirects as a browser does, and fill in each form on the way; answers the code."""
        response = await http.get(f"{address}?{urlencode(wanted)}")
        for _ in range(_MOST_STEPS):
            if response.status_code == 200:
                response = await http.post(str(response.url), data=_filled_in(response.text, subject))
                continue
            assert response.is_redirect, response.text
            target = urljoin(str(response.url), response.headers["location"])
            if target.startswith(_CALLBACK):
                return parse_qs(urlsplit(target).query)["code"][0]
            response = await http.get(target)
        raise AssertionError("the provider never came to an end")


def _filled_in(page: str, subject: str) -> dict[str, str]:
    """What a person sends from *page*: its hidden fields as they are, his name in what it asks for."""
    values: dict[str, str] = {}
    for element in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', element))
        if "name" in attributes:
            values[attributes["name"]] = attributes.get("value", subject)
    return values


@asynccontextmanager
async def started_provider(command: Sequence[str], log: Path) -> AsyncGenerator[IdentityProvider]:
    """*command* with accounts and clients as JSON behind it; it says its issuer when it listens."""
    world = json.dumps({"accounts": ACCOUNTS, "clients": CLIENTS, "audience": AUDIENCE})
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, world, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
        assert process.stdout is not None
        issuer = (await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)).decode().strip()
        assert issuer, f"the provider did not start; see {log}"
        provider = IdentityProvider(issuer, process)
        try:
            yield provider
        finally:
            await provider.stop()
