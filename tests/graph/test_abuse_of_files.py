"""Abuse of what callers send, over the whole application: replays, names and values that do more than stand there.

Each test bears the id of its case in docs/abuse-cases.md.
"""

import asyncio
import csv
import io
import json
import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from api import Api, Client
from collective import check_next, demo_office, kept, referenced, sample, stored_files
from performance_files import a_file, a_line, line_input, make

from domain.demo_register import ELS, STRANGER
from domain.months import Clock
from filing.office import Office
from graph.nodes import opaque_id
from persistence.database import rows
from server.logs import configure_logs
from server.settings import LogLevel, Settings

UPLOAD = """mutation ($input: CollectiveFileUploadInput!) { collectiveFileUpload(input: $input) { __typename
  ... on CollectiveFileUploaded { collectiveFile { id fileName receipt { content signature } } }
  ... on Problem { code } } }"""
PAGES = ("report.html", "report.csv", "report.json", "report.xml")


@pytest.fixture
async def office(api: Api, settings: Settings, clock: Clock) -> Office:
    """An office beside that of the application, on the same database and store, as a worker has it."""
    return await demo_office(Path(settings.file_store_url.removeprefix("file://")), clock)


async def upload(api: Api, data: bytes, *, key: str = "k1", file_name: str = "bestand.xml") -> Any:
    variables = {"input": {"file": None, "mode": "PRODUCTION", "idempotencyKey": key}}
    answer = await api.as_("uploader").upload(
        UPLOAD, variables, path="variables.input.file", content=data, file_name=file_name
    )
    return answer.data["collectiveFileUpload"]


def receipt_of(answer: Any) -> Any:
    return answer["collectiveFile"]["receipt"]


async def test_a_20_a_key_that_comes_back_with_other_bytes_is_refused_and_they_are_not_kept(
    api: Api, office: Office
) -> None:
    await upload(api, sample())
    before = await kept(office)

    again = await upload(api, referenced(sample(), "OTHER"))

    assert again == {"__typename": "IdempotencyKeyReused", "code": "IDEMPOTENCY_KEY_REUSED"}
    assert stored_files(office) == before["files"]
    assert (await kept(office))["collective_file"] == 1


async def test_a_20_the_same_bytes_under_a_new_key_get_the_first_receipt(api: Api, office: Office) -> None:
    first = await upload(api, sample())

    again = await upload(api, sample(), key="k2")

    assert receipt_of(again) == receipt_of(first)
    assert (await kept(office))["collective_file"] == 1


@pytest.mark.parametrize("keys", [("k1", "k1"), ("k1", "k2")])
async def test_a_20_of_two_at_once_one_is_kept_and_both_have_its_receipt(
    api: Api, office: Office, keys: tuple[str, str]
) -> None:
    one, other = await asyncio.gather(*(upload(api, sample(), key=key) for key in keys))

    assert receipt_of(one) == receipt_of(other)
    assert (await kept(office))["collective_file"] == 1
    assert len(stored_files(office)) == 1


async def test_a_24_what_a_sender_writes_is_text_in_every_form_of_the_report(api: Api, office: Office) -> None:
    """In the file name and in a value that a finding repeats: markup for pages, a formula for spreadsheets."""
    evil = b"=HYPERLINK(&quot;https://evil.example&quot;)&lt;script&gt;alert(1)&lt;/script&gt;"
    data = sample().replace(b"<Conventienummer>104233<", b"<Conventienummer>" + evil + b"<", 1)
    name = "=1+1<script>alert(1)<!script>.xml"
    file_id = (await upload(api, data, file_name=name))["collectiveFile"]["id"]
    await check_next(office)

    got = {page: await api.as_("uploader").get(f"/collective-files/{file_id}/{page}") for page in PAGES}

    for answer in got.values():
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment;")
    page = got["report.html"]
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    table = list(csv.DictReader(io.StringIO(got["report.csv"].text)))
    cells = [cell for row in table for cell in row.values()]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert "<script" not in got["report.xml"].text
    assert json.loads(got["report.json"].text)["file"]["name"].startswith("=1+1")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../policy.csv", "policy.csv"),
        ("..\\..\\policy.csv", "policy.csv"),
        ("x" * 1000, "x" * 200),
        ("loon\u202elmx.exe", "loonlmx.exe"),
        ("CON", "CON"),
        ("/etc/passwd", "passwd"),
    ],
)
async def test_a_25_a_file_name_is_a_label_and_never_a_place(
    api: Api, office: Office, settings: Settings, name: str, shown: str
) -> None:
    policy = settings.policy_path.read_bytes()
    folder = settings.policy_path.parent
    before = {path for path in folder.rglob("*") if path.is_file()}

    answer = await upload(api, sample(), file_name=name)

    (row,) = await rows("SELECT id, file_name, store_key FROM collective_file")
    assert answer["collectiveFile"]["fileName"] == shown == row["file_name"]
    assert stored_files(office) == [row["store_key"]]
    assert shown not in row["store_key"]
    assert settings.policy_path.read_bytes() == policy
    files = settings.file_store_url.removeprefix("file://")
    made = {path for path in folder.rglob("*") if path.is_file()} - before
    assert [path for path in made if not str(path).startswith((files, settings.database_url[9:]))] == []


async def test_a_25_a_name_of_four_kilobytes_is_refused_and_nothing_kept(api: Api, office: Office) -> None:
    before = await kept(office)
    variables = {"input": {"file": None, "mode": "PRODUCTION", "idempotencyKey": "k1"}}

    answer = await api.as_("uploader").upload(
        UPLOAD, variables, path="variables.input.file", content=sample(), file_name="x" * 4096
    )

    assert (answer.status, answer.error_codes) == (400, ["MALFORMED_REQUEST"])
    assert await kept(office) == before


async def test_a_26_what_a_caller_sends_makes_no_line_of_a_log_and_no_label_of_a_measurement(api: Api) -> None:
    forged = '\n{"event": "forged"}\x1b[2J'
    client = api.as_("promotor")
    with logged() as stream:
        for path in ("/graphql%0a%7b%22event%22:%22forged%22%7d", "/made-up-by-a-caller"):
            await api.http.get(path, headers={**client.headers, "User-Agent": "a\x1b[2J", "X-Correlation-ID": "b\x1bc"})
        answer = await client.execute("query MadeUpName { viewer { user { name } } }")
        await api.http.post(
            "/graphql",
            json={"query": "query A { viewer { user { name } } }", "operationName": forged},
            headers=dict(client.headers),
        )
    metrics = (await api.http.get("/metrics")).text

    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert answer.status == 200
    assert {entry["event"] for entry in entries} == {"request"}
    assert "\x1b" not in stream.getvalue()
    assert not any(word in metrics for word in ("made-up", "MadeUpName", "forged"))


async def test_a_32_whether_a_person_is_known_elsewhere_does_not_show_in_a_check(api: Api) -> None:
    """Els is known of a convention of De Brug, the stranger of none; Havenwerk hears the same of both."""
    client = api.as_("promotor-haven")
    file_id = opaque_id("PerformanceFile", await a_file("205001", lines=[a_line(insz=ELS)]))
    said = [await findings_of(client, file_id, revision=1)]
    await make(client, "Modify", id=file_id, revision=1, lines=[line_input(employee=STRANGER)])
    said.append(await findings_of(client, file_id, revision=2))

    assert said[0]
    assert said[0] == said[1]


async def findings_of(client: Client, file_id: str, *, revision: int) -> list[Any]:
    """What a test of the file says, without the masked number of the person, which the caller gave himself."""
    selection = "... on PerformanceFileTested { performanceFile { findings { edges { node { code message } } } } }"
    payload = await make(client, "Test", selection, id=file_id, revision=revision)
    found = [edge["node"] for edge in payload["performanceFile"]["findings"]["edges"]]
    return [(one["code"], "".join("#" if char.isdigit() else char for char in one["message"])) for one in found]


@contextmanager
def logged() -> Generator[io.StringIO]:
    """What the process logs, as JSON, at every level; its logging is put back as it was."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs(LogLevel.DEBUG, stream=stream, as_json=True)
    try:
        yield stream
    finally:
        root.handlers = before
        root.setLevel(level)
        structlog.reset_defaults()
