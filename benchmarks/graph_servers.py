"""Servers that are measured beside ours: `python graph_servers.py NAME PORT`, one worker of uvicorn each.

- `plain`: our schema, its guards and our database, executed and served by Strawberry as it comes.
- `strawberry`: types of the same names in Strawberry, answered from memory, for anybody.
- `ariadne`: our schema in Ariadne, with what our server answered (ANSWERS, a JSON file), from memory, for anybody.
"""

import json
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn

ROOT = Path(__file__).parents[1]
ANSWERS_VARIABLE = "BENCH_ANSWERS"


def plain() -> Any:
    """What one would write with Strawberry's documentation at hand, with the same rights and the same statements.

    It asks who calls as it asks everything else, and takes its connections out of the pool as tortoise comes; our
    server has shorter ways for both.
    """
    import strawberry  # noqa: PLC0415 - the other servers run without it
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415
    from strawberry.asgi import GraphQL  # noqa: PLC0415
    from strawberry.schema.config import StrawberryConfig  # noqa: PLC0415
    from tortoise.backends.asyncpg.client import AsyncpgDBClient  # noqa: PLC0415

    from domain.months import system_clock  # noqa: PLC0415
    from domain.vocabulary import Language  # noqa: PLC0415
    from graph.context import Context  # noqa: PLC0415
    from graph.scalars import SCALARS  # noqa: PLC0415
    from graph.schema import Mutation, Query, Subscription  # noqa: PLC0415
    from persistence import callers  # noqa: PLC0415
    from persistence.database import rows  # noqa: PLC0415
    from persistence.postgresql import PostgresqlClient  # noqa: PLC0415
    from server.demo_issuer import DemoIssuer  # noqa: PLC0415
    from server.offices import open_office  # noqa: PLC0415
    from server.settings_at_start import load_settings  # noqa: PLC0415
    from server.signing_in.bearer import Bearer  # noqa: PLC0415
    from server.signing_in.identity import TokenVerifier  # noqa: PLC0415

    settings = load_settings()
    callers.found_by_key = rows
    PostgresqlClient.acquire_connection = AsyncpgDBClient.acquire_connection
    verifier = TokenVerifier(
        DemoIssuer.open(settings, clock=system_clock),
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        algorithms=settings.oidc_algorithms,
        clock=system_clock,
    )

    class Answers(GraphQL[Any, Any]):
        async def get_context(self, request: Any, response: Any) -> Any:  # noqa: ARG002
            bearer: Bearer = request.state.bearer

            async def again(_context: Context, _fresh: bool) -> Any:  # noqa: FBT001
                return await bearer.require(request)

            return Context(
                office=bearer.office,
                limits=request.state.limits,
                allowances=request.state.allowances,
                patience=request.state.patience,
                language=Language.NL,
                correlation_id="",
                identified=await bearer.require(request),
                identify_again=again,
            )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[Any]:
        async with open_office(settings, clock=system_clock) as office:
            yield {
                "bearer": Bearer(verifier, office, settings.certificate_header),
                "limits": None,
                "allowances": None,
                "patience": None,
            }

    schema = strawberry.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, config=StrawberryConfig(scalar_map=SCALARS)
    )
    return Starlette(lifespan=lifespan, routes=[Route("/graphql", Answers(schema))])


def from_memory() -> Any:
    import graph_in_memory  # noqa: PLC0415
    from strawberry.asgi import GraphQL  # noqa: PLC0415

    return GraphQL[Any, Any](graph_in_memory.SCHEMA)


def ariadne() -> Any:
    import ariadne  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - only where it is measured
    from ariadne.asgi import GraphQL  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    answers: dict[str, Any] = json.loads(Path(os.environ[ANSWERS_VARIABLE]).read_text(encoding="utf-8"))
    query: Any = ariadne.QueryType()
    for name, answer in answers.items():
        query.set_field(name, _answering(answer))
    schema = ariadne.make_executable_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"), query)
    return GraphQL(schema)


def _answering(answer: Any) -> Any:
    async def resolve(*_: Any, **__: Any) -> Any:
        return answer

    return resolve


SERVERS: dict[str, Callable[[], Any]] = {"plain": plain, "strawberry": from_memory, "ariadne": ariadne}


if __name__ == "__main__":
    # With uvicorn's own line in the log for each request, as it comes; ours writes one too.
    uvicorn.run(SERVERS[sys.argv[1]](), host="127.0.0.1", port=int(sys.argv[2]))
