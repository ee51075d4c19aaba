"""A small OpenID provider inside the process: opaque tokens, introspection, revocation; it can fall silent."""

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://idp.example"
SERVER = ("mandaat:server", "s3cret: with / signs")
SCOPE = "wse_twp"
CERTIFICATE = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")


@dataclass
class OpenIdProvider:
    """*tokens*: what introspection says of each; *questions* counts how often it was asked."""

    tokens: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    questions: int = 0
    is_silent: bool = False
    answer: Any = None
    """What introspection says instead, of every token."""

    def issue(self, **claims: Any) -> str:
        token = secrets.token_urlsafe(24)
        good = {
            "active": True,
            "iss": ISSUER,
            "token_type": "bearer",
            "scope": f"openid {SCOPE}",
            "client_id": "a-web-client",
            "sub": "demo-promotor",
            "vo_orgcode": "0999000129",
            "exp": 4_000_000_000,
        }
        self.tokens[token] = {name: value for name, value in (good | claims).items() if value is not None}
        return token

    def revoke(self, token: str) -> None:
        self.tokens[token] = {"active": False}

    @property
    def transport(self) -> httpx2.AsyncBaseTransport:
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/introspect", self._introspect, methods=["POST"]),
        ]
        return httpx2.ASGITransport(app=Starlette(routes=routes))

    async def _discovery(self, _request: Request) -> Response:
        if self.is_silent:
            return Response(status_code=502)
        return JSONResponse({"issuer": ISSUER, "introspection_endpoint": f"{ISSUER}/introspect"})

    async def _introspect(self, request: Request) -> Response:
        self.questions += 1
        if self.is_silent:
            return Response(status_code=502)
        scheme, _, coded = request.headers["authorization"].partition(" ")
        client_id, _, secret = base64.b64decode(coded).decode().partition(":")
        if (scheme, unquote(client_id), unquote(secret)) != ("Basic", *SERVER):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        form = await request.form()
        assert form["token_type_hint"] == "access_token"
        return JSONResponse(self.answer or self.tokens.get(str(form["token"]), {"active": False}))
