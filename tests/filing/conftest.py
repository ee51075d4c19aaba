"""An office of the demo world on a database of its own, and the one who uploads for Alfa."""

from pathlib import Path

import pytest
from collective import demo_office, persona

from domain.caller import Caller
from domain.months import Clock
from filing.office import Office
from persistence.database import Database


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def uploader(office: Office) -> Caller:
    return await persona(office, "uploader")
