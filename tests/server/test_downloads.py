"""Downloads: the stored bytes for who sent them, the report for whoever sees the file, nothing for others."""

import csv
import hashlib
import io
import json
import re
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from collective import delivered, demo_office, persona, sample, send
from lxml import etree
from policies import MODEL, SHIPPED
from starlette.applications import Starlette
from starlette.requests import Request

from authz.decision_table import load_decision_table
from domain.demo_world import PERSONAS
from domain.months import Clock
from filing.identification import Identified
from filing.office import Office
from graph.nodes import opaque_id
from persistence.database import Database, rows
from server.downloads import download_routes
from server.refusals import Refusal

REPORT_SCHEMA = Path(__file__).parents[2] / "xml" / "validation" / "schemas" / "report-1.xsd"
SENDERS = {"uploader", "submitter"}
DEPARTMENT = {"helpdesk", "case-handler", "auditor"}


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def http(office: Office) -> AsyncGenerator[httpx2.AsyncClient]:
    """The downloads alone; a header says which persona asks, as a token does in the whole application."""

    async def identified(request: Request) -> Identified:
        request.state.correlation_id = "test"
        name = request.headers.get("x-persona")
        if name is None:
            raise Refusal(401, "UNAUTHENTICATED", {})
        return Identified(await persona(office, name), load_decision_table(SHIPPED.encode(), MODEL))

    app = Starlette(routes=download_routes(lambda _: office, identified))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://mandaat.test") as client:
        yield client


@pytest.fixture
async def file_id(office: Office) -> str:
    uploader = await persona(office, "uploader")
    return (await delivered(office, uploader, sample("part-without-mandate.xml"), file_name="lonen é.xml")).id


def path(file_id: str, what: str) -> str:
    return f"/collective-files/{opaque_id('CollectiveFile', file_id)}/{what}"


async def test_the_sender_gets_the_very_bytes_back(http: httpx2.AsyncClient, file_id: str) -> None:
    answer = await http.get(path(file_id, "content"), headers={"X-Persona": "uploader"})

    assert answer.content == sample("part-without-mandate.xml")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"lonen__.xml\"; filename*=UTF-8''lonen%20%C3%A9.xml"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    entries = await rows("SELECT action, object_id FROM audit_entry WHERE action = 'collectiveFileFetch'")
    assert entries == [{"action": "collectiveFileFetch", "object_id": file_id}]


@pytest.mark.parametrize("what", ["content", "report.json", "report.csv", "report.xml", "report.html"])
async def test_who_may_not_see_it_gets_what_nobody_has(http: httpx2.AsyncClient, file_id: str, what: str) -> None:
    may = SENDERS if what == "content" else SENDERS | DEPARTMENT

    for one in PERSONAS:
        hidden = await http.get(path(file_id, what), headers={"X-Persona": one.name})
        absent = await http.get(path("none", what), headers={"X-Persona": one.name})
        assert absent.status_code == 404
        assert (hidden.status_code == 200) is (one.name in may), one.name
        if one.name not in may:
            assert hidden.content == absent.content


@pytest.mark.parametrize("what", ["content", "report.json"])
async def test_without_a_token_the_answer_is_401(http: httpx2.AsyncClient, file_id: str, what: str) -> None:
    answer = await http.get(path(file_id, what))

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_bytes_that_changed_never_arrive_whole(http: httpx2.AsyncClient, office: Office, file_id: str) -> None:
    (row,) = await rows("SELECT store_key FROM collective_file")
    assert office.store.folder is not None
    (office.store.folder / row["store_key"]).write_bytes(sample("part-without-mandate.xml").replace(b"1", b"2"))

    with pytest.raises(Exception, match="collective-files"):
        await http.get(path(file_id, "content"), headers={"X-Persona": "uploader"})


async def test_a_report_comes_as_json_csv_and_xml(http: httpx2.AsyncClient, file_id: str) -> None:
    headers = {"X-Persona": "uploader", "Accept-Language": "en"}

    document = json.loads((await http.get(path(file_id, "report.json"), headers=headers)).content)
    table = list(csv.DictReader(io.StringIO((await http.get(path(file_id, "report.csv"), headers=headers)).text)))
    xml = etree.fromstring((await http.get(path(file_id, "report.xml"), headers=headers)).content)

    content = sample("part-without-mandate.xml")
    assert document["verdict"] == "INVALID"
    assert document["state"] == "PROCESSED"
    assert document["file"] == {
        "name": "lonen é.xml",
        "sizeBytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "declaredEncoding": "UTF-8",
        "detectedEncoding": "UTF-8",
        "hasByteOrderMark": False,
    }
    assert document["header"]["reference"].encode() in content
    assert [part["outcome"] for part in document["parts"]] == ["LOADED", "NOT_LOADED", "LOADED"]
    assert [(finding["code"], finding["layer"]) for finding in document["findings"]] == [("C-201", "register")]
    assert [row["code"] for row in table] == ["C-201"]
    etree.XMLSchema(etree.fromstring(REPORT_SCHEMA.read_bytes())).assertValid(xml)
    (finding,) = xml.findall("{*}Finding")
    assert (xml.get("verdict"), finding.get("code")) == ("INVALID", "C-201")
    assert finding.findtext("{*}Message") == document["findings"][0]["message"] == table[0]["message"]


async def test_a_report_says_when_its_file_came_in_and_when_it_had_its_outcome(
    http: httpx2.AsyncClient, file_id: str
) -> None:
    headers = {"X-Persona": "uploader", "Accept-Language": "en"}
    finished = datetime.fromisoformat("2026-11-05T08:04:30+00:00")
    await rows("UPDATE collective_file SET finished_at = ? WHERE id = ?", [finished, file_id])
    moments = {
        "receivedAt": "2026-11-05T09:00:00+01:00",
        "checkedAt": "2026-11-05T09:00:00+01:00",
        "finishedAt": "2026-11-05T09:04:30+01:00",
    }

    document = json.loads((await http.get(path(file_id, "report.json"), headers=headers)).content)
    xml = etree.fromstring((await http.get(path(file_id, "report.xml"), headers=headers)).content)
    page = (await http.get(path(file_id, "report.html"), headers=headers)).text

    assert {name: document[name] for name in moments} == moments
    assert {name: xml.get(name) for name in moments} == moments
    assert "<dt>Received at</dt><dd>2026-11-05 09:00:00</dd>" in page


async def test_a_report_names_the_schema_by_which_its_file_was_checked_and_not_that_of_today(
    http: httpx2.AsyncClient, file_id: str
) -> None:
    headers = {"X-Persona": "uploader"}
    today = hashlib.sha256(REPORT_SCHEMA.with_name("collective-1.xsd").read_bytes()).hexdigest()
    (kept,) = await rows("SELECT schema_sha256 FROM report WHERE collective_file_id = ?", [file_id])
    assert kept == {"schema_sha256": today}
    then = "0" * 64
    await rows("UPDATE report SET schema_sha256 = ? WHERE collective_file_id = ?", [then, file_id])

    document = json.loads((await http.get(path(file_id, "report.json"), headers=headers)).content)
    xml = etree.fromstring((await http.get(path(file_id, "report.xml"), headers=headers)).content)
    page = (await http.get(path(file_id, "report.html"), headers=headers)).text

    assert (document["schema"]["name"], document["schema"]["sha256"]) == ("collective-1.xsd", then)
    assert [schema.get("sha256") for schema in xml.iter("{*}Schema")] == [then]
    assert f"SHA-256 {then}" in page


async def test_the_report_as_a_page_shows_the_lines_to_the_sender_only(
    http: httpx2.AsyncClient, office: Office, file_id: str
) -> None:
    pages = {
        name: (await http.get(path(file_id, "report.html"), headers={"X-Persona": name, "Accept-Language": "fr"}))
        for name in ("uploader", "helpdesk")
    }

    assert pages["uploader"].headers["content-type"] == "text/html; charset=utf-8"
    assert pages["uploader"].headers["content-security-policy"] == "sandbox"
    assert '<html lang="fr">' in pages["uploader"].text
    assert all("C-201" in page.text for page in pages.values())
    assert "&lt;Conventienummer&gt;" in pages["uploader"].text
    assert "&lt;" not in pages["helpdesk"].text
    assert re.search(rb"<INSZ>[0-9]{11}<", sample("part-without-mandate.xml"))
    assert not any(re.search("[0-9]{11}[^0-9a-f]", page.text) for page in pages.values())


async def test_a_report_outlives_the_bytes_of_its_file(http: httpx2.AsyncClient, office: Office, file_id: str) -> None:
    (row,) = await rows("SELECT store_key FROM collective_file")
    await office.store.delete(row["store_key"])

    page = await http.get(path(file_id, "report.html"), headers={"X-Persona": "uploader"})
    document = json.loads((await http.get(path(file_id, "report.json"), headers={"X-Persona": "uploader"})).content)

    assert page.status_code == 200
    assert "&lt;" not in page.text
    assert document["header"] is None
    assert [finding["code"] for finding in document["findings"]] == ["C-201"]


async def test_an_unchecked_file_has_no_report_yet(http: httpx2.AsyncClient, office: Office) -> None:
    row = await send(office, await persona(office, "uploader"), sample())

    answer = await http.get(path(row.id, "report.json"), headers={"X-Persona": "uploader"})

    assert answer.status_code == 404
