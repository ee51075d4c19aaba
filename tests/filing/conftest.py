"""An office of the demo world on a database of its own, and who acts there."""

from pathlib import Path

import pytest
from collective import demo_office, persona
from policies import SHIPPED

from domain.caller import Caller
from domain.months import Clock
from filing.office import Office
from persistence.database import Database


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    (tmp_path / "policy.csv").write_text(SHIPPED, encoding="utf-8")
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def uploader(office: Office) -> Caller:
    return await persona(office, "uploader")


@pytest.fixture
async def first(office: Office) -> Caller:
    """Who edits the policy."""
    return await persona(office, "policy-admin")


@pytest.fixture
async def second(office: Office) -> Caller:
    """His colleague, who approves."""
    return await persona(office, "policy-admin-2")
