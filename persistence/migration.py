"""Bringing the tables of a database to what this version needs, once, however many try and whoever is killed.

Migrations are plain SQL, one file per step and engine, applied in order of name, each in one transaction together with
its line in the ledger. A lock lets one process in at a time. Afterwards the catalogue is compared with what the same
files make from nothing, so that a database that was changed by hand does not pass for a migrated one.
Decision: `docs/decisions/0006-plain-sql-migrations.md`.
"""

from persistence import migration_postgresql, migration_sqlite
from persistence.location import SqliteLocation, read_location
from persistence.migration_steps import MigrationRefused, migrations, missing

__all__ = ["MigrationRefused", "migrate", "pending"]


async def migrate(database_url: str) -> list[str]:
    """Apply what is missing and check the catalogue; answers the names of the steps applied now.

    Raises `MigrationRefused`, and `InvalidValue` on a URL that cannot be read.
    """
    location = read_location(database_url)
    steps = migrations(location.dialect)
    if isinstance(location, SqliteLocation):
        return await migration_sqlite.migrate(location.path, steps)
    return await migration_postgresql.migrate(location, steps)


async def pending(database_url: str) -> list[str]:
    """Names of the steps that are still missing, without changing or making anything.

    Raises `MigrationRefused` when the database is newer than this version or was migrated with other content.
    """
    location = read_location(database_url)
    steps = migrations(location.dialect)
    if isinstance(location, SqliteLocation):
        ledger = await migration_sqlite.ledger_of(location.path)
    else:
        ledger = await migration_postgresql.ledger_of(location)
    return [step.name for step in missing(steps, ledger)]
