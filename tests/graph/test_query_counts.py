"""How many statements each prepared query sends to the database, who asks included; none may grow unseen."""

import json
from typing import Any

import pytest
from api import Api
from performance_files import a_file

from graph.schema import operations_folder
from persistence.database import current_database, found_by_key

COUNTS = {
    "00-who-am-i": ("promotor", 1),
    "01-why-not": ("uploader", 9),
    "02-my-conventions": ("promotor", 7),
    "03-files-and-reports": ("uploader", 2),
    "05-my-performance-files": ("promotor", 5),
    "09-financial-reports": ("promotor", 4),
}

PAGE = """{ conventions(first: 50) { edges { node { number viewerActions } } pageInfo { endCursor hasNextPage } } }"""


@pytest.mark.parametrize("name", COUNTS)
async def test_a_prepared_query_needs_so_many_statements(api: Api, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    persona, count = COUNTS[name]
    folder = operations_folder()
    variables = folder.joinpath(f"{name}.json")
    given = json.loads(variables.read_text(encoding="utf-8")) if variables.is_file() else {}
    await a_file("104233")
    asked: list[str] = []
    client = type(current_database().client)
    for method in ("execute_query", "execute_query_dict"):
        monkeypatch.setattr(client, method, _noting(getattr(client, method), asked))
    if current_database().sqlite_finder is not None:
        # It asks on a connection of its own, and on PostgreSQL as the others do.
        monkeypatch.setattr("persistence.callers.found_by_key", _noting_lookups(found_by_key, asked))

    answer = await api.as_(persona).execute(folder.joinpath(f"{name}.graphql").read_text(encoding="utf-8"), given)

    assert answer.data
    assert len(asked) == count, "\n".join(asked)


@pytest.mark.parametrize("persona", ["promotor", "uploader", "submitter", "helpdesk"])
async def test_a_page_of_conventions_with_all_that_the_caller_may_do_needs_three_statements(
    api: Api, persona: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _noted(monkeypatch)

    answer = await api.as_(persona).execute(PAGE)

    shown = answer.data["conventions"]["edges"]
    assert shown
    assert all(edge["node"]["viewerActions"] for edge in shown)
    assert len(asked) <= 3, "\n".join(asked)


def test_every_prepared_query_is_counted() -> None:
    queries = {
        entry.name.removesuffix(".graphql")
        for entry in operations_folder().iterdir()
        if entry.name.endswith(".graphql") and "\nquery " in entry.read_text(encoding="utf-8")
    }

    assert queries == COUNTS.keys()


def _noting_lookups(function: Any, asked: list[str]) -> Any:
    async def note(query: str, *values: Any) -> Any:
        asked.append(query)
        return await function(query, *values)

    return note


def _noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement from here on, who asks included."""
    asked: list[str] = []
    client = type(current_database().client)
    for method in ("execute_query", "execute_query_dict"):
        monkeypatch.setattr(client, method, _noting(getattr(client, method), asked))
    return asked


def _noting(method: Any, asked: list[str]) -> Any:
    async def note(self: Any, query: str, *values: Any, **named: Any) -> Any:
        asked.append(query)
        return await method(self, query, *values, **named)

    return note
