"""How many statements each prepared operation sends to the database, who asks included; none may grow unseen."""

import json

import pytest
from api import Api
from collective import sample
from following import following
from performance_files import a_file
from statements import noted

from domain.months import Month
from domain.states import PerformanceFileState as State
from graph.nodes import opaque_id
from graph.schema import operations_folder
from persistence.database import current_database, rows
from persistence.location import Dialect

COUNTS = {
    "00-who-am-i": ("promotor", 1),
    "01-why-not": ("uploader", 9),
    "02-my-conventions": ("promotor", 7),
    "03-files-and-reports": ("uploader", 2),
    "05-my-performance-files": ("promotor", 5),
    "09-financial-reports": ("promotor", 4),
}

SUBSCRIPTION = "04-follow-a-file"

UPLOAD = """mutation ($input: CollectiveFileUploadInput!) { collectiveFileUpload(input: $input) {
  ... on CollectiveFileUploaded { collectiveFile { id } } } }"""

PAGE = """{ conventions(first: 50) { edges { node { number viewerActions } } pageInfo { endCursor hasNextPage } } }"""

LINES = """{ performanceFiles(first: 50) { edges { node {
  convention { number } promotor { name kind } totals { lines } lines(first: 20) { edges { node { number code } } }
} } } }"""

MUTATIONS = {
    "06-test-a-file": ("promotor", State.DRAFT, "PerformanceFileTested", {Dialect.SQLITE: 26, Dialect.POSTGRESQL: 32}),
    "07-submit-a-file": (
        "promotor",
        State.TESTED,
        "PerformanceFileSubmitted",
        {Dialect.SQLITE: 14, Dialect.POSTGRESQL: 20},
    ),
    "08-decide-on-a-file": (
        "case-handler",
        State.SUBMITTED,
        "PerformanceFileDecided",
        {Dialect.SQLITE: 14, Dialect.POSTGRESQL: 20},
    ),
}


@pytest.mark.parametrize("name", COUNTS)
async def test_a_prepared_query_needs_so_many_statements(api: Api, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    persona, count = COUNTS[name]
    folder = operations_folder()
    variables = folder.joinpath(f"{name}.json")
    given = json.loads(variables.read_text(encoding="utf-8")) if variables.is_file() else {}
    await a_file("104233")
    asked = noted(monkeypatch)

    answer = await api.as_(persona).execute(folder.joinpath(f"{name}.graphql").read_text(encoding="utf-8"), given)

    assert answer.data
    assert len(asked) == count, "\n".join(asked)


@pytest.mark.parametrize("persona", ["promotor", "uploader", "submitter", "helpdesk"])
async def test_a_page_of_conventions_with_all_that_the_caller_may_do_needs_three_statements(
    api: Api, persona: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = noted(monkeypatch)

    answer = await api.as_(persona).execute(PAGE)

    shown = answer.data["conventions"]["edges"]
    assert shown
    assert all(edge["node"]["viewerActions"] for edge in shown)
    assert len(asked) <= 3, "\n".join(asked)


async def test_files_with_their_lines_and_all_that_stands_beside_them_need_four_statements(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (Month(2026, 9), Month(2026, 10)):
        await a_file("104233", month=month)
    asked = noted(monkeypatch)

    answer = await api.as_("promotor").execute(LINES)

    assert len(answer.data["performanceFiles"]["edges"]) == 2
    # Who asks, the files with their promotors, their conventions, their lines.
    assert len(asked) == 4, "\n".join(asked)


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_prepared_mutation_needs_so_many_statements(
    api: Api, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    persona, state, done, counts = MUTATIONS[name]
    file_id = await a_file("104233", state=state)
    given = {"id": opaque_id("PerformanceFile", file_id), "revision": 1, "key": "once", "judgement": "ACCEPT"}
    text = operations_folder().joinpath(f"{name}.graphql").read_text(encoding="utf-8")
    asked = noted(monkeypatch)

    answer = await api.as_(persona).execute(text, {key: value for key, value in given.items() if f"${key}:" in text})

    (payload,) = answer.data.values()
    assert payload["__typename"] == done, payload
    assert len(asked) == counts[current_database().dialect], "\n".join(asked)


async def test_the_prepared_subscription_needs_so_many_statements_before_it_begins_and_for_each_look(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = operations_folder().joinpath(f"{SUBSCRIPTION}.graphql").read_text(encoding="utf-8")
    sent = await api.as_("uploader").upload(
        UPLOAD,
        {"input": {"file": None, "mode": "PRODUCTION", "idempotencyKey": "once"}},
        path="variables.input.file",
        content=sample(),
    )
    file = sent.data["collectiveFileUpload"]["collectiveFile"]
    asked = noted(monkeypatch)

    async with following(api, "uploader", text, {"id": file["id"]}) as stream:
        first = await stream.hear()
        begun = len(asked)
        await rows("UPDATE collective_file SET progress_bytes = size_bytes / 2")
        asked.clear()
        second = await stream.hear()

    assert [event["payload"]["data"]["collectiveFileProgress"]["progress"] for event in (first, second)] == [0, 50]
    # Who connects, whether he is still who he was, the file; then the last two again for each look.
    assert (begun, len(asked)) == (3, 2), "\n".join(asked)


def test_every_prepared_operation_is_counted() -> None:
    operations = {
        entry.name.removesuffix(".graphql")
        for entry in operations_folder().iterdir()
        if entry.name.endswith(".graphql")
    }

    assert operations == COUNTS.keys() | MUTATIONS.keys() | {SUBSCRIPTION}
