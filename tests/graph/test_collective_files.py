"""Collective files as clients send, follow and read them: who may, what he is told, and what nobody else sees."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from api import Answer, Api
from collective import check_next, demo_office, kept, referenced, sample
from following import following

from domain.demo_world import PERSONAS
from domain.months import Clock
from filing.office import Office
from graph.collective_file_progress import POLL_SECONDS
from persistence.database import rows
from server.settings import Settings

PROBLEM = "... on Problem { code message path }"
UPLOAD = f"""mutation ($input: CollectiveFileUploadInput!) {{ collectiveFileUpload(input: $input) {{ __typename
  ... on CollectiveFileUploaded {{ collectiveFile {{ id state mode checksOnly reference fileName bytes progress
    sender {{ enterpriseNumber }} uploadedBy {{ name }} receipt {{ content signature }} report {{ verdict }}
    parts {{ totalCount }} }} }}
  ... on NotAllowed {{ missing {{ lack ask }} }}
  ... on CollectiveFileRefused {{ findings {{ code specKey layer message advice hint field value expected
    expectedInWords firstPath place {{ line column path }} }} }}
  ... on CollectiveFileTooLarge {{ measuredBytes limitBytes }}
  ... on ReferenceReused {{ earlier {{ id receipt {{ signature }} }} }}
  {PROBLEM} }} }}"""
TEST = f"""mutation ($input: CollectiveFileTestInput!) {{ collectiveFileTest(input: $input) {{ __typename
  ... on CollectiveFileTested {{ collectiveFile {{ id state checksOnly mode }} }} {PROBLEM} }} }}"""
NODE = """query ($id: ID!) { node(id: $id) { ... on CollectiveFile { state progress
  report { verdict isCapped stages { name state } counts { code severity count }
    findings { totalCount edges { node { code partNumber promotorNumber conventionNumber month } } } }
  parts { totalCount edges { node { number promotorNumber conventionNumber month outcome blocking
    totals { employees lines hours days } performanceFile { id state } findings { edges { node { code } } } } } }
} } }"""
LIST = """query ($filter: CollectiveFileFilter) { collectiveFiles(filter: $filter) {
  totalCount edges { node { id reference } } } }"""
PROGRESS = "subscription ($id: ID!) { collectiveFileProgress(id: $id) { state progress } }"


@pytest.fixture
async def office(api: Api, settings: Settings, clock: Clock) -> Office:
    """An office beside that of the application, on the same database and store, as a worker has it."""
    return await demo_office(Path(settings.file_store_url.removeprefix("file://")), clock)


async def upload(api: Api, persona: str, data: bytes, *, mode: str = "PRODUCTION", key: str = "k1") -> Any:
    variables = {"input": {"file": None, "mode": mode, "idempotencyKey": key}}
    answer = await api.as_(persona).upload(UPLOAD, variables, path="variables.input.file", content=data)
    return answer.data["collectiveFileUpload"]


async def put_to_test(api: Api, persona: str, data: bytes) -> Any:
    answer = await api.as_(persona).upload(TEST, {"input": {"file": None}}, path="variables.input.file", content=data)
    return answer.data["collectiveFileTest"]


async def uploaded_and_checked(api: Api, office: Office, data: bytes, *, key: str = "k1") -> str:
    answer = await upload(api, "uploader", data, key=key)
    await check_next(office)
    return answer["collectiveFile"]["id"]


@asynccontextmanager
async def nothing_kept(office: Office) -> AsyncGenerator[None]:
    """Like the helper of the use case, but refusals of rights are in the audit trail."""
    before = {key: value for key, value in (await kept(office)).items() if key != "audit_entry"}
    yield
    assert {key: value for key, value in (await kept(office)).items() if key != "audit_entry"} == before


async def test_an_upload_answers_received_with_a_receipt(api: Api, office: Office) -> None:
    data = sample()

    answer = await upload(api, "uploader", data)

    file = answer.pop("collectiveFile")
    content = json.loads(file["receipt"]["content"])
    assert answer == {"__typename": "CollectiveFileUploaded"}
    assert (file["state"], file["mode"], file["progress"], file["report"]) == ("RECEIVED", "PRODUCTION", 0, None)
    assert (file["sender"]["enterpriseNumber"], file["uploadedBy"]["name"]) == ("0999000327", "Omar Peeters")
    assert (content["bytes"], content["reference"]) == (len(data), "ALFA-202610-VALID")


async def test_a_checked_file_shows_its_report_and_what_became_of_each_part(api: Api, office: Office) -> None:
    node = await uploaded_and_checked(api, office, sample("part-without-mandate.xml"))

    file = (await api.as_("uploader").execute(NODE, {"id": node})).data["node"]

    assert (file["state"], file["progress"], file["report"]["verdict"]) == ("PROCESSED", 100, "INVALID")
    assert file["report"]["counts"] == [{"code": "C-201", "severity": "BLOCKING", "count": 1}]
    assert {stage["state"] for stage in file["report"]["stages"]} == {"DONE"}
    parts = [edge["node"] for edge in file["parts"]["edges"]]
    assert [(part["conventionNumber"], part["outcome"]) for part in parts] == [
        ("104233", "LOADED"),
        ("104234", "NOT_LOADED"),
        ("205001", "LOADED"),
    ]
    assert [part["performanceFile"] and part["performanceFile"]["state"] for part in parts] == ["DRAFT", None, "DRAFT"]
    assert [[edge["node"]["code"] for edge in part["findings"]["edges"]] for part in parts] == [[], ["C-201"], []]
    assert parts[0]["totals"] == {"employees": 6, "lines": 14, "hours": "410.40", "days": "94.0"}


async def test_a_test_says_the_same_and_loads_nothing(api: Api, office: Office) -> None:
    answer = await put_to_test(api, "uploader", sample())
    await check_next(office)

    assert answer["__typename"] == "CollectiveFileTested"
    file = (await api.as_("uploader").execute(NODE, {"id": answer["collectiveFile"]["id"]})).data["node"]
    assert (file["state"], file["report"]["verdict"]) == ("PROCESSED", "VALID")
    assert [edge["node"]["outcome"] for edge in file["parts"]["edges"]] == ["LOADED", "LOADED"]
    assert [edge["node"]["performanceFile"] for edge in file["parts"]["edges"]] == [None, None]
    assert await rows("SELECT id FROM performance_file") == []


async def test_a_refused_file_says_what_where_and_how_to_mend_it(api: Api, office: Office) -> None:
    data = sample().replace(b"<Omgeving>P<", b"<Omgeving>T<", 1)

    async with nothing_kept(office):
        answer = await upload(api, "uploader", data)

    assert (answer["__typename"], answer["code"]) == ("CollectiveFileRefused", "COLLECTIVE_FILE_REFUSED")
    (finding,) = answer["findings"]
    assert (finding["code"], finding["value"], finding["expected"]) == ("F-003", "T", "P")
    assert finding["place"]["line"] == 5
    assert finding["message"]
    assert finding["advice"]


async def test_a_finding_carries_what_a_program_needs_and_what_was_probably_meant(api: Api, office: Office) -> None:
    data = sample().replace(b"<Omgeving>P<", b"<Omgeving>p<", 1)

    async with nothing_kept(office):
        answer = await upload(api, "uploader", data)

    (finding,) = answer["findings"]
    assert {name: finding[name] for name in ("code", "specKey", "layer", "field", "value", "firstPath")} == {
        "code": "XSD.enumeration",
        "specKey": "cvc-enumeration-valid",
        "layer": "schema",
        "field": "Omgeving",
        "value": "p",
        "firstPath": None,
    }
    assert finding["expected"] == finding["expectedInWords"] == "T, P"
    assert "P" in finding["hint"]


@pytest.mark.parametrize(
    ("persona", "lacks"),
    [
        ("nobody", "ROLE"),
        ("lokale-beheerder", "ROLE"),
        ("uploader-beta", "ADMISSION"),
        ("helpdesk", "NOT_FORESEEN"),
        ("case-handler", "NOT_FORESEEN"),
        ("auditor", "NOT_FORESEEN"),
        ("policy-admin", "NOT_FORESEEN"),
    ],
)
async def test_who_may_not_upload_is_told_what_he_lacks(api: Api, office: Office, persona: str, lacks: str) -> None:
    async with nothing_kept(office):
        answer = await upload(api, persona, sample())

    assert (answer["__typename"], answer["missing"][0]["lack"]) == ("NotAllowed", lacks)


async def test_nobody_without_a_token_uploads(api: Api, office: Office) -> None:
    async with nothing_kept(office):
        answer: Answer = await api.anonymous.upload(
            UPLOAD,
            {"input": {"file": None, "mode": "PRODUCTION", "idempotencyKey": "k"}},
            path="variables.input.file",
            content=sample(),
        )

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])


async def test_what_is_no_file_part_is_refused(api: Api, office: Office) -> None:
    variables = {"input": {"file": "<xml/>", "mode": "PRODUCTION", "idempotencyKey": "k"}}

    async with nothing_kept(office):
        answer = await api.as_("uploader").execute(UPLOAD, variables)

    assert answer.error_codes or answer.data["collectiveFileUpload"]["__typename"] == "InvalidInput"


async def test_a_reused_reference_names_the_file_that_has_it(api: Api, office: Office) -> None:
    first = await upload(api, "uploader", sample())

    async with nothing_kept(office):
        answer = await upload(api, "uploader", sample() + b"\n", key="k2")

    assert (answer["__typename"], answer["code"]) == ("ReferenceReused", "REFERENCE_REUSED")
    assert answer["earlier"]["id"] == first["collectiveFile"]["id"]


async def test_the_same_request_again_answers_the_same(api: Api, office: Office) -> None:
    first = await upload(api, "uploader", sample())
    again = await upload(api, "uploader", sample())
    other = await upload(api, "uploader", referenced(sample(), "OTHER"))

    assert first == again
    assert other["__typename"] == "IdempotencyKeyReused"


async def test_a_sender_and_the_department_see_a_file_and_nobody_else(api: Api, office: Office) -> None:
    node = await uploaded_and_checked(api, office, sample())
    sees = {"uploader", "submitter", "helpdesk", "case-handler", "auditor"}

    for persona in PERSONAS:
        client = api.as_(persona.name)
        found = (await client.execute(NODE, {"id": node})).data["node"]
        listed = (await client.execute(LIST)).data["collectiveFiles"]
        expected = 1 if persona.name in sees else 0
        assert (found is not None, listed["totalCount"], len(listed["edges"])) == (
            bool(expected),
            expected,
            expected,
        ), persona.name


async def test_the_department_sees_no_performance_file_that_it_may_not_consult(api: Api, office: Office) -> None:
    node = await uploaded_and_checked(api, office, sample())

    def shown(answer: Answer) -> list[bool]:
        return [edge["node"]["performanceFile"] is not None for edge in answer.data["node"]["parts"]["edges"]]

    assert shown(await api.as_("helpdesk").execute(NODE, {"id": node})) == [False, False]
    assert shown(await api.as_("case-handler").execute(NODE, {"id": node})) == [True, True]


async def test_a_promotor_sees_his_part_in_his_performance_file_and_never_the_other(api: Api, office: Office) -> None:
    await uploaded_and_checked(api, office, sample().replace(b"<INSZ>69081145640<", b"<INSZ>76022987163<"))
    findings = """{ performanceFiles { edges { node { convention { number }
      findings { edges { node { code } } } } } } }"""

    def said(answer: Answer) -> dict[str, list[str]]:
        return {
            edge["node"]["convention"]["number"]: [f["node"]["code"] for f in edge["node"]["findings"]["edges"]]
            for edge in answer.data["performanceFiles"]["edges"]
        }

    assert said(await api.as_("promotor").execute(findings)) == {"104233": []}
    assert said(await api.as_("promotor-haven").execute(findings)) == {"205001": ["N-404"]}


async def test_a_report_is_narrowed_by_part_severity_and_code(api: Api, office: Office) -> None:
    data = sample().replace(b"<INSZ>69081145640<", b"<INSZ>76022987163<")
    node = await uploaded_and_checked(api, office, data)
    query = """query ($id: ID!, $filter: FindingFilter) { node(id: $id) { ... on CollectiveFile { report {
      findings(filter: $filter) { totalCount edges { node { code } } } } } } }"""

    async def found(**filter_: Any) -> list[str]:
        answer = await api.as_("uploader").execute(query, {"id": node, "filter": filter_})
        findings = answer.data["node"]["report"]["findings"]
        assert findings["totalCount"] == len(findings["edges"])
        return [edge["node"]["code"] for edge in findings["edges"]]

    assert await found() == ["N-404"]
    assert await found(partNumber=2, severity="BLOCKING", code="N-404") == ["N-404"]
    assert await found(partNumber=1) == []
    assert await found(severity="WARNING") == []
    assert await found(code="N-405") == []


async def test_messages_come_in_the_language_of_the_request(api: Api, office: Office) -> None:
    node = await uploaded_and_checked(api, office, sample("part-without-mandate.xml"))
    query = """query ($id: ID!) { node(id: $id) { ... on CollectiveFile { report {
      findings { edges { node { message } } } } } } }"""

    async def said(language: str) -> str:
        answer = await api.as_("uploader").speaking(language).execute(query, {"id": node})
        return answer.data["node"]["report"]["findings"]["edges"][0]["node"]["message"]

    assert len({await said(language) for language in ("nl", "fr", "de", "en")}) == 4


async def test_progress_is_followed_to_the_outcome(api: Api, office: Office) -> None:
    answer = await upload(api, "uploader", sample())

    async with following(api, "uploader", PROGRESS, {"id": answer["collectiveFile"]["id"]}) as stream:
        first = await stream.hear()
        await check_next(office)
        last = await stream.hear()
        ended = await stream.hear()

    assert first["payload"]["data"]["collectiveFileProgress"] == {"state": "RECEIVED", "progress": 0}
    assert last["payload"]["data"]["collectiveFileProgress"] == {"state": "PROCESSED", "progress": 100}
    assert ended["type"] == "complete"


async def test_progress_of_a_file_out_of_sight_is_not_found(api: Api, office: Office) -> None:
    answer = await upload(api, "uploader", sample())

    async with following(api, "uploader-beta", PROGRESS, {"id": answer["collectiveFile"]["id"]}) as foreign:
        hidden = await foreign.hear()
    async with following(api, "uploader-beta", PROGRESS, {"id": "Q29sbGVjdGl2ZUZpbGU6bm9uZQ"}) as nothing:
        absent = await nothing.hear()

    def told(message: Any) -> Any:
        error = message["payload"][0] if message["type"] == "error" else message["payload"]["errors"][0]
        return message["type"], error["message"], error["extensions"]["code"]

    assert told(hidden) == told(absent)


async def test_following_ends_at_the_next_look_after_a_revoked_role(api: Api, office: Office, clock: Clock) -> None:
    answer = await upload(api, "uploader", sample())

    async with following(api, "uploader", PROGRESS, {"id": answer["collectiveFile"]["id"]}) as stream:
        await stream.hear()
        await rows("UPDATE role_grant SET revoked_by = user_id, revoked_at = ? WHERE role = 'uploader'", [clock()])
        ended = await stream.hear()

    assert ended["type"] == "complete"
    assert POLL_SECONDS < 2
