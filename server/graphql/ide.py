"""The IDE at `/graphql` for browsers: GraphiQL from this package, without any network but this server.

Its files are those of the published packages, byte for byte (`server/graphiql/SHA256SUMS`); the largest lie there
compressed, as they are sent. `boot.js` is ours: it shows the prepared operations as tabs and, in the demo, lets people
choose who they are.
"""

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.demo_world import ORGANISATIONS, PERSONAS
from server.demo_issuer import DemoIssuer

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)

_PUBLISHED = ("graphiql.min.js", "graphiql.min.css", "react.production.min.js", "react-dom.production.min.js")
_OURS = ("boot.js", "boot.css")
_MEDIA_TYPES = {"js": "text/javascript", "css": "text/css"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One prepared tab: a GraphQL document and, as JSON text, the variables to try it with."""

    query: str
    variables: str | None


def prepared_operations(folder: Traversable) -> list[Operation]:
    """The `.graphql` files of *folder* by name, each with the `.json` file of the same name as its variables."""
    beside = {entry.name: entry for entry in folder.iterdir()}
    operations: list[Operation] = []
    for name in sorted(name for name in beside if name.endswith(".graphql")):
        variables = beside.get(f"{name.removesuffix('.graphql')}.json")
        operations.append(
            Operation(
                query=beside[name].read_text(encoding="utf-8"),
                variables=None if variables is None else variables.read_text(encoding="utf-8"),
            )
        )
    return operations


def wants_page(request: Request) -> bool:
    """Whether a browser asks to see the address, rather than a client for data."""
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")


async def graphiql_page(request: Request) -> Response:
    """The page itself, for `GET /graphql` when `wants_page`; its policy admits nothing that is not ours."""
    return _reply(request, _asset("index.html"), "text/html", policy=CONTENT_SECURITY_POLICY)


def ide_routes(operations: Sequence[Operation], demo_issuer: DemoIssuer | None) -> list[Route]:
    """What the page loads; with a *demo_issuer* also a token for each persona, for anyone who can reach the server."""
    routes = [_asset_route(name) for name in (*_PUBLISHED, *_OURS)]
    routes.append(Route("/graphql/operations.json", _json(operations_document(operations)), methods=["GET"]))
    if demo_issuer is not None:
        routes.append(Route("/graphql/personas.json", _personas_endpoint(demo_issuer), methods=["GET"]))
    return routes


def operations_document(operations: Iterable[Operation]) -> list[dict[str, str]]:
    """The tabs as GraphiQL takes them."""
    return [
        {"query": each.query} | ({} if each.variables is None else {"variables": each.variables}) for each in operations
    ]


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    is_compressed: bool
    etag: str


def _asset(name: str) -> _Asset:
    folder = files("server").joinpath("graphiql")
    compressed = folder.joinpath(f"{name}.gz")
    is_compressed = compressed.is_file()
    content = (compressed if is_compressed else folder.joinpath(name)).read_bytes()
    return _Asset(content, is_compressed, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _asset_route(name: str) -> Route:
    asset = _asset(name)
    media_type = _MEDIA_TYPES[name.rpartition(".")[2]]

    async def send_asset(request: Request) -> Response:
        return _reply(request, asset, media_type)

    return Route(f"/graphql/assets/{name}", send_asset, methods=["GET"])


def _reply(request: Request, asset: _Asset, media_type: str, *, policy: str | None = None) -> Response:
    # no-cache: browsers keep the file but ask each time whether it changed, so a new release shows at once.
    headers = {"ETag": asset.etag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"}
    if policy is not None:
        headers["Content-Security-Policy"] = policy
    if request.headers.get("If-None-Match") == asset.etag:
        return Response(status_code=304, headers=headers)
    content = asset.content
    if asset.is_compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    elif asset.is_compressed:
        content = gzip.decompress(content)
    return Response(content, media_type=media_type, headers=headers)


def _json(document: object):
    async def send_document(_request: Request) -> Response:
        return JSONResponse(document, headers={"Cache-Control": "no-cache"})

    return send_document


def _personas_endpoint(demo_issuer: DemoIssuer):
    names = {organisation.number: organisation.name for organisation in ORGANISATIONS}

    async def personas(_request: Request) -> Response:
        shown = [
            {
                "name": persona.name,
                "displayName": persona.display_name,
                "organisation": names[persona.organisation],
                "token": demo_issuer.token_for(persona),
            }
            for persona in PERSONAS
        ]
        return JSONResponse(shown, headers={"Cache-Control": "no-store"})

    return personas
