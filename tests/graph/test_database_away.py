"""A database that goes away and comes back (fault F-06): who asks is told to try again, and nobody starts anything."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from api import Answer, Api
from sockets import connected
from structlog.testing import capture_logs

from domain.demo_world import DE_BRUG
from filing.identification import identify
from persistence.database import rows
from persistence.location import PostgresqlLocation, read_location
from server.settings import Settings

pytestmark = pytest.mark.only_on("postgresql", because="SQLite is a file beside the server")

VIEWER = "{ viewer { user { name } } }"
CONVENTIONS = "{ conventions { edges { node { number } } } }"
NOBODY = "{ viewer { user { id } } }"
GRANT = """mutation ($input: RoleGrantInput!) { roleGrant(input: $input) { __typename } }"""
_PATIENCE_SECONDS = 30


class Road:
    """The way from the application to the database, as a socket that can be taken away."""

    def __init__(self, database: PostgresqlLocation, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._open: set[asyncio.StreamWriter] = set()
        self._carried: set[asyncio.Task[Any]] = set()
        self._lets_through = asyncio.Event()
        self._lets_through.set()
        self._silent: list[asyncio.Event] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._carry, self._folder / ".s.PGSQL.5432")

    async def close(self) -> None:
        """Whoever is on it is cut off, and nobody else comes through."""
        if self._server is not None:
            self._server.close()
            (self._folder / ".s.PGSQL.5432").unlink(missing_ok=True)
        for writer in self._open:
            writer.transport.abort()
        # What was cut off learns it in the next turns of the event loop.
        await asyncio.sleep(0.05)

    def fall_silent(self) -> None:
        """Whoever is on it stays there, and nothing comes through: nobody is told that the other end has gone."""
        self._lets_through.clear()
        self._silent.append(self._lets_through)

    async def come_back_elsewhere(self) -> None:
        """What was silent stays silent; who connects anew comes through."""
        self._lets_through = asyncio.Event()
        self._lets_through.set()

    async def end(self) -> None:
        """Leave nothing behind."""
        await self.close()
        for silence in self._silent:
            silence.set()
        if self._carried:
            await asyncio.wait(self._carried)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, lets_through = self._database, self._lets_through
        task = asyncio.current_task()
        assert task is not None
        self._carried.add(task)
        self._open.add(writer)
        await lets_through.wait()
        if there.host.startswith("/"):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{there.host}/.s.PGSQL.{there.port}")
        else:
            far_reader, far_writer = await asyncio.open_connection(there.host, there.port)
        self._open.add(far_writer)
        await asyncio.gather(_pass_on(reader, far_writer, lets_through), _pass_on(far_reader, writer, lets_through))
        self._open -= {writer, far_writer}
        self._carried.discard(task)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lets_through: asyncio.Event) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            await lets_through.wait()
            writer.write(data)
    writer.close()


@pytest.fixture
async def road(database_url: str) -> AsyncGenerator[Road]:
    location = read_location(database_url)
    assert isinstance(location, PostgresqlLocation)
    # The name of a socket has room for a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="mrd-", dir="/tmp"))
    road = Road(location, folder)
    await road.open()
    yield road
    await road.end()
    shutil.rmtree(folder)


@pytest.fixture
def settings(settings: Settings, road: Road) -> Settings:
    parts = urlsplit(settings.database_url)
    return settings.model_copy(update={"database_url": urlunsplit(parts._replace(query=f"host={road._folder}"))})


async def ask(api: Api, query: str, variables: Mapping[str, Any] | None = None, *, persona: str = "promotor") -> Answer:
    return (await ask_at_once(1, api, query, variables, persona=persona))[0]


async def ask_at_once(
    times: int, api: Api, query: str, variables: Mapping[str, Any] | None = None, *, persona: str = "promotor"
) -> list[Answer]:
    """What each of so many requests is answered; none of them is a failure in the log."""
    client = api.as_(persona)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        with capture_logs() as logged:
            answers = await asyncio.gather(*(client.execute(query, variables) for _ in range(times)))
    assert [line for line in logged if "exc_info" in line] == []
    return answers


async def status(api: Api, path: str) -> int:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        with capture_logs():
            return (await api.http.get(path)).status_code


async def test_f_06_while_the_database_is_away_requests_are_told_to_come_back_and_then_it_goes_on(
    api: Api, road: Road
) -> None:
    user_id = (await ask(api, NOBODY, persona="nobody")).data["viewer"]["user"]["id"]
    grant = {"input": {"userId": user_id, "organisation": DE_BRUG, "role": "PROMOTOR"}}
    before = (await ask(api, VIEWER)).data
    granted = await rows("SELECT * FROM role_grant ORDER BY id")
    await road.close()

    read, written = await ask(api, VIEWER), await ask(api, GRANT, grant, persona="lokale-beheerder")
    health = await status(api, "/healthz"), await status(api, "/readyz")
    await road.open()

    for answer in (read, written):
        assert (answer.status, answer.error_codes) == (503, ["TEMPORARILY_UNAVAILABLE"])
        assert answer.headers["retry-after"] == "2"
    assert health == (200, 503)
    assert (await ask(api, VIEWER)).data == before
    assert await rows("SELECT * FROM role_grant ORDER BY id") == granted
    assert (await ask(api, GRANT, grant, persona="lokale-beheerder")).data["roleGrant"]["__typename"] == "RoleGranted"
    assert await status(api, "/readyz") == 200


async def test_f_06_a_database_that_goes_away_in_the_middle_is_no_failure_of_ours(
    api: Api, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def and_then_it_is_gone(*arguments: Any, **named: Any) -> Any:
        found = await identify(*arguments, **named)
        await road.close()
        return found

    with monkeypatch.context() as patched:
        patched.setattr("server.signing_in.bearer.identify", and_then_it_is_gone)
        answer = await ask(api, CONVENTIONS)
    await road.open()

    assert (answer.status, answer.error_codes) == (200, ["TEMPORARILY_UNAVAILABLE"])
    assert answer.body["data"] is None
    assert (await ask(api, CONVENTIONS)).data["conventions"]["edges"]


async def test_f_06_a_web_socket_is_closed_with_the_word_to_come_back(api: Api, road: Road) -> None:
    token = api.token("promotor")
    await road.close()

    async with connected(api) as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        with capture_logs():
            socket.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
            assert await socket.closed() == 1013
    await road.open()

    async with connected(api) as socket:
        assert (await socket.event())["type"] == "websocket.accept"
        await socket.initialise(token)


async def test_f_06_a_database_that_falls_silent_costs_seconds_and_its_connections(
    api: Api, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("persistence.finding_together._PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr("persistence.postgresql._RETURN_PATIENCE_SECONDS", 0.1)
    before = (await ask(api, VIEWER)).data
    road.fall_silent()

    answers = await ask_at_once(40, api, VIEWER)
    await road.come_back_elsewhere()

    assert {(answer.status, *answer.error_codes) for answer in answers} == {(503, "TEMPORARILY_UNAVAILABLE")}
    assert (await ask(api, VIEWER)).data == before
