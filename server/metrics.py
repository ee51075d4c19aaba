"""Numbers for the operator, in the Prometheus text format, with few labels and nothing personal in any."""

from collections.abc import Collection
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class RequestMetrics:
    """Requests by method, path and status, where the path is one of *paths*: route paths, as `/files/{id}`.

    Others, which callers make up, count as `other`, so that nobody can fill the memory with labels.
    """

    def __init__(self, registry: CollectorRegistry, *, paths: Collection[str]) -> None:
        self._plain_paths = frozenset(path for path in paths if "{" not in path)
        self._paths = [(compile_path(path)[0], path) for path in paths if "{" in path]
        labels = ("method", "path", "status")
        self._requests = Counter("mandaat_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "mandaat_request_seconds",
            "Time from the first byte in to the last byte out.",
            ("method", "path"),
            registry=registry,
            buckets=_SECONDS,
        )

    def observe(self, *, method: str, path: str, status: int, seconds: float) -> None:
        method = method if method in _METHODS else "other"
        if path in self._plain_paths:
            route = path
        else:
            route = next((route for pattern, route in self._paths if pattern.match(path)), "other")
        count, duration = self._kept(method, route, status)
        count.inc()
        duration.observe(seconds)

    @cache  # noqa: B019 - as many as there are labels, for the life of the process
    def _kept(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)


def metrics_route(registry: CollectorRegistry) -> Route:
    """`GET /metrics`: everything in *registry*."""

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics, methods=["GET"])
