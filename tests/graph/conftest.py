"""The whole application over ASGI, on a database with the demo world, under the clock of the samples."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from api import Api, running
from policies import SHIPPED

from domain.months import Clock
from filing.demo import load_demo_world
from server.app import create_app
from server.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a demo of its own, that leaves nothing outside the test's folder."""
    policy = tmp_path / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    return Settings(
        database_url=database_url,
        policy_path=policy,
        file_store_url=f"file://{tmp_path / 'files'}",
        receipt_key_path=tmp_path / "receipt.pem",
        demo_issuer_key_path=tmp_path / "issuer.pem",
    )


@pytest.fixture
async def api(settings: Settings, clock: Clock) -> AsyncGenerator[Api]:
    """The started application; `api.as_(persona)` and `api.anonymous` ask it."""
    app = create_app(settings, clock=clock)
    async with running(app, settings, clock) as started:
        await load_demo_world(clock)
        yield started
