"""The numbers of requests, beside those of prometheus_client's own counter and histogram."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from server.metrics import RequestMetrics

PATHS = ["/graphql", "/files/{id}"]
ASKED = [
    ("POST", "/graphql", 200, 0.0004),
    ("POST", "/graphql", 200, 0.005),
    ("POST", "/graphql", 400, 0.00501),
    ("GET", "/files/17", 200, 2.5),
    ("GET", "/files/18", 404, 30.0),
    ("GET", "/files/18", 404, 1000.0),
    ("BREW", "/pot", 404, 0.1),
]


def told(registry: CollectorRegistry) -> list[str]:
    """What Prometheus reads, but for when counting began."""
    lines = generate_latest(registry).decode().splitlines()
    return sorted(line for line in lines if "_created" not in line)


def test_requests_are_told_as_prometheus_itself_would() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    metrics = RequestMetrics(ours, paths=PATHS)
    count = Counter("mandaat_requests", "Requests answered.", ("method", "path", "status"), registry=theirs)
    took = Histogram(
        "mandaat_request_seconds",
        "Time from the first byte in to the last byte out.",
        ("method", "path"),
        registry=theirs,
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    )

    for method, path, status, seconds in ASKED:
        metrics.observe(method=method, path=path, status=status, seconds=seconds)
        labels = ("other" if method == "BREW" else method, {"/graphql": path, "/pot": "other"}.get(path, "/files/{id}"))
        count.labels(*labels, str(status)).inc()
        took.labels(*labels).observe(seconds)

    assert told(ours) == told(theirs)


def test_before_the_first_request_the_names_are_there() -> None:
    registry = CollectorRegistry()
    RequestMetrics(registry, paths=PATHS)

    assert "# TYPE mandaat_requests_total counter" in told(registry)
    assert "# TYPE mandaat_request_seconds histogram" in told(registry)
