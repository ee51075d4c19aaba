"""Migrations: once, whole, and only on a database that is what its ledger says."""

from persistence.database import Database, rows
from persistence.migration import migrate, pending


async def test_a_migrated_database_has_nothing_pending(database_url: str) -> None:
    assert await pending(database_url) == []
    assert await migrate(database_url) == []


async def test_the_database_is_empty(database: Database) -> None:
    assert (await rows("SELECT COUNT(*) AS n FROM mandate"))[0]["n"] == 0
