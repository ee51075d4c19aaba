"""What a decision costs in a large world, and what a page of a list costs with all that the caller may do on it.

Goals: a decision with its pair query within three times the bare query at the median; a page of 50 conventions with
`viewerActions` in at most three queries and under 25 ms at p95; what an edit of the policy changes, said in people and
conventions in under 5 s.
"""

import asyncio
import gc
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import httpx2
from instances import ROOT, fresh_database, load_demo_world, scratch_folder
from loading import Filling, fill, one_value
from measuring import Spread, in_rounds, machine, ratio, table, verdict
from peers import casbin_with_g_rules, cedarpy, regorus
from queries import Statement, noted
from starlette.types import Receive, Scope, Send
from uuid_utils.compat import uuid7

from authz.policy_file import read_policy
from domain.caller import Caller
from domain.demo_world import ALFA, Persona, persona_named
from domain.months import system_clock
from domain.vocabulary import Action, Programme
from filing.identification import identify
from filing.office import Office
from filing.policy_weighing import weigh_policy
from filing.subjects import OnConvention
from persistence.database import current_database
from persistence.location import Dialect, SqliteLocation
from persistence.placeholders import numbered
from persistence.standing import Asked, standing_on_conventions
from server.app import create_app
from server.demo_issuer import DemoIssuer
from server.logs import configure_logs
from server.settings import LogLevel, Settings

SECRETARIATS = 1_000
MANDATES_A_CONVENTION = 10
CONVENTIONS_A_PROMOTOR = 5
CASBIN_MANDATES = 100_000
_ROUNDS = 15
_CALLS_A_ROUND = 200
_PAGES = 300
_PAGE = """
query ($after: String) { conventions(first: 50, after: $after) {
  edges { node { number viewerActions } } pageInfo { endCursor hasNextPage }
} }
"""
_EDITS: dict[str, Callable[[bytes], bytes]] = {
    "uploaders no longer modify": lambda policy: policy.replace(
        b"p, uploader, mandated_to_upload, modify, allow\n", b""
    ),
    "promotors no longer submit": lambda policy: policy.replace(b"p, promotor, owner, submit, allow\n", b""),
    "nobody uploads or fills in": lambda policy: policy + b"p, *, *, upload, deny\np, *, *, fill_in, deny\n",
}

Call = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: how long it took, in milliseconds, and how many queries it needed."""

    milliseconds: float
    queries: int
    conventions: int


def measure(dialect: Dialect, *, conventions: int, server_url: str | None) -> None:
    """Print the figures of a world with so many conventions on one engine."""
    with scratch_folder() as folder, fresh_database(dialect, folder, server_url) as database_url:
        mandates = conventions * MANDATES_A_CONVENTION
        print(f"\n## Rights among {conventions:,} conventions and {mandates:,} mandates on {dialect}\n\n{machine()}\n")
        load_demo_world(database_url, folder)
        seconds = fill(database_url, _world(database_url, conventions))
        print(f"Loaded in {seconds:.1f} s.\n")
        asyncio.run(_measure(_settings(database_url, folder)))


def _world(database_url: str, conventions: int) -> Iterator[Filling]:
    """Ten mandates a convention; of each secretariat, Alfa among them, as many. Some have ended, some are revoked."""
    alfa = one_value(database_url, f"SELECT id FROM organisation WHERE enterprise_number = '{ALFA}'")
    granter = one_value(database_url, "SELECT id FROM app_user WHERE subject = 'demo-promotor'")
    now = system_clock()
    secretariats = [str(uuid7()) for _ in range(SECRETARIATS - 1)]
    promotors = [str(uuid7()) for _ in range(conventions // CONVENTIONS_A_PROMOTOR)]
    users = [str(uuid7()) for _ in (*secretariats, *promotors)]
    places = [*((one, "uploader") for one in secretariats), *((one, "promotor") for one in promotors)]
    yield Filling(
        "organisation",
        ("id", "enterprise_number", "name", "kind"),
        [
            (one, _enterprise_number(10_000_000 + ordinal), f"Secretariat {ordinal}", "SECRETARIAT")
            for ordinal, one in enumerate(secretariats)
        ]
        + [
            (one, _enterprise_number(12_000_000 + ordinal), f"Promotor {ordinal}", "PROMOTOR")
            for ordinal, one in enumerate(promotors)
        ],
    )
    yield Filling(
        "app_user",
        ("id", "subject", "name", "created_at"),
        [(one, f"bench-{ordinal}", f"Person {ordinal}", now) for ordinal, one in enumerate(users)],
    )
    yield Filling(
        "role_grant",
        ("id", "user_id", "organisation_id", "role", "valid_from", "granted_by", "granted_at"),
        [
            (str(uuid7()), user, organisation, role, now.date().replace(day=1), granter, now)
            for user, (organisation, role) in zip(users, places, strict=True)
        ],
    )
    ids = [str(uuid7()) for _ in range(conventions)]
    columns = ("id", "number", "programme", "promotor_id", "valid_from_month")
    yield Filling(
        "convention",
        (*columns, "approved_full_time_equivalents_hundredths"),
        (
            (one, f"B{ordinal:07}", Programme.GESCO.value, promotors[ordinal // CONVENTIONS_A_PROMOTOR], "2010-01", 500)
            for ordinal, one in enumerate(ids)
        ),
    )
    holders = [alfa, *secretariats]
    yield Filling(
        "mandate",
        (
            *("id", "convention_id", "secretariat_id", "level", "first_month", "last_month"),
            *("granted_by", "granted_at", "revoked_by", "revoked_at"),
        ),
        (
            (
                str(uuid7()),
                one,
                holders[(ordinal * 7 + place * 101) % SECRETARIATS],
                "SUBMIT" if (ordinal + place) % 3 == 0 else "UPLOAD",
                "2020-01",
                "2025-12" if (ordinal + place) % 11 == 0 else None,
                granter,
                now,
                *((granter, now) if (ordinal + place) % 13 == 0 else (None, None)),
            )
            for ordinal, one in enumerate(ids)
            for place in range(MANDATES_A_CONVENTION)
        ),
    )


def _enterprise_number(first_digits: int) -> str:
    return f"{first_digits:08}{97 - first_digits % 97:02}"


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
    app = create_app(settings)
    async with app.router.lifespan_context(app) as state:
        services: dict[str, Any] = dict(state or {})

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(services)}, receive, send)

        office: Office = services["office"]
        persona = persona_named("uploader")
        if persona is None:
            raise SystemExit("the demo world has no uploader")
        async with AsyncExitStack() as stack:
            await _print_decisions(office, persona, stack)
        # What casbin held is gone; its hundred thousand objects must not slow down what comes next.
        gc.collect()
        token = DemoIssuer.open(settings, clock=system_clock).token_for(persona)
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=with_state),
            base_url="http://mandaat.bench",
            headers={"Authorization": f"Bearer {token}"},
        ) as http:
            await _print_pages(http)
        await _print_effect(office, settings.policy_path.read_bytes())


async def _print_decisions(office: Office, persona: Persona, stack: AsyncExitStack) -> None:
    identified = await identify(
        office, subject=persona.subject, name=persona.display_name, enterprise_number=str(persona.organisation)
    )
    caller = identified.caller
    subjects = await _some_conventions(caller)
    statements = await _pair_queries(caller, subjects)
    calls: dict[str, Call] = {
        "bare query, by the driver": await _bare_query(statements, stack),
        "decision with its pair query": lambda each: office.gate.permits(caller, Action.UPLOAD, subjects[each]),
    }
    standing = await standing_on_conventions(
        caller.user_id, caller.organisation_id, [Asked(one.convention_id) for one in subjects], office.clock()
    )
    calls["decision, pairs in hand"] = _at_once(
        lambda each: identified.table.permits(standing.pairs[each % len(subjects)], Action.UPLOAD)
    )
    if isinstance(current_database().location, SqliteLocation):
        calls["bare query, sqlite3 without event loop"] = _sqlite_alone(statements, stack)
    begun = time.perf_counter()
    rules = read_policy((ROOT / "policy.csv").read_bytes())
    casbin = casbin_with_g_rules(rules.actions, mandates=CASBIN_MANDATES)
    print(f"casbin loaded {CASBIN_MANDATES:,} mandates as g-rules in {time.perf_counter() - begun:.1f} s.")
    calls["casbin enforce, g-rules"] = _at_once(casbin)
    for name, ask in (("cedarpy", cedarpy()), ("regorus", regorus())):
        if ask is None:
            print(f"{name} is not here; make bench installs it, from benchmarks/requirements.txt.")
        elif not ask(0):
            raise SystemExit(f"{name} does not answer as it should")
        else:
            calls[f"{name}, facts with the question"] = _at_once(ask)
    measures = {name: _median_of(call, len(subjects)) for name, call in calls.items()}
    found = await in_rounds(measures, rounds=_ROUNDS)
    bare = found["bare query, by the driver"]
    print()
    print(
        table(
            ("one decision", "p50 µs", "lowest round µs", "× bare query"),
            [
                (name, f"{statistics.median(each):.1f}", f"{min(each):.1f}", f"{ratio(each, bare):.2f}")
                for name, each in found.items()
            ],
        )
    )
    times = ratio(found["decision with its pair query"], bare)
    print(f"\nGoal: a decision within 3 × its bare query: {times:.2f} ×, {verdict(times, 3)}.\n")


async def _some_conventions(caller: Caller) -> list[OnConvention]:
    """Spread over the world; the caller's organisation has a mandate on every second."""
    opened = current_database()
    client: Any = opened.client
    held = await client.execute_query_dict(
        f"SELECT convention_id AS id FROM mandate WHERE secretariat_id = '{caller.organisation_id}' LIMIT 500"
    )
    others = await client.execute_query_dict("SELECT id FROM convention ORDER BY number LIMIT 500")
    return [OnConvention(one["id"]) for pair in zip(held, others, strict=False) for one in pair]


async def _pair_queries(caller: Caller, subjects: Sequence[OnConvention]) -> list[Statement]:
    """The statement of each decision, as the driver gets it."""
    with noted(current_database()) as statements:
        for one in subjects:
            await standing_on_conventions(
                caller.user_id, caller.organisation_id, [Asked(one.convention_id)], system_clock()
            )
    return statements


async def _bare_query(statements: Sequence[Statement], stack: AsyncExitStack) -> Call:
    """The same statements on a connection of their own: what no decision in an event loop can be quicker than."""
    location = current_database().location
    if isinstance(location, SqliteLocation):
        connection = await stack.enter_async_context(aiosqlite.connect(location.path, isolation_level=None))

        async def on_sqlite(each: int) -> object:
            return await connection.execute_fetchall(*statements[each])

        return on_sqlite
    server: Any = await asyncpg.connect(
        host=location.host, port=location.port, user=location.user, password=location.password, database=location.name
    )

    stack.push_async_callback(server.close)

    async def on_postgresql(each: int) -> object:
        sql, values = statements[each]
        return await server.fetch(numbered(sql), *values)

    return on_postgresql


def _sqlite_alone(statements: Sequence[Statement], stack: AsyncExitStack) -> Call:
    location = current_database().location
    if not isinstance(location, SqliteLocation):
        raise TypeError("not on SQLite")
    connection = stack.enter_context(closing(sqlite3.connect(location.path, isolation_level=None)))
    return _at_once(lambda each: connection.execute(*statements[each]).fetchall())


def _at_once(call: Callable[[int], object]) -> Call:
    async def answer(each: int) -> object:
        return call(each)

    return answer


def _median_of(call: Call, subjects: int) -> Callable[[], Awaitable[float]]:
    """The median of so many calls, in microseconds; each round goes on where the last one ended."""
    place = 0

    async def run() -> float:
        nonlocal place
        seconds: list[float] = []
        for _ in range(_CALLS_A_ROUND):
            begun = time.perf_counter()
            await call(place % subjects)
            seconds.append(time.perf_counter() - begun)
            place += 1
        return statistics.median(seconds) * 1e6

    return run


async def _print_pages(http: httpx2.AsyncClient) -> None:
    pages: list[Page] = []
    after: str | None = None
    used = time.process_time()
    while len(pages) < _PAGES:
        with noted(current_database()) as statements:
            begun = time.perf_counter()
            response = await http.post("/graphql", json={"query": _PAGE, "variables": {"after": after}})
            milliseconds = (time.perf_counter() - begun) * 1000
        body = response.json()
        if "errors" in body:
            raise SystemExit(str(body["errors"]))
        found = body["data"]["conventions"]
        pages.append(Page(milliseconds, len(statements), len(found["edges"])))
        after = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None
    cpu_milliseconds = (time.process_time() - used) * 1000 / len(pages)
    full = [page for page in pages[5:] if page.conventions == 50]
    spread = Spread.of(page.milliseconds for page in full)
    queries = max(page.queries for page in full)
    print(
        table(
            (
                "50 conventions with viewerActions",
                "pages",
                "p50 ms",
                "p95 ms",
                "p99 ms",
                "our CPU ms a page",
                "queries",
            ),
            [
                (
                    *("over ASGI", spread.count, f"{spread.p50:.1f}", f"{spread.p95:.1f}", f"{spread.p99:.1f}"),
                    *(f"{cpu_milliseconds:.1f}", queries),
                )
            ],
        )
    )
    print(f"\nGoals: under 25 ms at p95, {verdict(spread.p95, 25)}; at most three queries, {verdict(queries, 4)}.\n")


async def _print_effect(office: Office, policy: bytes) -> None:
    told: list[tuple[str, ...]] = []
    for name, edit in _EDITS.items():
        edited = edit(policy)
        if edited == policy:
            raise SystemExit(f"{name}: the line that this takes away is not in policy.csv")
        begun, used = time.perf_counter(), time.process_time()
        # Without the tests beside the policy, which these edits break.
        weighed = await weigh_policy(edited, office.policy, office.clock, tests="")
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - used
        if weighed.table is None:
            raise SystemExit(f"{name}: the policy is refused")
        people = sum(one.users for one in weighed.effects)
        conventions = max((one.conventions for one in weighed.effects), default=0)
        counts = (name, f"{people:,}", f"{conventions:,}")
        told.append((*counts, f"{seconds:.2f}", f"{cpu_seconds:.2f}", verdict(seconds, 5)))
    head = ("an edit of policy.csv", "people × actions", "conventions", "s", "our CPU s", "under 5 s")
    print(table(head, told))
    print()
