"""Opening the database for a command that works on it beside a running server."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from persistence.database import database
from persistence.migration import pending
from server.serving import NotReadyToServe
from server.settings import Settings


@asynccontextmanager
async def migrated_database(settings: Settings) -> AsyncGenerator[None]:
    """The database of *settings*, open; raises `NotReadyToServe` when it is not migrated."""
    waiting = await pending(settings.database_url)
    if waiting:
        raise NotReadyToServe(f"the database is not up to date ({', '.join(waiting)} is waiting); run: mandaat migrate")
    async with database(settings.database_url):
        yield
