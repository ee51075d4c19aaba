"""Finding by key: the same answer as through the pool, of what is committed, and never a write."""

import sqlite3
from typing import Any, cast

import pytest

from persistence.database import Connection, Database, found_by_key, rows
from persistence.number_series import reserve
from persistence.unit_of_work import unit_of_work

SERIES = "SELECT name, next_number FROM number_series WHERE name = ?"


@pytest.fixture(autouse=True)
async def numbers(database: Database) -> None:
    await unit_of_work(lambda connection: reserve(connection, "report", 1))


async def test_it_answers_as_the_pool_does() -> None:
    found = [dict(row) for row in await found_by_key(SERIES, ["report"])]
    assert found == await rows(SERIES, ["report"]) != []
    assert list(await found_by_key(SERIES, ["nothing"])) == []


async def test_it_sees_what_is_committed_at_once_and_nothing_before() -> None:
    before = (await found_by_key(SERIES, ["report"]))[0]["next_number"]

    async def work(connection: Connection) -> None:
        await reserve(connection, "report", 7)
        assert (await found_by_key(SERIES, ["report"]))[0]["next_number"] == before

    await unit_of_work(work)

    assert (await found_by_key(SERIES, ["report"]))[0]["next_number"] == before + 7


@pytest.mark.only_on("sqlite", because="PostgreSQL is asked through its pool")
async def test_it_cannot_write(database: Database) -> None:
    finder = cast("sqlite3.Connection", database.sqlite_finder)

    with pytest.raises(sqlite3.OperationalError):
        finder.execute("UPDATE number_series SET next_number = 0")


@pytest.mark.only_on("sqlite", because="PostgreSQL is asked through its pool")
async def test_while_somebody_has_the_file_for_himself_it_asks_those_who_can_wait(database: Database) -> None:
    class Busy:
        def execute(self, *_: Any) -> Any:
            raise sqlite3.OperationalError("database is locked")

        def close(self) -> None:
            pass

    cast("sqlite3.Connection", database.sqlite_finder).close()
    database.sqlite_finder = cast("Any", Busy())

    assert [row["name"] for row in await found_by_key(SERIES, ["report"])] == ["report"]
