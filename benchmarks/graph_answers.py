"""What an answer costs beside a plain Strawberry server of the same types and data.

The small query goes through the whole application over ASGI: token, identification, rights and limits included, which
the plain server does not have. The page of lines is executed and encoded with the database left out, on both sides the
same objects behind the same types; what remains is parsing, validating, executing and encoding, without limits and
rights.
Processor time of the process, threads of the database included: a busy machine stretches the clock.
Goals: the small query 6 times as fast, the page 5 times (aim: 12).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import strawberry
from instances import ROOT, fresh_database, load_demo_world, scratch_folder
from measuring import in_rounds, machine, ratio, table
from starlette.types import ASGIApp, Message
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from domain.demo_world import persona_named
from domain.identifiers import EnterpriseNumber
from domain.months import Month, system_clock
from domain.vocabulary import OrganisationKind, Programme
from graph.connections import Edge, PageInfo
from graph.organisations import Organisation
from graph.performance_files import Totals
from graph.performance_lines import PerformanceLine
from graph.scalars import SCALARS
from persistence.location import Dialect
from server.app import create_app
from server.demo_issuer import DemoIssuer
from server.logs import configure_logs
from server.settings import LogLevel, Settings

LINES = 200
_ROUNDS = 15
_CALLS_A_ROUND = 20
_SMALL = "{ viewer { user { name } } }"
_PAGE = """
{ performanceFiles { edges { cursor node {
  id month version
  convention { id number programme }
  promotor { id name enterpriseNumber kind }
  totals { employees lines hours days fullTimeEquivalents }
  lines { edges { cursor node {
    number employee employer employmentNumber begin end weeklyHours fullTimeHours code days hours from until
  } } pageInfo { hasNextPage endCursor } }
} } pageInfo { hasNextPage endCursor } } }
"""


@strawberry.type
class User:
    name: str


@strawberry.type
class Viewer:
    user: User


@strawberry.type
class Convention:
    id: strawberry.ID
    number: str
    programme: Programme


@strawberry.type
class Lines:
    edges: list[Edge[PerformanceLine]]
    page_info: PageInfo


@strawberry.type
class File:
    id: strawberry.ID
    month: Month
    version: int
    totals: Totals

    @strawberry.field
    async def convention(self) -> Convention:
        return _CONVENTION

    @strawberry.field
    async def promotor(self) -> Organisation:
        return _PROMOTOR

    @strawberry.field
    async def lines(self) -> Lines:
        return _LINES


@strawberry.type
class Files:
    edges: list[Edge[File]]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    async def viewer(self) -> Viewer:
        return Viewer(user=User(name="Pol Promotor"))

    @strawberry.field
    async def performance_files(self) -> Files:
        return Files(edges=[Edge(cursor="f", node=_FILE)], page_info=_PAGE_INFO)


_PAGE_INFO = PageInfo(has_next_page=False, has_previous_page=False, start_cursor="a", end_cursor="z")
_CONVENTION = Convention(id=strawberry.ID("Q29u"), number="104233", programme=next(iter(Programme)))
_PROMOTOR = Organisation(
    id=strawberry.ID("T3Jn"),
    name="Voorbeeld vzw",
    enterprise_number=EnterpriseNumber("0000000097"),
    kind=OrganisationKind.PROMOTOR,
)
_LINES = Lines(
    edges=[
        Edge(
            cursor=f"c{number}",
            node=PerformanceLine(
                number=number,
                employee=f"{number:011}",
                employer=None,
                employment_number=1,
                begin=date(2026, 1, 1),
                end=None,
                weekly_hours=Decimal("38.00"),
                full_time_hours=Decimal("38.00"),
                code="1",
                days=Decimal("20.0"),
                hours=Decimal("152.00"),
                from_=None,
                until=None,
            ),
        )
        for number in range(1, LINES + 1)
    ],
    page_info=_PAGE_INFO,
)
_FILE = File(
    id=strawberry.ID("UGVy"),
    month=Month.parse("2026-10"),
    version=1,
    totals=Totals(
        employees=LINES,
        lines=LINES,
        hours=Decimal("30400.00"),
        days=Decimal("4000.0"),
        full_time_equivalents=Decimal("200.0000"),
    ),
)


def measure(dialect: Dialect, *, server_url: str | None) -> None:
    """Print the figures on one engine."""
    with scratch_folder() as folder, fresh_database(dialect, folder, server_url) as database_url:
        load_demo_world(database_url, folder)
        print(f"\n## Answers beside plain Strawberry on {dialect}\n\n{machine()}\n")
        asyncio.run(_measure(_settings(database_url, folder)))


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings(
        database_url=database_url,
        file_store_url=f"file://{folder / 'files'}",
        policy_path=ROOT / "policy.csv",
        casbin_model_path=ROOT / "casbin_model.conf",
        receipt_key_path=folder / "receipt.pem",
        demo_issuer_key_path=folder / "issuer.pem",
    )


async def _measure(settings: Settings) -> None:
    configure_logs(LogLevel.ERROR)
    config = StrawberryConfig(scalar_map=SCALARS)
    plain = strawberry.Schema(query=Query, config=config)
    fast = strawberry.Schema(
        query=Query,
        config=config,
        extensions=[ParserCache, ValidationCache],
    )
    persona = persona_named("promotor")
    if persona is None:
        raise SystemExit("the demo world has no promotor")
    async with AsyncExitStack() as stack:
        app = create_app(settings)
        state = await stack.enter_async_context(app.router.lifespan_context(app))
        token = DemoIssuer.open(settings, clock=system_clock).token_for(persona)
        small_answers = {
            "plain": _asking(GraphQL(plain), _SMALL, {}),
            "ours": _asking(app, _SMALL, dict(state or {}), token=token),
        }
        executed, page = (
            {"plain": _running(plain, query, json.dumps), "ours": _running(fast, query, orjson.dumps)}
            for query in (_SMALL, _PAGE)
        )
        rows: list[tuple[str, str, str, str]] = []
        for name, answers in (
            ("small query, whole application", small_answers),
            ("small query, executed", executed),
            (f"page of {LINES} lines, executed", page),
        ):
            found = await in_rounds({key: _timed(call) for key, call in answers.items()}, rounds=_ROUNDS)
            milliseconds = {key: sorted(each)[len(each) // 2] for key, each in found.items()}
            times = ratio(found["plain"], found["ours"])
            rows.append((name, f"{milliseconds['plain']:.2f} ms", f"{milliseconds['ours']:.2f} ms", f"{times:.1f} x"))
        print(table(("answer", "plain Strawberry", "ours", "faster"), rows))


def _timed(call: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[float]]:
    async def timed() -> float:
        begun = time.process_time()
        for _ in range(_CALLS_A_ROUND):
            await call()
        return (time.process_time() - begun) * 1000 / _CALLS_A_ROUND

    return timed


def _running(
    schema: strawberry.Schema, query: str, encode: Callable[[Any], str | bytes]
) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        result: Any = await schema.execute(query)
        if result.errors:
            raise SystemExit(f"not answered: {result.errors}")
        encode({"data": result.data})

    return run


def _asking(
    app: ASGIApp, query: str, state: Mapping[str, Any], *, token: str | None = None
) -> Callable[[], Awaitable[None]]:
    """Asks over ASGI without a client in between, whose own time would count on both sides."""
    body = json.dumps({"query": query}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))

    async def ask() -> None:
        answered: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            answered.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": b"",
            "headers": [*headers, (b"host", b"localhost")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": dict(state),
        }
        await app(scope, receive, send)
        if b'"errors"' in answered[1]["body"] or answered[0]["status"] != 200:
            raise SystemExit(f"not answered: {answered}")

    return ask
