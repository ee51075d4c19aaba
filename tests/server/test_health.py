"""Alive and ready: two answers that do not depend on each other (faults F-02, F-06)."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from server.health import Check, Readiness, health_routes


async def well() -> None:
    """Nothing to complain of."""


async def down() -> None:
    raise ConnectionError("postgres://mandaat:geheim@db refused")


async def hangs() -> None:
    await asyncio.sleep(60)


def asking(readiness: Readiness) -> TestClient:
    return TestClient(Starlette(routes=health_routes(readiness)))


def ready_with(**checks: Check) -> Readiness:
    return Readiness(checks, timeout_seconds=0.05)


def test_ready_when_every_check_passes() -> None:
    answer = asking(ready_with(database=well, policy=well)).get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "ok", "policy": "ok"}}


@pytest.mark.parametrize(("check", "outcome"), [(down, "failed"), (hangs, "timeout")])
def test_one_check_that_does_not_pass_is_named_and_its_reason_is_for_the_log_only(check: Check, outcome: str) -> None:
    with capture_logs() as logged:
        answer = asking(ready_with(database=check, policy=well)).get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"database": outcome, "policy": "ok"}}
    assert [(line["event"], line["check"]) for line in logged] == [("not_ready", "database")]


def test_f_09_what_serving_goes_on_without_is_named_and_takes_nothing_out_of_rotation() -> None:
    readiness = ready_with(database=well)
    readiness.tell("identity_provider", down)
    with capture_logs():
        answer = asking(readiness).get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "checks": {"database": "ok", "identity_provider": "failed"}}


def test_not_ready_when_something_that_is_needed_fails_too() -> None:
    readiness = ready_with(database=down)
    readiness.tell("identity_provider", down)
    with capture_logs():
        answer = asking(readiness).get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


def test_alive_although_nothing_else_works() -> None:
    answer = asking(ready_with(database=down)).get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_a_process_that_stops_is_not_ready_at_once_and_still_alive() -> None:
    readiness = ready_with(database=well)
    readiness.stop()

    assert asking(readiness).get("/readyz").status_code == 503
    assert asking(readiness).get("/readyz").json()["checks"] == {"database": "ok", "stopping": "failed"}
    assert asking(readiness).get("/healthz").status_code == 200


def test_slow_checks_wait_beside_each_other_not_after_each_other() -> None:
    readiness = Readiness(dict.fromkeys("abcdefgh", hangs), timeout_seconds=0.05)

    async def measured() -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        with capture_logs():
            await readiness.results()
        return loop.time() - started

    assert asyncio.run(measured()) < 0.3
