"""Fixtures that every floor's tests share: an empty migrated database, and a clock that stands still.

Properties are tried on the same examples in every run, so that a run says something of the change at hand;
`HYPOTHESIS_PROFILE=exploring` tries others.
"""

import contextlib
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import databases
import hypothesis
import pytest

from domain.months import Clock
from persistence.database import Database
from persistence.database import database as open_database
from persistence.location import Dialect

hypothesis.settings.register_profile("the same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("exploring", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "the same"))

_run = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's PostgreSQL in the process that the user started; workers inherit its address."""
    if databases.engine() is not Dialect.POSTGRESQL or hasattr(config, "workerinput"):
        return
    server_url = _run.enter_context(databases.postgresql_server())
    os.environ[databases.SERVER_VARIABLE] = server_url
    os.environ[databases.RUN_VARIABLE] = uuid4().hex[:12]
    databases.make_template(server_url)
    _run.callback(databases.drop_databases, server_url, databases.template_name())


def pytest_unconfigure(config: pytest.Config) -> None:
    _run.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what exists on the other engine only: it is no test of this run, and no skipped one."""

    def belongs(item: pytest.Item) -> bool:
        mark = item.get_closest_marker("only_on")
        return mark is None or databases.engine() is Dialect(mark.args[0])

    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    items[:] = [item for item in items if belongs(item)]


@pytest.fixture(scope="session")
def process_database(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """What this process makes its databases from: a migrated SQLite file, or a PostgreSQL database of its own."""
    if databases.engine() is Dialect.POSTGRESQL:
        with databases.clone_of_template(os.environ[databases.SERVER_VARIABLE]) as url:
            yield url
    else:
        url = f"sqlite://{tmp_path_factory.mktemp('database') / 'template.sqlite3'}"
        databases.run_apart(databases.migrate(url))
        yield url


@pytest.fixture
async def database_url(process_database: str, tmp_path: Path) -> str:
    """The URL of an empty migrated database that nobody has open, for tests that start the application on it."""
    if databases.engine() is Dialect.POSTGRESQL:
        await databases.empty(process_database)
        return process_database
    path = tmp_path / "mandaat.sqlite3"
    shutil.copyfile(process_database.removeprefix("sqlite://"), path)
    return f"sqlite://{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """The same, open in this process."""
    async with open_database(database_url, pool_size=4) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The moment of all samples: the fifth of November 2026, nine in the morning in Brussels."""
    moment = datetime.fromisoformat("2026-11-05T09:00:00+01:00")
    return lambda: moment
