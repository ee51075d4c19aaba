"""A running server takes up an edit of its policy file, on every worker, or says why not; no restart is needed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from collective import demo_office
from policies import SHIPPED, replaced
from prometheus_client import CollectorRegistry
from started_server import StartedServer, another_beside, started_server
from structlog.testing import capture_logs

from domain.months import Clock
from filing.office import Office
from persistence.database import Database, rows
from server import policy_watch
from server.policy_watch import PolicyFileNotInForce, PolicyWatch, file_gauge, look_at

EDITED = f"{SHIPPED}p, case_handler, department, read_mandates, allow\n"
WIDER = f"{EDITED}p, local_administrator, owner, submit, allow\n"
BROKEN, BROKEN_LINE = replaced("p, promotor, owner, submit, allow", "p, promotor, owner, sbmit, allow")
STATE = "{ policy { sequence file { state } proposals { id } history { totalCount } } }"
MAY = '{ convention(number: "104233") { viewerActions } }'
APPROVE = """mutation ($input: PolicyApproveInput!) { policyApprove(input: $input) { __typename
  ... on PolicyApproved { policy { sequence } } } }"""


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    (tmp_path / "policy.csv").write_text(SHIPPED, encoding="utf-8")
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def watch(office: Office, registry: CollectorRegistry) -> PolicyWatch:
    watch = PolicyWatch(office, file_gauge(registry))
    await watch.begin(look_at(office.policy_path))
    return watch


async def versions() -> int:
    return (await rows("SELECT COUNT(*) AS total FROM policy_version"))[0]["total"]


def gauge(registry: CollectorRegistry) -> float | None:
    return registry.get_sample_value("mandaat_policy_file_in_force")


async def test_an_edit_is_taken_up_when_it_looks_the_same_twice(
    office: Office, watch: PolicyWatch, registry: CollectorRegistry
) -> None:
    office.policy_path.write_text(EDITED[: len(SHIPPED) // 2], encoding="utf-8")
    await watch.look()
    office.policy_path.write_text(EDITED, encoding="utf-8")
    await watch.look()
    assert await versions() == 1

    await watch.look()

    assert await versions() == 2
    assert gauge(registry) == 1


async def test_a_file_that_nobody_touches_asks_the_database_nothing(
    watch: PolicyWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(policy_watch, "take_edit", asked)

    for _ in range(3):
        await watch.look()


async def test_a_refused_edit_is_told_once_with_its_line_and_the_policy_stays(
    office: Office, watch: PolicyWatch, registry: CollectorRegistry
) -> None:
    office.policy_path.write_text(BROKEN, encoding="utf-8")

    with capture_logs() as logs:
        for _ in range(4):
            await watch.look()

    assert [(entry["event"], entry["faults"]) for entry in logs] == [
        ("policy_file_refused", [f"{BROKEN_LINE}:21 POLICY_MISSPELT_WORD"])
    ]
    assert await versions() == 1
    assert gauge(registry) == 0
    with pytest.raises(PolicyFileNotInForce):
        await watch.check()

    office.policy_path.write_text(SHIPPED, encoding="utf-8")
    for _ in range(2):
        await watch.look()

    await watch.check()
    assert gauge(registry) == 1


async def test_an_edit_refused_by_its_tests_is_taken_up_when_these_are_mended(
    office: Office, watch: PolicyWatch
) -> None:
    tests = office.policy_path.with_name("policy_tests.csv")
    tests.write_text("case_handler, department, read_mandates, no\n", encoding="utf-8")
    office.policy_path.write_text(EDITED, encoding="utf-8")
    for _ in range(3):
        await watch.look()
    assert await versions() == 1

    tests.write_text("case_handler, department, read_mandates, yes\n", encoding="utf-8")
    for _ in range(2):
        await watch.look()

    assert await versions() == 2


async def test_a_file_that_went_away_is_told_and_taken_up_when_it_is_back(
    office: Office, watch: PolicyWatch, registry: CollectorRegistry
) -> None:
    office.policy_path.unlink()
    with capture_logs() as logs:
        for _ in range(3):
            await watch.look()
    assert [entry["event"] for entry in logs] == ["policy_file_unreadable"]
    assert gauge(registry) == 0

    office.policy_path.write_text(EDITED, encoding="utf-8")
    for _ in range(2):
        await watch.look()

    assert await versions() == 2


async def test_two_servers_follow_one_file_and_one_of_them_writes_each_edit_down(
    database_url: str, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    own = {"MANDAAT_POLICY_PATH": str(policy), "MANDAAT_POLICY_POLL_SECONDS": "0.1"}
    async with started_server(database_url, tmp_path, own) as one, another_beside(one) as other:
        both = (one, other)

        _save(policy, EDITED)
        await _until(lambda: _states(both), [(2, "IN_FORCE", 0, 2)] * 2)
        for server in both:
            assert "READ_MANDATES" in (await _ask(server, "case-handler", MAY))["convention"]["viewerActions"]

        _save(policy, BROKEN)
        await _until(lambda: _told(tmp_path, "policy_file_refused"), [True, True])
        assert await _states(both) == [(2, "REFUSED", 0, 2)] * 2
        assert [await _readiness(server) for server in both] == [(200, "failed")] * 2

        _save(policy, WIDER)
        await _until(lambda: _states(both), [(2, "WAITING", 1, 2)] * 2)

        proposal = (await _ask(one, "policy-admin", STATE))["policy"]["proposals"][0]["id"]
        given = {"input": {"proposalId": proposal, "reason": "akkoord"}}
        first = await _ask(one, "policy-admin", APPROVE, given)
        second = await _ask(other, "policy-admin-2", APPROVE, given)
        assert first["policyApprove"]["__typename"] == "PolicyProposed"
        assert second["policyApprove"] == {"__typename": "PolicyApproved", "policy": {"sequence": 3}}
        assert await _states(both) == [(3, "IN_FORCE", 0, 3)] * 2


def _save(policy: Path, text: str) -> None:
    """As editors do: a new file in the place of the old one."""
    new = policy.with_name("policy.csv.new")
    new.write_text(text, encoding="utf-8")
    new.replace(policy)


async def _until(ask: Callable[[], Awaitable[list[Any]]], expected: list[Any]) -> None:
    found: list[Any] = []
    for _ in range(600):
        found = await ask()
        if found == expected:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(found)


async def _states(servers: tuple[StartedServer, ...]) -> list[Any]:
    found = [(await _ask(server, "policy-admin", STATE))["policy"] for server in servers]
    return [
        (one["sequence"], one["file"]["state"], len(one["proposals"]), one["history"]["totalCount"]) for one in found
    ]


async def _told(folder: Path, event: str) -> list[bool]:
    return [event in (folder / f"{name}.log").read_text(encoding="utf-8") for name in ("serve", "another")]


async def _readiness(server: StartedServer) -> tuple[int, str]:
    async with httpx2.AsyncClient(timeout=30) as http:
        answer = await http.get(f"{server.url}/readyz")
    return answer.status_code, answer.json()["checks"]["policy_file"]


async def _ask(server: StartedServer, persona: str, document: str, given: dict[str, Any] | None = None) -> Any:
    async with httpx2.AsyncClient(timeout=30) as http:
        answer = await http.post(
            f"{server.url}/graphql",
            json={"query": document, "variables": given or {}},
            headers={"Authorization": f"Bearer {server.token(persona)}"},
        )
    return answer.json()["data"]
