"""A started server process, as an operator starts it: the command line, a port, a database, and real HTTP."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from persistence.location import Dialect, read_location

ROOT = Path(__file__).parents[1]
_START_SECONDS = 120.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class StartedServer:
    """A server that answers, and what it was started with."""

    url: str
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes]
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    def command(self, *arguments: str) -> str:
        """The output of a `mandaat` command under the same settings; fails the test when the command does."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def kill(self) -> None:
        """SIGKILL, as a machine that runs out of memory does; its worker has to notice by itself."""
        self.process.kill()
        self.process.wait()

    def token(self, persona: str) -> str:
        """What `mandaat token` prints; asked once a persona, because a command takes a second."""
        if persona not in self.tokens:
            self.tokens[persona] = self.command("token", persona)
        return self.tokens[persona]


@asynccontextmanager
async def started_server(
    database_url: str,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    *,
    serving: Mapping[str, str] | None = None,
) -> AsyncGenerator[StartedServer]:
    """`mandaat demo`, then `mandaat serve`, in *folder*; on PostgreSQL with a `mandaat worker` beside it.

    *settings* are variables beside those of the test, *serving* those of the web process alone.
    """
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MANDAAT_")},
        "MANDAAT_DATABASE_URL": database_url,
        "MANDAAT_PORT": str(port),
        "MANDAAT_POLICY_PATH": str(ROOT / "policy.csv"),
        "MANDAAT_CASBIN_MODEL_PATH": str(ROOT / "casbin_model.conf"),
        **(settings or {}),
    }
    async with AsyncExitStack() as stack:
        prepared = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "demo", env=environment, cwd=folder, stdout=subprocess.DEVNULL
        )
        assert await prepared.wait() == 0
        process = _start(stack, "serve", {**environment, **(serving or {})}, folder)
        if read_location(database_url).dialect is Dialect.POSTGRESQL:
            _start(stack, "worker", environment, folder)
        url = f"http://127.0.0.1:{port}"
        await _until_ready(url, process, folder)
        yield StartedServer(url, environment, folder, process)


@asynccontextmanager
async def another_beside(first: StartedServer) -> AsyncGenerator[StartedServer]:
    """One more `mandaat serve` on the same database, files and policy; it logs to `another.log`."""
    port = _free_port()
    environment = {**first.environment, "MANDAAT_PORT": str(port)}
    async with AsyncExitStack() as stack:
        process = _start(stack, "serve", environment, first.folder, log_name="another")
        url = f"http://127.0.0.1:{port}"
        await _until_ready(url, process, first.folder)
        yield StartedServer(url, environment, first.folder, process, first.tokens)


def _start(
    stack: AsyncExitStack, command: str, environment: dict[str, str], folder: Path, *, log_name: str | None = None
) -> subprocess.Popen[bytes]:
    log = stack.enter_context((folder / f"{log_name or command}.log").open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", "server", command], env=environment, cwd=folder, stdout=log, stderr=log
    )
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; fails the test when it does not end in an orderly way."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert code == 0, f"ended with {code}"


async def _until_ready(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    async with httpx2.AsyncClient(timeout=60) as http:
        while time.monotonic() < deadline:
            assert process.poll() is None, (folder / "serve.log").read_text()
            try:
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError((folder / "serve.log").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
