"""Documents by their hash: what the operator trusts runs, and a server that trusts nothing else runs nothing else."""

import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from api import Api, running
from following import following

from domain.errors import CouldNotRun
from domain.months import Clock
from filing.demo import load_demo_world
from server.app import create_app
from server.commands.main import run
from server.settings import Settings

NAME = "query Name($reversed: Boolean! = true) { viewer { user { name @include(if: $reversed) } } }\n"
OTHER = "{ viewer { user { name } } }"
CHANGED = 'subscription { performanceFileChanged(conventionNumber: "104233") { id } }'
IDENTIFIER = f"sha256:{hashlib.sha256(NAME.encode()).hexdigest()}"
ANSWER = {"data": {"viewer": {"user": {"name": "Omar Peeters"}}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "name.graphql").write_bytes(NAME.encode())
    return folder


@pytest.fixture(params=[False, True], ids=["beside others", "alone"])
def only(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
async def trusting(settings: Settings, clock: Clock, folder: Path, only: bool) -> AsyncGenerator[Api]:
    changed = settings.model_copy(update={"trusted_documents_path": folder, "trusted_documents_only": only})
    async with running(create_app(changed, clock=clock), changed, clock) as started:
        await load_demo_world(clock)
        yield started


async def asked(api: Api, **body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {api.token('uploader')}", "Accept": "application/graphql-response+json"}
    return await api.http.post("/graphql", json=body, headers=headers)


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def test_a_document_is_run_by_its_hash(trusting: Api) -> None:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": IDENTIFIER.removeprefix("sha256:")}}

    by_id = await asked(trusting, documentId=IDENTIFIER, variables={"reversed": True})
    as_apollo = await asked(trusting, extensions=persisted)
    by_text = await asked(trusting, query=NAME)

    assert by_id.json() == as_apollo.json() == by_text.json() == ANSWER


async def test_a_document_is_run_by_its_hash_in_an_address(trusting: Api) -> None:
    headers = {"Authorization": f"Bearer {trusting.token('uploader')}"}

    answer = await trusting.http.get("/graphql", params={"documentId": IDENTIFIER}, headers=headers)

    assert answer.json() == ANSWER


async def test_a_14_an_unknown_hash_is_refused(trusting: Api) -> None:
    assert code_of(await asked(trusting, documentId="sha256:" + "0" * 64)) == (400, "DOCUMENT_UNKNOWN")
    assert code_of(await asked(trusting, documentId="")) == (400, "DOCUMENT_UNKNOWN")
    assert code_of(await asked(trusting, documentId=1)) == (400, "MALFORMED_REQUEST")


async def test_a_14_another_document_runs_only_where_others_do(trusting: Api, only: bool) -> None:
    answer = await asked(trusting, query=OTHER)

    assert (code_of(answer) if only else answer.json()) == ((400, "DOCUMENT_NOT_TRUSTED") if only else ANSWER)


async def test_the_limits_tell_whether_others_run(trusting: Api, only: bool, folder: Path) -> None:
    told = await asked(trusting, query="{ limits { trustedDocumentsOnly } }")

    assert told.status_code == (400 if only else 200)
    assert only or told.json() == {"data": {"limits": {"trustedDocumentsOnly": False}}}


async def test_a_14_over_a_web_socket_the_same_holds(trusting: Api, only: bool) -> None:
    async with following(trusting, "uploader", OTHER, {}) as stream:
        answer = await stream.hear()
        ended = None if only else await stream.hear()
        stream.say({"type": "subscribe", "id": "1", "payload": {"documentId": IDENTIFIER}})
        trusted = await stream.hear()

    assert answer["type"] == ("error" if only else "next")
    assert ended is None or ended["type"] == "complete"
    assert not only or answer["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
    assert trusted == {"id": "1", "type": "next", "payload": ANSWER}


@pytest.mark.parametrize(
    ("text", "place"),
    [("{ viewer { nothing } }", "line 1, column 12"), ("{ viewer", "line 1, column 9"), ("\n}", "line 2, column 1")],
)
def test_a_document_that_the_schema_does_not_take_stops_the_server_at_its_start(
    settings: Settings, folder: Path, text: str, place: str
) -> None:
    (folder / "wrong.graphql").write_text(text)

    with pytest.raises(CouldNotRun, match=f"wrong.graphql, {place}"):
        create_app(settings.model_copy(update={"trusted_documents_path": folder}))


def test_a_folder_that_is_not_there_stops_the_server_at_its_start(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CouldNotRun, match="there is no folder"):
        create_app(settings.model_copy(update={"trusted_documents_path": tmp_path / "none"}))


def test_the_command_prints_the_ids(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "documents", str(folder)]) == 0
    assert capsys.readouterr().out == f"{IDENTIFIER}  name.graphql\n"
