"""The HTTP application around an office (`server/offices.py`); both take the clock, so that a test pins it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from domain.months import Clock, system_clock
from filing.office import Office
from graph.context import ServiceLimits
from graph.schema import operations_folder, shared_schema
from persistence.migration import pending
from server.bearer import Bearer
from server.demo_issuer import DemoIssuer
from server.downloads import download_routes
from server.graphql_endpoint import GraphQLEndpoint
from server.health import Readiness, health_routes
from server.ide import graphiql_page, ide_routes, prepared_operations, wants_page
from server.identity import IssuerKeys, TokenVerifier
from server.issuer_keys import DiscoveredKeys
from server.metrics import RequestMetrics, metrics_route
from server.middleware import middleware_around
from server.offices import open_office
from server.open_streams import OpenStreams
from server.receipt_key import load_receipt_key, receipt_keys_route
from server.refusals import refuse_broken, refuse_page
from server.settings import Settings

GRAPHQL_PATH = "/graphql"


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Starlette:
    """The HTTP application; its lifespan opens the office and closes it."""
    demo_issuer = DemoIssuer.open(settings, clock=clock) if settings.uses_demo_issuer else None
    registry = CollectorRegistry()
    streams = OpenStreams()
    readiness = Readiness(
        {"database": lambda: _check_database(settings)}, timeout_seconds=settings.readiness_timeout_seconds
    )
    routes: list[BaseRoute] = [
        *health_routes(readiness),
        metrics_route(registry),
        receipt_keys_route(load_receipt_key(settings)),
    ]
    if settings.graphiql:
        routes += ide_routes(prepared_operations(operations_folder()), demo_issuer)
    routes += download_routes(
        office=lambda request: request.state.office, identified=lambda request: request.state.bearer.require(request)
    )
    routes += [
        Route(GRAPHQL_PATH, _GraphQLDoor(shows_page=settings.graphiql)),
        WebSocketRoute(GRAPHQL_PATH, _GraphQLSocket()),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            office = await stack.enter_async_context(open_office(settings, clock=clock))
            keys: IssuerKeys = demo_issuer or await _discovered_keys(stack, settings, clock)
            bearer = Bearer(_verifier(settings, keys, clock), office)
            yield {"office": office, "bearer": bearer, "graphql": _endpoint(settings, office, bearer, streams)}
            readiness.stop()

    paths = {route.path for route in routes if isinstance(route, Route)}
    app = Starlette(
        routes=routes,
        middleware=middleware_around(settings, RequestMetrics(registry, paths=paths)),
        exception_handlers={HTTPException: refuse_page, Exception: refuse_broken},
        lifespan=lifespan,
    )
    app.state.readiness = readiness
    app.state.streams = streams
    return app


def _verifier(settings: Settings, keys: IssuerKeys, clock: Clock) -> TokenVerifier:
    return TokenVerifier(
        keys,
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        algorithms=settings.oidc_algorithms,
        clock=clock,
    )


def _endpoint(settings: Settings, office: Office, bearer: Bearer, streams: OpenStreams) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        shared_schema(),
        office=office,
        bearer=bearer,
        limits=ServiceLimits(
            upload_limit_bytes=settings.upload_limit_bytes,
            request_limit_bytes=settings.request_limit_bytes,
            document_bytes=settings.graphql_document_limit_bytes,
            tokens=settings.graphql_token_limit,
            depth=settings.graphql_depth_limit,
            aliases=settings.graphql_alias_limit,
            mutations=settings.graphql_mutation_limit,
            cost=settings.graphql_cost_limit,
            operation_seconds=settings.operation_timeout_seconds,
        ),
        anonymous_introspection=settings.anonymous_introspection,
        idle_seconds=settings.request_idle_seconds,
        streams=streams,
    )


async def _discovered_keys(stack: AsyncExitStack, settings: Settings, clock: Clock) -> DiscoveredKeys:
    client = await stack.enter_async_context(httpx2.AsyncClient())
    return DiscoveredKeys(settings.oidc_issuer, client=client, clock=clock)


async def _check_database(settings: Settings) -> None:
    waiting = await pending(settings.database_url)
    if waiting:
        raise RuntimeError(f"migrations are waiting: {', '.join(waiting)}")


class _GraphQLDoor:
    """`/graphql` over HTTP: the IDE for browsers where it is on, GraphQL for everybody else."""

    def __init__(self, *, shows_page: bool) -> None:
        self._shows_page = shows_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if self._shows_page and wants_page(request):
            response = await graphiql_page(request)
            await response(scope, receive, send)
            return
        await scope["state"]["graphql"](scope, receive, send)


class _GraphQLSocket:
    """The GraphQL endpoint for WebSockets: an object, because Starlette hands a function a session instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["state"]["graphql"](scope, receive, send)
