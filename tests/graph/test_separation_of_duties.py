"""Separation of duties over the wire: the abuse cases A-01, A-03 to A-05, A-30 and A-36, by their ids."""

import json
from pathlib import Path
from typing import Any

import pytest
from api import Api
from collective import check_next, demo_office, loaded, sample
from following import following_changes
from performance_files import MADE, a_file, everything, make, state_of

from domain.demo_world import PERSONAS
from domain.months import Clock
from domain.states import PerformanceFileState
from filing.office import Office
from graph.nodes import opaque_id
from graph.performance_file_changes import POLL_SECONDS
from persistence.database import rows
from server.settings import Settings

UPLOAD = """mutation ($input: CollectiveFileUploadInput!) { collectiveFileUpload(input: $input) { __typename
  ... on CollectiveFileUploaded { collectiveFile { id mode receipt { content } } } } }"""
REPORT = """query ($id: ID!) { node(id: $id) { ... on CollectiveFile {
  report { verdict findings { edges { node { code message value } } } }
  parts { edges { node { conventionNumber outcome performanceFile { id } } } } } } }"""
CHANGED = 'subscription { performanceFileChanged(conventionNumber: "205001") { id } }'
DEPARTMENT = ["helpdesk", "case-handler", "auditor"]


@pytest.fixture
async def office(api: Api, settings: Settings, clock: Clock) -> Office:
    """An office beside that of the application, on the same database and store, as a worker has it."""
    return await demo_office(Path(settings.file_store_url.removeprefix("file://")), clock)


async def uploaded(api: Api, data: bytes, *, mode: str = "PRODUCTION", key: str = "k") -> dict[str, Any]:
    variables = {"input": {"file": None, "mode": mode, "idempotencyKey": key}}
    answer = await api.as_("uploader").upload(UPLOAD, variables, path="variables.input.file", content=data)
    return answer.data["collectiveFileUpload"]["collectiveFile"]


async def entries(action: str) -> list[dict[str, Any]]:
    found = await rows(
        "SELECT e.action, e.outcome, e.object_id, e.details, u.subject FROM audit_entry e"
        " JOIN app_user u ON u.id = e.user_id WHERE e.action = ? ORDER BY e.sequence",
        [action],
    )
    return [row | {"details": json.loads(row["details"])} for row in found]


@pytest.mark.parametrize("number", ["104233", "205001"])
async def test_a_01_an_uploader_cannot_submit_whatever_the_level_of_the_mandate(api: Api, number: str) -> None:
    file_id = await a_file(number, state=PerformanceFileState.TESTED)
    before = await everything()

    answer = await make(
        api.as_("uploader"),
        "Submit",
        "... on NotAllowed { action missing { lack } }",
        id=opaque_id("PerformanceFile", file_id),
        revision=1,
        idempotencyKey="k",
    )

    assert (answer["__typename"], answer["code"], answer["action"]) == ("NotAllowed", "NOT_ALLOWED", "SUBMIT")
    assert await everything() == before
    (entry,) = await entries("performanceFileSubmit")
    assert (entry["outcome"], entry["subject"]) == ("REFUSED", "demo-uploader")


@pytest.mark.parametrize("persona", ["uploader-beta", "promotor", "nobody", "policy-admin"])
async def test_a_03_a_guessed_file_report_or_convention_answers_as_an_unknown_one(
    api: Api, office: Office, persona: str
) -> None:
    collective = await uploaded(api, sample())
    await check_next(office)
    (file,) = await rows(
        "SELECT f.id, c.id AS convention FROM performance_file f JOIN convention c ON c.id = f.convention_id"
        " WHERE c.number = '205001'"
    )
    guessed = [
        collective["id"],
        opaque_id("PerformanceFile", file["id"]),
        opaque_id("Convention", file["convention"]),
    ]
    unknown = [opaque_id(kind, "0198c0de-0000-7000-8000-000000000000") for kind in ("CollectiveFile", "Convention")]

    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } performanceFiles { totalCount } }"
    answer = await api.as_(persona).execute(query, {"ids": [*guessed, *unknown]})

    assert answer.data["nodes"] == [None] * 5
    # De Brug has a file of its own from the same upload; the count tells nothing of the other.
    assert answer.data["performanceFiles"]["totalCount"] == (1 if persona == "promotor" else 0)
    for found in (collective["id"], *unknown):
        content = await api.as_(persona).get(f"/collective-files/{found}/content")
        report = await api.as_(persona).get(f"/collective-files/{found}/report.json")
        assert (content.status_code, report.status_code) == (404, 404)


async def test_a_04_a_part_without_mandate_is_not_loaded_and_says_what_an_unknown_convention_says(
    api: Api, office: Office
) -> None:
    async def told(data: bytes, key: str) -> tuple[Any, Any]:
        collective = await uploaded(api, data, key=key)
        await check_next(office)
        node = (await api.as_("uploader").execute(REPORT, {"id": collective["id"]})).data["node"]
        return (
            [edge["node"] for edge in node["report"]["findings"]["edges"] if edge["node"]["code"] == "C-201"],
            {edge["node"]["conventionNumber"]: edge["node"]["outcome"] for edge in node["parts"]["edges"]},
        )

    findings, outcomes = await told(sample("part-without-mandate.xml"), "first")

    assert outcomes == {"104233": "LOADED", "104234": "NOT_LOADED", "205001": "LOADED"}
    assert len(findings) == 1
    assert "De Brug" not in str(findings)
    assert await rows("SELECT 1 FROM performance_file f JOIN convention c ON c.id = f.convention_id"
                      " WHERE c.number = '104234'") == []  # fmt: skip

    await rows("UPDATE collective_file SET state = 'REJECTED'")  # frees the reference
    same = sample("part-without-mandate.xml").replace(b"<Conventienummer>104234<", b"<Conventienummer>999999<")
    again, _ = await told(same, "second")
    assert [str(one).replace("999999", "104234") for one in again] == [str(one) for one in findings]


async def test_a_05_a_mandate_revoked_between_upload_and_submit_ends_both_submitting_and_following(
    api: Api, office: Office
) -> None:
    file_id = await a_file("205001", state=PerformanceFileState.TESTED)
    before = await everything()

    async with following_changes(api, "submitter", CHANGED, {}) as stream:
        await rows("UPDATE mandate SET revoked_by = granted_by, revoked_at = ?", [MADE])
        looks = stream.looks
        ended = await stream.hear()
    answer = await make(
        api.as_("submitter"), "Submit", id=opaque_id("PerformanceFile", file_id), revision=1, idempotencyKey="k"
    )

    assert ended["type"] == "complete"
    assert (stream.looks - looks) * POLL_SECONDS <= 2
    assert answer["__typename"] == "NotFound"
    assert await state_of(file_id) == "TESTED"
    assert await everything() == before
    assert [entry["outcome"] for entry in await entries("performanceFileSubmit")] == ["REFUSED"]


async def test_a_30_a_file_sent_to_test_says_so_in_its_receipt_and_is_never_loaded(api: Api, office: Office) -> None:
    before = await loaded()

    sent = await uploaded(api, sample().replace(b"<Omgeving>P<", b"<Omgeving>T<"), mode="TEST")
    row = await check_next(office)

    assert (sent["mode"], json.loads(sent["receipt"]["content"])["mode"]) == ("TEST", "TEST")
    assert row.state.value == "PROCESSED"
    assert await loaded() == before


@pytest.mark.parametrize(("written", "mode"), [(b"T", "PRODUCTION"), (b"P", "TEST")])
async def test_a_30_a_file_that_says_another_mode_than_it_is_sent_to_is_refused(
    api: Api, office: Office, written: bytes, mode: str
) -> None:
    data = sample().replace(b"<Omgeving>P<", b"<Omgeving>" + written + b"<")
    variables = {"input": {"file": None, "mode": mode, "idempotencyKey": "k"}}

    answer = await api.as_("uploader").upload(UPLOAD, variables, path="variables.input.file", content=data)

    assert answer.data["collectiveFileUpload"]["__typename"] == "CollectiveFileRefused"
    assert await rows("SELECT 1 FROM collective_file") == []


async def test_a_36_the_helpdesk_consults_no_performance_file_by_any_way(api: Api, office: Office) -> None:
    collective = await uploaded(api, sample())
    await check_next(office)
    files = [row["id"] for row in await rows("SELECT id FROM performance_file")]
    node = "query ($id: ID!) { node(id: $id) { id } }"
    nested = '{ convention(number: "104233") { number performanceFiles { totalCount edges { node { id } } } } }'
    helpdesk = api.as_("helpdesk")

    alone = [(await helpdesk.execute(node, {"id": opaque_id("PerformanceFile", one)})).data["node"] for one in files]
    listed = (await helpdesk.execute("{ performanceFiles { totalCount edges { node { id } } } }")).data
    reached = (await helpdesk.execute(nested)).data["convention"]
    parts = (await helpdesk.execute(REPORT, {"id": collective["id"]})).data["node"]["parts"]["edges"]

    assert len(files) == 2
    assert alone == [None, None]
    assert listed["performanceFiles"] == {"totalCount": 0, "edges": []}
    assert reached["performanceFiles"] == {"totalCount": 0, "edges": []}
    assert [part["node"]["performanceFile"] for part in parts] == [None] * len(parts)
    assert (await helpdesk.get(f"/collective-files/{collective['id']}/content")).status_code == 404
    assert await entries("performanceFileConsult") == []


@pytest.mark.parametrize("persona", DEPARTMENT)
async def test_a_36_each_report_that_the_department_reads_is_in_the_trail(
    api: Api, office: Office, persona: str
) -> None:
    collective = await uploaded(api, sample())
    row = await check_next(office)
    subject = next(one.subject for one in PERSONAS if one.name == persona)

    await api.as_(persona).execute(REPORT, {"id": collective["id"]})
    await api.as_(persona).get(f"/collective-files/{collective['id']}/report.csv")
    await api.as_("uploader").execute(REPORT, {"id": collective["id"]})

    found = [(entry["subject"], entry["object_id"]) for entry in await entries("collectiveFileReportConsult")]
    assert found == [(subject, row.id)] * 2


async def test_a_36_a_report_whose_reading_cannot_be_recorded_is_not_given(
    api: Api, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    collective = await uploaded(api, sample())
    await check_next(office)

    async def fails(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr("graph.audited_answers.record_readings", fails)

    answer = await api.as_("helpdesk").execute(REPORT, {"id": collective["id"]})

    assert answer.body.get("data") is None
