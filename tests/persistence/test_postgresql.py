"""Connections to PostgreSQL that are kept at hand: used again when all went well with them, judged by the pool else."""

import asyncio
import contextlib
from typing import Any, cast

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from persistence import postgresql
from persistence.database import Connection, current_database, rows
from persistence.database import database as open_database
from persistence.failures import TemporarilyUnavailable
from persistence.postgresql import PostgresqlClient
from persistence.unit_of_work import unit_of_work

pytestmark = pytest.mark.only_on("postgresql", because="SQLite has no pool")

_PATIENCE_SECONDS = 30


async def process_asked() -> int:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return (await rows("SELECT pg_backend_pid() AS process"))[0]["process"]


def at_hand() -> list[Any]:
    return cast("PostgresqlClient", current_database().client)._at_hand


async def test_a_connection_with_which_all_went_well_is_used_again_and_stays_with_us(database_url: str) -> None:
    async with open_database(database_url):
        [kept] = at_hand()

        assert await process_asked() == await process_asked()
        assert at_hand() == [kept]


async def test_what_goes_wrong_is_left_to_the_pool_to_judge(database_url: str) -> None:
    async with open_database(database_url, pool_size=1):
        with pytest.raises(Exception, match="division by zero"):
            await rows("SELECT 1 / 0")

        assert at_hand() == []
        assert await process_asked()


async def test_a_statement_that_is_given_up_leaves_its_connection_to_the_pool(database_url: str) -> None:
    async with open_database(database_url, pool_size=1):
        asking = asyncio.create_task(rows("SELECT pg_sleep(60)"))
        await asyncio.sleep(0)
        assert at_hand() == []
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        assert at_hand() == []
        assert await process_asked()


async def test_a_connection_that_was_closed_meanwhile_is_replaced_and_its_place_is_not_lost(database_url: str) -> None:
    async with open_database(database_url, pool_size=1):
        before = await process_asked()
        at_hand()[0].terminate()

        assert await process_asked() != before


async def test_who_waits_for_a_connection_gets_the_next_that_is_given_back(database_url: str) -> None:
    async with open_database(database_url, pool_size=1), asyncio.timeout(_PATIENCE_SECONDS):
        found = await asyncio.gather(*(rows("SELECT 1 AS one") for _ in range(5)))

    assert found == [[{"one": 1}]] * 5


async def test_units_of_work_take_what_is_at_hand_too(database_url: str) -> None:
    async def work(connection: Connection) -> int:
        return (await rows("SELECT pg_backend_pid() AS process", [], connection))[0]["process"]

    async with open_database(database_url, pool_size=1):
        assert await unit_of_work(work) == await process_asked()


async def test_no_more_are_kept_than_are_usually_busy(database_url: str) -> None:
    async with open_database(database_url, pool_size=10):
        await asyncio.gather(*(rows("SELECT pg_sleep(0.01)") for _ in range(10)))

        assert len(at_hand()) == postgresql._MOST_AT_HAND


async def test_after_many_turns_a_connection_passes_by_the_pool(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_TURNS", 3)
    async with open_database(database_url):
        kept: list[bool] = []
        for _ in range(6):
            await process_asked()
            kept.append(bool(at_hand()))

    # To open the database took a turn too.
    assert kept == [True, False, True, True, False, True]


async def test_a_server_that_ends_a_connection_in_the_middle_is_away_and_nothing_else(database_url: str) -> None:
    async with open_database(database_url, pool_size=1), asyncio.timeout(_PATIENCE_SECONDS):
        process = await process_asked()
        administrator: Any = await asyncpg.connect(database_url)
        asking = asyncio.create_task(rows("SELECT pg_sleep(60)"))
        state = "SELECT state FROM pg_stat_activity WHERE pid = $1"
        while await administrator.fetchval(state, process) != "active":  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)

        await administrator.execute(f"SELECT pg_terminate_backend({process})")
        with pytest.raises(TemporarilyUnavailable):
            await asking
        await administrator.close()

        assert await process_asked() != process


async def test_a_connection_that_the_server_is_ending_is_replaced_or_told_of(database_url: str) -> None:
    async with open_database(database_url, pool_size=1), asyncio.timeout(_PATIENCE_SECONDS):
        administrator: Any = await asyncpg.connect(database_url)
        for turns in range(60):
            process = await process_asked()
            await administrator.execute(f"SELECT pg_terminate_backend({process})")
            # From before the server's last word until after it.
            for _ in range(turns % 12):
                await asyncio.sleep(0)
            with contextlib.suppress(TemporarilyUnavailable):
                assert await process_asked() != process
            assert await process_asked() != process
        await administrator.close()


async def test_a_text_that_cannot_be_sent_is_no_outage(database_url: str) -> None:
    async with open_database(database_url, pool_size=1):
        with pytest.raises(OperationalError, match="surrogates"):
            await rows("SELECT length(?::text)", ["lone \udc80"])
