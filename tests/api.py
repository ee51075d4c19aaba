"""Asking the application as a client does: over ASGI, with a persona's token, in the form of GraphQL over HTTP."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from domain.demo_world import persona_named
from domain.months import Clock
from server.demo_issuer import DemoIssuer
from server.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status and the JSON body, none when it was not JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def data(self) -> Any:
        """The data of an answer without errors; fails the test when there are any."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def error_codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


@dataclass(frozen=True)
class Client:
    """One caller of the application."""

    http: httpx2.AsyncClient
    headers: Mapping[str, str]

    def speaking(self, language: str) -> "Client":
        return Client(self.http, {**self.headers, "Accept-Language": language})

    async def execute(self, query: str, variables: Mapping[str, Any] | None = None) -> Answer:
        response = await self.http.post(
            "/graphql", json={"query": query, "variables": dict(variables or {})}, headers=dict(self.headers)
        )
        return _answer(response)

    async def upload(
        self, query: str, variables: Mapping[str, Any], *, path: str, content: bytes, file_name: str = "bestand.xml"
    ) -> Answer:
        """Send *content* as the GraphQL multipart request specification says, at *path* (`variables.input.file`)."""
        operations = json.dumps({"query": query, "variables": variables})
        response = await self.http.post(
            "/graphql",
            data={"operations": operations, "map": json.dumps({"0": [path]})},
            files={"0": (file_name, content, "application/xml")},
            headers=dict(self.headers),
        )
        return _answer(response)

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path, headers=dict(self.headers))


@dataclass(frozen=True)
class Api:
    """The started application and the tokens of its personas."""

    app: Starlette
    http: httpx2.AsyncClient
    issuer: DemoIssuer

    @property
    def anonymous(self) -> Client:
        return Client(self.http, {})

    def as_(self, persona: str) -> Client:
        return self.with_token(self.token(persona))

    def with_token(self, token: str) -> Client:
        return Client(self.http, {"Authorization": f"Bearer {token}"})

    def token(self, persona: str) -> str:
        found = persona_named(persona)
        assert found is not None, persona
        return self.issuer.token_for(found)


@asynccontextmanager
async def running(app: Starlette, settings: Settings, clock: Clock) -> AsyncGenerator[Api]:
    """Start *app* as a server does, its lifespan around the block."""
    async with opened(app) as http:
        yield Api(app, http, DemoIssuer.open(settings, clock=clock))


@asynccontextmanager
async def opened(app: Starlette) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of *app*, which is started as a server does."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx2.ASGITransport(app=with_state)
        async with httpx2.AsyncClient(transport=transport, base_url="http://mandaat.test") as http:
            yield http


def _answer(response: httpx2.Response) -> Answer:
    is_json = "json" in response.headers.get("content-type", "")
    return Answer(response.status_code, response.json() if is_json else None, dict(response.headers))
