"""The numbers of a worker: what they count, where they are told, and that their page knows them all."""

import re
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from collective import demo_office, persona, referenced, sample, send
from prometheus_client import CollectorRegistry

from domain.errors import CouldNotRun
from domain.findings import Slices
from domain.months import Clock
from domain.vocabulary import Verdict
from filing.broken_off import CheckBrokeOff
from filing.checking import Progress
from filing.office import Office
from persistence.database import Database
from persistence.failures import TemporarilyUnavailable
from persistence.work import LeaseLost
from server import worker
from server.check_metrics import CheckMetrics, told_on
from server.check_pool import CheckPool
from server.check_process import CheckLimits
from server.metrics import RequestMetrics
from server.policy_watch import file_gauge
from server.worker import WorkerLimits, work_once
from validation.broken_off import BrokenOff

CHECK = CheckLimits(memory_bytes=256 * 1024 * 1024, cpu_seconds=60, wall_seconds=300)
LIMITS = WorkerLimits(processes=1, lease_seconds=60, poll_seconds=0.05, stop_seconds=20, check=CHECK)
HOST = "127.0.0.1"
PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> CheckMetrics:
    return CheckMetrics(registry)


def numbers(registry: CollectorRegistry, name: str) -> dict[str, float]:
    """By the value of its label, those that are not 0."""
    found = (one for family in registry.collect() for one in family.samples if one.name == name)
    return {"".join(one.labels.values()): one.value for one in found if one.value}


async def test_what_was_checked_is_counted_by_verdict_with_its_slices_and_seconds(
    office: Office, registry: CollectorRegistry, metrics: CheckMetrics
) -> None:
    uploader = await persona(office, "uploader")
    files = sample(), referenced(sample("part-without-mandate.xml"), "REFUSED")
    for data in files:
        await send(office, uploader, data)

    with CheckPool(1, CHECK) as pool:
        while await work_once(office, LIMITS, pool, metrics):
            pass

    assert numbers(registry, "mandaat_checked_files_total") == {"VALID": 1, "INVALID": 1}
    assert numbers(registry, "mandaat_slices_total") == {"": 2}
    assert numbers(registry, "mandaat_checked_bytes_total")[""] > len(files[0])
    assert {"fetch", "plan", "pieces", "register", "publish"} <= numbers(registry, "mandaat_check_seconds_total").keys()
    assert numbers(registry, "mandaat_unended_checks_total") == {}


def test_slices_that_the_fast_path_missed_are_counted(registry: CollectorRegistry, metrics: CheckMetrics) -> None:
    metrics.ended(Verdict.VALID, Progress(slices=Slices(read=7, missed=2)))
    metrics.ended(Verdict.INVALID, Progress(slices=Slices(read=5, missed=1)))

    assert numbers(registry, "mandaat_slices_total") == {"": 12}
    assert numbers(registry, "mandaat_slices_missed_total") == {"": 3}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TemporarilyUnavailable(), "INTERRUPTED"),
        (CheckBrokeOff(BrokenOff.CRASH), "BROKEN_OFF"),
        (LeaseLost("x"), "LEASE_LOST"),
    ],
)
async def test_a_check_that_ends_without_an_outcome_is_counted_by_its_reason(
    office: Office,
    registry: CollectorRegistry,
    metrics: CheckMetrics,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    reason: str,
) -> None:
    async def ends(*_given: Any, **_named: Any) -> None:
        raise error

    monkeypatch.setattr(worker, "check_claimed_file", ends)
    await send(office, await persona(office, "uploader"), sample())

    with CheckPool(1, CHECK) as pool:
        await work_once(office, LIMITS, pool, metrics)

    assert numbers(registry, "mandaat_unended_checks_total") == {reason: 1}
    assert numbers(registry, "mandaat_checked_files_total") == {}


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return listening.getsockname()[1]


@pytest.mark.usefixtures("metrics")
def test_they_are_told_on_a_port_of_their_own_as_long_as_the_worker_runs(registry: CollectorRegistry) -> None:
    port = free_port()

    with told_on(HOST, port, registry), urllib.request.urlopen(f"http://{HOST}:{port}/metrics") as answer:
        told = answer.read().decode()

    assert 'mandaat_checked_files_total{verdict="VALID"} 0.0' in told
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))


def test_a_port_that_is_taken_stops_the_start_and_says_which_setting(registry: CollectorRegistry) -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(CouldNotRun, match=rf"MANDAAT_WORKER_METRICS_PORT is {port}"), told_on(HOST, port, registry):
            pass


def test_without_a_port_nothing_listens(registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.check_metrics.start_http_server", None)

    with told_on(HOST, 0, registry):
        pass


@pytest.mark.usefixtures("metrics")
def test_the_page_of_metrics_names_each_and_no_other(registry: CollectorRegistry) -> None:
    RequestMetrics(registry, paths=[])
    file_gauge(registry)
    there = {f"{one.name}_total" if one.type == "counter" else one.name for one in registry.collect()}

    named = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(there)
