"""Numbers for the operator, in the Prometheus text format, with few labels and nothing personal in any."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path
from typing_extensions import override

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_BUCKETS = (*map(str, _SECONDS), "+Inf")
"""Each up to and with its bound."""


@dataclass(slots=True)
class _Durations:
    seconds: float = 0.0
    in_buckets: list[int] = field(default_factory=lambda: [0] * len(_BUCKETS))


class RequestMetrics(Collector):
    """Requests by method, path and status, where the path is one of *paths*: route paths, as `/files/{id}`.

    Others, which callers make up, count as `other`, so that nobody can fill the memory with labels. They are counted
    in the thread of the event loop alone, which needs none of the locks of prometheus_client's own counters.
    """

    def __init__(self, registry: CollectorRegistry, *, paths: Collection[str]) -> None:
        self._plain_paths = frozenset(path for path in paths if "{" not in path)
        self._paths = [(compile_path(path)[0], path) for path in paths if "{" in path]
        self._answered: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._durations: defaultdict[tuple[str, str], _Durations] = defaultdict(_Durations)
        registry.register(self)

    def observe(self, *, method: str, path: str, status: int, seconds: float) -> None:
        method = method if method in _METHODS else "other"
        if path in self._plain_paths:
            route = path
        else:
            route = next((route for pattern, route in self._paths if pattern.match(path)), "other")
        self._answered[method, route, status] += 1
        durations = self._durations[method, route]
        durations.seconds += seconds
        durations.in_buckets[bisect_left(_SECONDS, seconds)] += 1

    @override
    def collect(self) -> Iterable[Metric]:
        answered = CounterMetricFamily("mandaat_requests", "Requests answered.", labels=("method", "path", "status"))
        for (method, route, status), count in self._answered.items():
            answered.add_metric((method, route, str(status)), count)
        yield answered
        took = HistogramMetricFamily(
            "mandaat_request_seconds", "Time from the first byte in to the last byte out.", labels=("method", "path")
        )
        for labels, durations in self._durations.items():
            up_to = zip(_BUCKETS, accumulate(durations.in_buckets), strict=True)
            took.add_metric(labels, list(up_to), durations.seconds)
        yield took


def metrics_route(registry: CollectorRegistry) -> Route:
    """`GET /metrics`: everything in *registry*."""

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics, methods=["GET"])
