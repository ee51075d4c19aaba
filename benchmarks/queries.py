"""What the database is asked: every statement of this process is noted while a block runs, with its values."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from persistence.database import Database

Statement = tuple[str, list[Any]]


@contextmanager
def noted(opened: Database) -> Generator[list[Statement]]:
    """The statements that go through the pool of *opened*, in their order."""
    client: Any = opened.client
    told: list[Statement] = []

    def noting(method: Any) -> Any:
        async def note(query: str, values: list[Any] | None = None) -> Any:
            told.append((query, values or []))
            return await method(query, values)

        return note

    with (
        mock.patch.object(client, "execute_query", noting(client.execute_query)),
        mock.patch.object(client, "execute_query_dict", noting(client.execute_query_dict)),
    ):
        yield told
