"""The HTTP application around an office (`server/offices.py`); both take the clock, so that a test pins it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.months import Clock, system_clock
from filing.identification import Identified
from filing.office import Office
from graph.context import ServiceLimits
from graph.schema import operations_folder, shared_schema
from persistence.migration import pending
from server.demo_issuer import DemoIssuer
from server.downloads import download_routes
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.ide import graphiql_page, ide_routes, prepared_operations, wants_page
from server.graphql.open_streams import OpenStreams, StreamLimits
from server.graphql.trusted_documents import TrustedDocuments, trusted_documents
from server.health import Readiness, health_routes
from server.metrics import RequestMetrics, metrics_route
from server.middleware import middleware_around
from server.offices import open_office
from server.policy_watch import file_gauge, look_at, watching
from server.receipt_key import load_receipt_key, receipt_keys_route
from server.refusals import refuse_broken, refuse_page
from server.resumable_uploads import ResumableUploads
from server.settings import AccessTokens, RoleSource, Settings
from server.signing_in.bearer import Bearer
from server.signing_in.identity import IssuerKeys, TokenVerifier, Verifier
from server.signing_in.introspection import Registration, TokenIntrospector
from server.signing_in.issuer_keys import DiscoveredKeys
from server.signing_in.issuer_watch import IssuerWatch
from server.signing_in.remembered_tokens import RememberingVerifier
from server.signing_in.role_claims import RoleClaims, roles_by_name

GRAPHQL_PATH = "/graphql"


def create_app(
    settings: Settings, *, clock: Clock = system_clock, outgoing: httpx2.AsyncBaseTransport | None = None
) -> Starlette:
    """The HTTP application; its lifespan opens the office and closes it.

    *outgoing* carries what it asks the identity provider; none for the network.
    """
    demo_issuer = DemoIssuer.open(settings, clock=clock) if settings.uses_demo_issuer else None
    registry = CollectorRegistry()
    policy_file = file_gauge(registry)
    streams = OpenStreams(
        StreamLimits(
            in_all=settings.stream_limit,
            of_organisation=settings.stream_limit_of_organisation,
            of_caller=settings.stream_limit_of_caller,
        )
    )
    documents = trusted_documents(
        shared_schema(), settings.trusted_documents_path, are_required=settings.trusted_documents_only
    )
    readiness = Readiness(
        {"database": lambda: _check_database(settings)}, timeout_seconds=settings.readiness_timeout_seconds
    )
    door = _GraphQLDoor(shows_page=settings.graphiql)
    routes: list[BaseRoute] = [
        Route(GRAPHQL_PATH, door),
        WebSocketRoute(GRAPHQL_PATH, _GraphQLSocket()),
        *health_routes(readiness),
        metrics_route(registry),
        receipt_keys_route(load_receipt_key(settings)),
    ]
    if settings.graphiql:
        routes += ide_routes(prepared_operations(operations_folder()), demo_issuer)
    routes += download_routes(office=_office, identified=_identified)
    routes += ResumableUploads(_office, _identified, idle_seconds=settings.request_idle_seconds).routes()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            seen = look_at(settings.policy_path)
            office = await stack.enter_async_context(open_office(settings, clock=clock))
            looking = watching(office, policy_file, seen=seen, pause_seconds=settings.policy_poll_seconds)
            readiness.tell("policy_file", (await stack.enter_async_context(looking)).check)
            client = await stack.enter_async_context(httpx2.AsyncClient(transport=outgoing))
            if demo_issuer is None:
                watch = IssuerWatch(settings.oidc_issuer, client=client, clock=clock)
                readiness.tell("identity_provider", watch.check)
            verifier = _verifier(settings, demo_issuer, client, clock)
            bearer = Bearer(verifier, office, settings.certificate_header, _role_claims(settings))
            yield {
                "office": office,
                "bearer": bearer,
                "graphql": _endpoint(settings, office, bearer, streams, documents),
            }
            readiness.stop()

    paths = {route.path for route in routes if isinstance(route, Route)}
    around = middleware_around(settings, RequestMetrics(registry, paths=paths))
    app = Starlette(
        routes=routes,
        middleware=[*around, Middleware(_GraphQLFirst, door=door)],
        exception_handlers={HTTPException: refuse_page, Exception: refuse_broken},
        lifespan=lifespan,
    )
    app.state.readiness = readiness
    app.state.streams = streams
    return app


def _office(request: Request) -> Office:
    return request.state.office


async def _identified(request: Request) -> Identified:
    return await request.state.bearer.require(request)


def _verifier(settings: Settings, demo_issuer: DemoIssuer | None, client: httpx2.AsyncClient, clock: Clock) -> Verifier:
    """How tokens are judged: by asking the issuer, or by its keys; those of the demo issuer need no network."""
    if settings.oidc_access_tokens is AccessTokens.INTROSPECTION:
        registration = Registration(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            audience=settings.oidc_audience,
            scope=settings.oidc_scope,
        )
        return TokenIntrospector(registration, client=client, clock=clock, role_claim=settings.oidc_role_claim)
    keys: IssuerKeys = demo_issuer or DiscoveredKeys(settings.oidc_issuer, client=client, clock=clock)
    verifier = TokenVerifier(
        keys,
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        algorithms=settings.oidc_algorithms,
        clock=clock,
        role_claim=settings.oidc_role_claim,
    )
    return RememberingVerifier(verifier, clock=clock)


def _role_claims(settings: Settings) -> RoleClaims | None:
    return RoleClaims(roles_by_name(settings.oidc_role_names)) if settings.oidc_roles is RoleSource.CLAIMS else None


def _endpoint(
    settings: Settings, office: Office, bearer: Bearer, streams: OpenStreams, documents: TrustedDocuments
) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        shared_schema(),
        office=office,
        bearer=bearer,
        limits=ServiceLimits(
            upload_limit_bytes=settings.upload_limit_bytes,
            resumable_uploads=settings.resumable_uploads_limit,
            resumable_upload_hours=settings.resumable_upload_hours,
            request_limit_bytes=settings.request_limit_bytes,
            document_bytes=settings.graphql_document_limit_bytes,
            tokens=settings.graphql_token_limit,
            depth=settings.graphql_depth_limit,
            aliases=settings.graphql_alias_limit,
            directives=settings.graphql_directive_limit,
            fragments=settings.graphql_fragment_limit,
            root_fields=settings.graphql_root_field_limit,
            mutations=settings.graphql_mutation_limit,
            digits=settings.graphql_digit_limit,
            cost=settings.graphql_cost_limit,
            operation_seconds=settings.operation_timeout_seconds,
            trusted_documents_only=settings.trusted_documents_only,
            points_of_caller=settings.graphql_points_of_caller,
            points_of_organisation=settings.graphql_points_of_organisation,
            streams=settings.stream_limit,
            streams_of_organisation=settings.stream_limit_of_organisation,
            streams_of_caller=settings.stream_limit_of_caller,
            operations_a_connection=settings.operations_a_connection,
        ),
        anonymous_introspection=settings.anonymous_introspection,
        idle_seconds=settings.request_idle_seconds,
        streams=streams,
        documents=documents,
    )


async def _check_database(settings: Settings) -> None:
    waiting = await pending(settings.database_url)
    if waiting:
        raise RuntimeError(f"migrations are waiting: {', '.join(waiting)}")


class _GraphQLDoor:
    """`/graphql` over HTTP: the IDE for browsers where it is on, GraphQL for everybody else."""

    def __init__(self, *, shows_page: bool) -> None:
        self._shows_page = shows_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._shows_page and scope["method"] in ("GET", "HEAD") and wants_page(request := Request(scope, receive)):
            response = await graphiql_page(request)
            await response(scope, receive, send)
            return
        await scope["state"]["graphql"](scope, receive, send)


class _GraphQLFirst:
    """Opens *door* before the router looks for it: nearly every request goes there."""

    def __init__(self, app: ASGIApp, *, door: ASGIApp) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_there = scope["type"] == "http" and scope["path"] == GRAPHQL_PATH
        await (self._door if is_there else self._app)(scope, receive, send)


class _GraphQLSocket:
    """The GraphQL endpoint for WebSockets: an object, because Starlette hands a function a session instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["state"]["graphql"](scope, receive, send)
