"""Reading a little at once answers what reading answers, and leaves the loop to others where it would take longer."""

import sqlite3
from typing import Any, cast

import pytest
from builders import a_convention, an_organisation
from statements import noted

from persistence.at_once import records_by_key
from persistence.database import Connection, Database, records
from persistence.unit_of_work import unit_of_work

BY_NUMBER = "SELECT id, number FROM convention WHERE number = ?"


async def convention_made(connection: Connection) -> str:
    return (await a_convention(connection, await an_organisation(connection))).number


async def test_it_answers_as_reading_does(database: Database) -> None:
    number = await unit_of_work(convention_made)

    found = await records_by_key(BY_NUMBER, [number], most=1)

    assert [tuple(row) for row in found] == [tuple(row) for row in await records(BY_NUMBER, [number])]
    assert [row["number"] for row in found] == [number]
    assert list(await records_by_key(BY_NUMBER, ["none"], most=1)) == []


async def test_a_unit_of_work_sees_what_it_wrote_itself(database: Database) -> None:
    async def write_and_read(connection: Connection) -> list[str]:
        number = await convention_made(connection)
        return [row["number"] for row in await records_by_key(BY_NUMBER, [number], most=1)]

    assert len(await unit_of_work(write_and_read)) == 1


@pytest.mark.only_on("sqlite", because="PostgreSQL is another process")
async def test_what_may_be_more_is_read_by_the_other_thread(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast("sqlite3.Connection", database.sqlite_finder).close()
    asked = noted(monkeypatch)

    assert list(await records_by_key(BY_NUMBER, ["none"], most=257)) == []

    assert asked == [BY_NUMBER]


@pytest.mark.only_on("sqlite", because="PostgreSQL does not lock its readers out")
async def test_a_database_that_somebody_has_for_himself_is_waited_for(database: Database) -> None:
    class Busy:
        def execute(self, *_: Any) -> Any:
            raise sqlite3.OperationalError("database is locked")

        def close(self) -> None:
            pass

    number = await unit_of_work(convention_made)
    cast("sqlite3.Connection", database.sqlite_finder).close()
    database.sqlite_finder = cast("Any", Busy())

    assert [row["number"] for row in await records_by_key(BY_NUMBER, [number], most=1)] == [number]
