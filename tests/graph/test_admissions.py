"""Admissions over the wire: the helpdesk lets a tested sender into production, and suspends that."""

from typing import Any

import pytest
from api import Api

from graph.nodes import opaque_id
from persistence.database import rows

ALFA, BETA = "0999000327", "0999000426"
UNKNOWN = opaque_id("Admission", "0199f000-0000-7000-8000-000000000000")

GRANT = """mutation ($input: AdmissionGrantInput!) { admissionGrant(input: $input) { __typename
  ... on AdmissionGranted { admission { id admittedFrom evidence isInForce organisation { name } admittedBy { name } } }
  ... on Problem { code message path }
  ... on NotAllowed { action missing { lack ask } }
  ... on AlreadyAdmitted { existingId } } }"""
SUSPEND = """mutation ($input: AdmissionSuspendInput!) { admissionSuspend(input: $input) { __typename
  ... on AdmissionSuspended { admission { id isInForce suspendedAt suspensionReason } }
  ... on Problem { code message path }
  ... on WrongState { found } } }"""
LIST = """query ($filter: AdmissionFilter) { admissions(filter: $filter) { totalCount
  edges { node { id organisation { enterpriseNumber } } } } }"""
UPLOAD_RIGHT = """{ explain(action: UPLOAD, conventionNumber: "104233", month: "2026-10", mode: PRODUCTION) {
  allowed missing { lack } } }"""


async def admit(api: Api, persona: str = "helpdesk", **changes: Any) -> dict[str, Any]:
    wanted = {"organisation": BETA, "admittedFrom": "2026-11-05", "evidence": "three good test files"}
    return (await api.as_(persona).execute(GRANT, {"input": wanted | changes})).data["admissionGrant"]


async def suspend(api: Api, persona: str, admission_id: str, reason: str = "files of others") -> dict[str, Any]:
    variables = {"input": {"admissionId": admission_id, "reason": reason}}
    return (await api.as_(persona).execute(SUSPEND, variables)).data["admissionSuspend"]


async def admission_of_alfa() -> str:
    return opaque_id("Admission", (await rows("SELECT id FROM admission"))[0]["id"])


async def kept() -> list[dict[str, Any]]:
    return await rows("SELECT * FROM admission ORDER BY id")


async def test_the_helpdesk_admits_a_sender_on_evidence(api: Api) -> None:
    answer = await admit(api, evidence="  three good test files ")

    assert answer["admission"] | {"id": ""} == {
        "id": "",
        "admittedFrom": "2026-11-05",
        "evidence": "three good test files",
        "isInForce": True,
        "organisation": {"name": "Sociaal Secretariaat Beta"},
        "admittedBy": {"name": "Hilde Goossens"},
    }
    entries = await rows("SELECT outcome, object_kind FROM audit_entry WHERE action = 'admissionGrant'")
    assert entries == [{"outcome": "DONE", "object_kind": "Admission"}]


async def test_an_admission_counts_from_its_first_day(api: Api) -> None:
    assert (await admit(api, admittedFrom="2026-11-06"))["admission"]["isInForce"] is False


async def test_who_is_admitted_already_is_not_admitted_again(api: Api) -> None:
    before = await kept()

    answer = await admit(api, organisation=ALFA)

    assert (answer["__typename"], answer["existingId"]) == ("AlreadyAdmitted", await admission_of_alfa())
    assert await kept() == before


@pytest.mark.parametrize(
    ("changes", "typename", "path"),
    [
        ({"evidence": "  "}, "InvalidInput", ["evidence"]),
        ({"evidence": "x" * 2001}, "InvalidInput", ["evidence"]),
        ({"organisation": "0999000525"}, "InvalidInput", ["organisation"]),
        ({"organisation": "0999000624"}, "NotFound", ["organisation"]),
    ],
)
async def test_an_admission_that_makes_no_sense_is_refused(
    api: Api, changes: dict[str, Any], typename: str, path: list[str]
) -> None:
    before = await kept()

    answer = await admit(api, **changes)

    assert (answer["__typename"], answer["path"]) == (typename, path)
    assert await kept() == before


async def test_a_suspended_admission_ends_uploading_to_production_at_once(api: Api) -> None:
    assert (await api.as_("uploader").execute(UPLOAD_RIGHT)).data["explain"]["allowed"] is True

    answer = await suspend(api, "helpdesk", await admission_of_alfa())

    assert answer["__typename"] == "AdmissionSuspended"
    assert (answer["admission"]["isInForce"], answer["admission"]["suspensionReason"]) == (False, "files of others")
    explained = (await api.as_("uploader").execute(UPLOAD_RIGHT)).data["explain"]
    assert explained == {"allowed": False, "missing": [{"lack": "ADMISSION"}]}
    assert (await suspend(api, "helpdesk", await admission_of_alfa()))["__typename"] == "WrongState"
    assert (await admit(api, organisation=ALFA))["__typename"] == "AdmissionGranted"


async def test_a_suspension_needs_a_reason_and_an_admission(api: Api) -> None:
    before = await kept()

    without_reason = await suspend(api, "helpdesk", await admission_of_alfa(), reason=" ")
    unknown = await suspend(api, "helpdesk", UNKNOWN)
    forged = await suspend(api, "helpdesk", "x")

    assert (without_reason["__typename"], without_reason["path"]) == ("InvalidInput", ["reason"])
    assert unknown == forged
    assert unknown["__typename"] == "NotFound"
    assert await kept() == before


@pytest.mark.parametrize("persona", ["promotor", "uploader", "auditor", "case-handler", "policy-admin", "nobody"])
async def test_nobody_else_admits_or_suspends(api: Api, persona: str) -> None:
    before = await kept()

    assert (await admit(api, persona))["__typename"] == "NotAllowed"
    real = await suspend(api, persona, await admission_of_alfa())
    assert real == await suspend(api, persona, UNKNOWN)
    assert real["__typename"] == "NotAllowed"
    assert await kept() == before


@pytest.mark.parametrize(
    ("persona", "numbers"),
    [
        ("helpdesk", [ALFA]),
        ("auditor", [ALFA]),
        ("uploader", []),
        ("promotor", []),
        ("case-handler", []),
        ("nobody", []),
    ],
)
async def test_helpdesk_and_auditor_see_admissions(api: Api, persona: str, numbers: list[str]) -> None:
    found = (await api.as_(persona).execute(LIST)).data["admissions"]

    assert [edge["node"]["organisation"]["enterpriseNumber"] for edge in found["edges"]] == numbers
    assert found["totalCount"] == len(numbers)


async def test_a_filter_narrows_the_list_of_admissions(api: Api) -> None:
    await admit(api)
    await suspend(api, "helpdesk", await admission_of_alfa())

    async def numbers(**narrowed: Any) -> list[str]:
        found = (await api.as_("helpdesk").execute(LIST, {"filter": narrowed})).data["admissions"]
        return [edge["node"]["organisation"]["enterpriseNumber"] for edge in found["edges"]]

    assert await numbers(organisation=BETA) == [BETA]
    assert await numbers(isSuspended=True) == [ALFA]
    assert await numbers(isSuspended=False) == [BETA]


@pytest.mark.parametrize("operation", [GRANT, SUSPEND])
async def test_without_a_token_nobody_is_admitted_or_suspended(api: Api, operation: str) -> None:
    before = await kept()
    given = {"organisation": BETA, "admittedFrom": "2026-11-05", "evidence": "none"}
    suspended = {"admissionId": await admission_of_alfa(), "reason": "none"}

    answer = await api.anonymous.execute(operation, {"input": given if operation is GRANT else suspended})

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert await kept() == before


async def test_a_03_an_admission_is_found_again_by_its_id_only_by_who_sees_it(api: Api) -> None:
    node = "query ($id: ID!) { node(id: $id) { id } }"
    admission_id = await admission_of_alfa()

    assert (await api.as_("helpdesk").execute(node, {"id": admission_id})).data == {"node": {"id": admission_id}}
    assert (await api.as_("uploader").execute(node, {"id": admission_id})).body == {"data": {"node": None}}
