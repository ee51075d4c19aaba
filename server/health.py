"""Whether this process lives, and whether it can serve: two questions that an orchestrator must not mix up.

Alive means that the event loop turns; a database that is down never makes it restart us. Ready means that every check
of what each request needs passes and no stop is under way. What only some need is named beside it: an identity
provider that is down takes no process out of rotation, because all would go at once, and those who are known go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[object]]
"""Something that serving needs; it raises when that is not there."""

_log = structlog.get_logger(__name__)


class Readiness:
    """The checks of `/readyz`, and whether this process is stopping.

    On SIGTERM call `stop` first: new requests go elsewhere while running ones end.
    """

    def __init__(self, checks: Mapping[str, Check], *, timeout_seconds: float) -> None:
        self._checks = dict(checks)
        self._told: set[str] = set()
        self._timeout_seconds = timeout_seconds
        self._is_stopping = False

    def tell(self, name: str, check: Check) -> None:
        """Name what serving goes on without when *check* fails."""
        self._checks[name] = check
        self._told.add(name)

    def stop(self) -> None:
        self._is_stopping = True

    def status(self, results: Mapping[str, str]) -> str:
        """What *results* come to: `ready`, `not ready`, or `degraded` when only what is told of failed."""
        failed = {name for name, result in results.items() if result != "ok"}
        if not failed:
            return "ready"
        return "degraded" if failed <= self._told else "not ready"

    async def results(self) -> dict[str, str]:
        """By check: `ok`, `failed` or `timeout`, all run at the same time; why it failed stands in the log only."""
        names = list(self._checks)
        outcomes = await asyncio.gather(*(self._run(name) for name in names))
        found = dict(zip(names, outcomes, strict=True))
        return found | ({"stopping": "failed"} if self._is_stopping else {})

    async def _run(self, name: str) -> str:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._checks[name]()
        except TimeoutError:
            _log.warning("not_ready", check=name, outcome="timeout")
            return "timeout"
        except Exception as error:  # noqa: BLE001 - whatever a check raises means not ready, and nothing else
            _log.warning("not_ready", check=name, outcome="failed", error=f"{type(error).__name__}: {error}")
            return "failed"
        return "ok"


def health_routes(readiness: Readiness) -> list[Route]:
    """`GET /healthz` and `GET /readyz`, open to anyone: they say which part is not well, never why."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        results = await readiness.results()
        status = readiness.status(results)
        return JSONResponse({"status": status, "checks": results}, status_code=503 if status == "not ready" else 200)

    return [Route("/healthz", healthz, methods=["GET"]), Route("/readyz", readyz, methods=["GET"])]
