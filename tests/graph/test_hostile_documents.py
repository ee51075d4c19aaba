"""The attacks that scanners of GraphQL servers try, each by its usual name, and documents made to cost much."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from api import Api, running
from hostile_documents import BY_IDS, DEPTH, HOSTILE

from domain.months import Clock
from server.app import create_app
from server.settings import Settings


async def refused(api: Api, document: str, variables: dict[str, Any] | None = None) -> set[str]:
    """The codes with which it is refused before anything runs."""
    answer = await api.as_("promotor").execute(document, variables)
    assert "data" not in answer.body
    return set(answer.error_codes)


async def test_alias_overloading_is_refused(api: Api) -> None:
    assert await refused(api, "{" + " ".join(f"a{n}: {DEPTH}" for n in range(101)) + "}") == {"TOO_MANY_ALIASES"}


async def test_array_batching_is_refused(api: Api) -> None:
    many = [{"query": f"{{ {DEPTH} }}"}] * 10

    response = await api.http.post("/graphql", json=many, headers=dict(api.as_("promotor").headers))

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BATCH_REFUSED")


async def test_directive_overloading_is_not_answered_by_as_many_errors(api: Api) -> None:
    answer = await api.as_("promotor").execute("{ limits " + "@aa" * 10 + " { depth } }")

    assert ("data" in answer.body, len(answer.body["errors"])) == (False, 5)


@pytest.mark.parametrize("times", [100, 500])
async def test_directive_overloading_is_refused(api: Api, times: int) -> None:
    assert await refused(api, "{ limits " + "@aa" * times + " { depth } }") == {"TOO_MANY_DIRECTIVES"}


async def test_field_duplication_is_refused(api: Api) -> None:
    assert await refused(api, "{" + DEPTH * 100 + "}") == {"TOO_MANY_ALIASES"}


async def test_circular_introspection_is_refused(api: Api) -> None:
    document = "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"

    assert await refused(api, document) == {"BAD_REQUEST"}


async def test_nothing_is_traced(api: Api) -> None:
    answer = await api.as_("promotor").execute(f"{{ {DEPTH} }}")

    assert answer.body == {"data": {"limits": {"depth": 12}}}


async def test_field_suggestions_are_off(api: Api) -> None:
    answer = await api.as_("promotor").execute("{ viewr { roles } }")

    assert "viewer" not in answer.body["errors"][0]["message"]


@pytest.mark.parametrize(("is_on", "status"), [(True, 200), (False, 406)])
async def test_the_ide_is_shown_only_where_that_is_on(
    settings: Settings, clock: Clock, is_on: bool, status: int
) -> None:
    chosen = settings.model_copy(update={"graphiql": is_on})

    async with running(create_app(chosen, clock=clock), chosen, clock) as api:
        shown = await api.http.get("/graphql", headers={"Accept": "text/html"})

    assert (shown.status_code, "graphiql" in shown.text.lower()) == (status, is_on)


@dataclass
class Steps:
    """How many functions were called in this thread: what it costs, on any machine."""

    taken: int = 0


@contextmanager
def counted() -> Generator[Steps]:
    steps = Steps()

    def count(_frame: Any, event: str, _argument: Any) -> None:
        steps.taken += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield steps
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
async def test_twice_the_hostile_document_takes_at_most_two_and_a_half_times_the_steps(
    api: Api, make: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this thread, where steps are counted.
    monkeypatch.setattr("graph.documents.LONG_CHARACTERS", 10**9)

    async def asked(size: int) -> int:
        with counted() as steps:
            answer = await api.as_("promotor").execute(make(size))
        assert answer.status in (200, 400)
        assert len(answer.body.get("errors", [])) <= 5
        return steps.taken

    await asked(3)  # what is loaded at the first request only

    assert await asked(120) <= 2.5 * await asked(60)


async def test_twice_the_list_in_a_variable_takes_at_most_two_and_a_half_times_the_steps(api: Api) -> None:
    async def asked(size: int) -> int:
        with counted() as steps:
            assert await refused(api, BY_IDS, {"ids": ["x"] * size}) == {"TOO_COSTLY"}
        return steps.taken

    await asked(20_000)  # what is loaded at the first request only

    assert await asked(40_000) <= 2.5 * await asked(20_000)
