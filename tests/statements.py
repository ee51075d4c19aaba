"""What a test asks of the database: every statement is noted, inside transactions and outside, on either engine."""

import sqlite3
from dataclasses import dataclass
from typing import Any

import pytest

from persistence.database import current_database, found_by_key


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements from now on, inside transactions and outside."""
    asked: list[str] = []
    for method in ("execute_query", "execute_query_dict"):
        # Transactions have it from the same class.
        classes = type(current_database().client).__mro__
        defining = next(one for one in classes if method in vars(one))
        monkeypatch.setattr(defining, method, _noting(getattr(defining, method), asked))
    finder = current_database().sqlite_finder
    if finder is not None:
        # It asks on a connection of its own.
        monkeypatch.setattr(current_database(), "sqlite_finder", NotedFinder(finder, asked))
    else:
        # Who asks is looked up past tortoise.
        monkeypatch.setattr("persistence.callers.found_by_key", _noting_lookups(found_by_key, asked))
    return asked


@dataclass(frozen=True)
class NotedFinder:
    """What reads SQLite in this thread."""

    finder: sqlite3.Connection
    asked: list[str]

    def execute(self, sql: str, values: Any) -> sqlite3.Cursor:
        self.asked.append(sql)
        return self.finder.execute(sql, values)

    def close(self) -> None:
        self.finder.close()


def _noting(method: Any, asked: list[str]) -> Any:
    async def note(self: Any, query: str, *values: Any, **named: Any) -> Any:
        asked.append(query)
        return await method(self, query, *values, **named)

    return note


def _noting_lookups(look_up: Any, asked: list[str]) -> Any:
    async def note(query: str, values: Any) -> Any:
        asked.append(query)
        return await look_up(query, values)

    return note
