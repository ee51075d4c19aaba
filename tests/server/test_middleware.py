"""What happens around every request: correlation id, log line, headers, limits."""

import logging
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from structlog.testing import capture_logs

from server.log_context import bound
from server.metrics import RequestMetrics, metrics_route
from server.middleware import CORRELATION_HEADER, middleware_around
from server.settings import Environment, Settings


async def echo(request: Request) -> Response:
    """Answers what a request handler sees of the correlation id, after the body has been read."""
    body = await request.body()
    in_logs = bound().get("correlation_id")
    return JSONResponse({"state": request.state.correlation_id, "logs": in_logs, "body_bytes": len(body)})


async def own_headers(_request: Request) -> Response:
    return Response("x", headers={"Cache-Control": "public", "Content-Security-Policy": "default-src 'self'"})


async def broken(_request: Request) -> Response:
    raise RuntimeError("85073003328")


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.state.correlation_id)
    await websocket.close()


def client(registry: CollectorRegistry | None = None, **changes: Any) -> TestClient:
    registry = registry or CollectorRegistry()
    settings = Settings(**changes)
    routes = [
        Route("/echo", echo, methods=["GET", "POST"], max_body_size=settings.request_limit_bytes),
        Route("/own", own_headers),
        Route("/broken", broken),
        WebSocketRoute("/greet", greet),
        metrics_route(registry),
    ]
    app = Starlette(
        routes=routes,
        middleware=middleware_around(
            settings, RequestMetrics(registry, paths=["/echo", "/broken", "/files/{id}/content"])
        ),
    )
    return TestClient(app, raise_server_exceptions=False)


def test_a_request_without_correlation_id_gets_one_and_sees_it() -> None:
    answer = client().get("/echo")

    given = answer.headers[CORRELATION_HEADER]
    assert len(given) == 36
    assert answer.json() == {"state": given, "logs": given, "body_bytes": 0}


def test_two_requests_get_two_ids() -> None:
    asking = client()

    assert asking.get("/echo").headers[CORRELATION_HEADER] != asking.get("/echo").headers[CORRELATION_HEADER]


@pytest.mark.parametrize("given", ["order-2026-0001", "0193a5c2-1234-7123-8123-012345678901", "a" * 64])
def test_a_well_formed_correlation_id_is_taken_over(given: str) -> None:
    answer = client().get("/echo", headers={CORRELATION_HEADER: given})

    assert answer.headers[CORRELATION_HEADER] == given
    assert answer.json()["state"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space in it", "<script>alert(1)", "85073003328", "-leading-"]
)
def test_another_correlation_id_is_replaced(given: str) -> None:
    answer = client().get("/echo", headers={CORRELATION_HEADER: given})

    assert answer.headers[CORRELATION_HEADER] != given
    assert given not in answer.text


def test_a_websocket_has_a_correlation_id_too() -> None:
    with client().websocket_connect("/greet", headers={CORRELATION_HEADER: "order-2026-0001"}) as socket:
        assert socket.receive_text() == "order-2026-0001"


def test_each_request_is_one_line_in_the_log_without_its_query_string() -> None:
    with capture_logs() as logged:
        client().post("/echo?insz=85073003328", content=b"four")

    [line] = logged
    assert line.pop("milliseconds") >= 0
    assert line.pop("sent_bytes") > 0
    assert line == {"event": "request", "method": "POST", "path": "/echo", "status": 200, "log_level": "info"}


def test_questions_of_the_monitoring_are_not_logged() -> None:
    with capture_logs() as logged:
        client().get("/metrics")

    assert logged == []


def test_a_failure_of_ours_is_logged_as_500(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    with capture_logs() as logged:
        answer = client().get("/broken")

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert [line["status"] for line in logged] == [500]


@pytest.mark.parametrize("path", ["/echo", "/missing"])
def test_every_answer_closes_what_browsers_leave_open(path: str) -> None:
    headers = client().get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "strict-transport-security" not in headers


def test_production_asks_browsers_to_come_by_https_only() -> None:
    headers = client(environment=Environment.PRODUCTION).get("/echo").headers

    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_a_page_with_headers_of_its_own_keeps_them() -> None:
    headers = client().get("/own").headers

    assert (headers["cache-control"], headers["content-security-policy"]) == ("public", "default-src 'self'")


def test_another_host_is_refused_when_hosts_are_named() -> None:
    asking = client(allowed_hosts=("mandaat.example",))

    assert asking.get("/echo", headers={"Host": "evil.example"}).status_code == 400
    assert asking.get("/echo", headers={"Host": "mandaat.example"}).status_code == 200


def test_without_named_hosts_any_host_will_do() -> None:
    assert client().get("/echo", headers={"Host": "anything.example"}).status_code == 200


def test_a_body_over_the_limit_is_refused_also_when_it_comes_in_pieces() -> None:
    asking = client(request_limit_bytes=1024)

    assert asking.post("/echo", content=b"x" * 1024).json()["body_bytes"] == 1024
    assert asking.post("/echo", content=b"x" * 1025).status_code == 413
    assert asking.post("/echo", content=(b"x" * 100 for _ in range(20))).status_code == 413


def test_requests_are_counted_by_known_path_only_so_that_callers_cannot_make_up_labels() -> None:
    registry = CollectorRegistry()
    asking = client(registry)
    asking.get("/echo")
    asking.get("/made-up/85073003328")
    asking.get("/files/0193a5c2/content")
    asking.get("/files/0193a5c3/content")

    shown = asking.get("/metrics").text

    assert 'mandaat_requests_total{method="GET",path="/echo",status="200"} 1.0' in shown
    assert 'mandaat_requests_total{method="GET",path="other",status="404"} 1.0' in shown
    assert 'mandaat_requests_total{method="GET",path="/files/{id}/content",status="404"} 2.0' in shown
    assert "85073003328" not in shown
