"""Running the web process: everything checked before it listens, ready told apart from alive, an orderly stop.

On the embedded database it brings its own worker along, in a process of its own: checking is CPU work and never runs
beside requests. That worker ends with this process, however this process ends.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.loops.auto import auto_loop_factory

from persistence.location import Dialect, read_location
from server.app import create_app
from server.logs import configure_logs
from server.offices import refuse_unready
from server.one_write import OneWriteProtocol
from server.settings import Settings
from server.settings_at_start import load_settings

log = structlog.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 30.0
_NEW_OBJECTS = 5000
"""So many come before the collector looks for circles among them; Python's own 700 cost a tenth of each answer."""


def serve() -> None:
    """Serve GraphQL and the pages beside it; on the embedded database with a worker of its own."""
    # On uvloop where there is one, as uvicorn itself would: Python's own loop takes longer for whatever it does.
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve())


async def _serve() -> None:
    settings = load_settings()
    configure_logs(settings.log_level)
    await refuse_unready(settings)
    app = create_app(settings)
    server = _Server(app, settings)
    async with contextlib.AsyncExitStack() as stack:
        if read_location(settings.database_url).dialect is Dialect.SQLITE:
            worker = asyncio.create_task(_keep_worker(server))
            stack.push_async_callback(_ended, worker)
        await server.serve()


class _Server(uvicorn.Server):
    """Says that it is not ready any more from the very signal on, so that new requests go elsewhere."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                http=OneWriteProtocol,
                access_log=False,
                server_header=False,
                # Otherwise `X-Forwarded-For` could make a request look as if it came from a trusted proxy.
                proxy_headers=False,
                # A message is refused while it comes in, as a body is over HTTP.
                ws_max_size=settings.request_limit_bytes,
                timeout_graceful_shutdown=settings.graceful_stop_seconds,
            )
        )
        self._readiness = app.state.readiness
        self._streams = app.state.streams
        self.is_stopping = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop in order at the first signal, at once at a second Ctrl-C.

        Uvicorn's own would raise the signal again in the end, and an orderly stop would look like a killed process.
        """
        self._readiness.stop()
        self.is_stopping.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Schema and modules stay for good: the collector would walk past them again and again, for a fifth of the
        # time that a small request takes. And a page of lines is a thousand objects that all go with its answer.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say goodbye on connections that stay open, before they are ended with the others."""
        await self._streams.stop()
        await super().shutdown(sockets)


async def _keep_worker(server: _Server) -> None:
    """Run the embedded worker, and start another when it ends by itself, after a pause that grows."""
    pause = 0.5
    while not server.is_stopping.is_set():
        # Its standard input is a pipe of ours: when this process is gone, the pipe closes and the worker ends too.
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server",
            "worker",
            "--embedded",
            stdin=asyncio.subprocess.PIPE,
            # Each thread that talks to SQLite would get a heap of its own that never shrinks: a tenth of the worker.
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        )
        ended = asyncio.create_task(worker.wait())
        stopping = asyncio.create_task(server.is_stopping.wait())
        try:
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if worker.returncode is None:
                worker.terminate()
            code = await ended
        if not server.is_stopping.is_set():
            log.error("worker_ended", exit_code=code)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
