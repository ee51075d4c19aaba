"""Asking for somebody else or as if things were otherwise: for helpdesk and auditor, and nobody else."""

from typing import Any

import pytest
from api import Api
from policies import replaced

EXPLAIN = """query ($number: String, $month: Month, $whatIf: WhatIfInput) {
  explain(action: SUBMIT, conventionNumber: $number, month: $month, whatIf: $whatIf) {
    allowed rule missing { lack } } }"""
ALFA = "0999000327"


async def ask(api: Api, persona: str, about: str, number: str = "104233", **what_if: Any) -> Any:
    person = (await api.as_(about).execute("{ viewer { user { id } organisation { enterpriseNumber } } }")).data[
        "viewer"
    ]
    given = {"userId": person["user"]["id"], "organisation": person["organisation"]["enterpriseNumber"]} | what_if
    variables = {"number": number, "month": "2026-10", "whatIf": given}
    return await api.as_(persona).execute(EXPLAIN, variables)


async def lacks(api: Api, persona: str, about: str, number: str = "104233", **what_if: Any) -> list[str]:
    found = (await ask(api, persona, about, number, **what_if)).data["explain"]
    assert found["allowed"] is (found["missing"] == [])
    return [one["lack"] for one in found["missing"]]


@pytest.mark.parametrize("persona", ["helpdesk", "auditor"])
async def test_the_helpdesk_learns_what_somebody_else_lacks(api: Api, persona: str) -> None:
    assert await lacks(api, persona, "promotor") == []
    assert await lacks(api, persona, "uploader") == ["MANDATE_LEVEL", "ROLE"]
    assert await lacks(api, persona, "submitter", "205001") == []


async def test_an_assumed_role_and_mandate_show_what_would_be_enough(api: Api) -> None:
    assert await lacks(api, "helpdesk", "uploader", roles=["SUBMITTER"]) == ["MANDATE_LEVEL"]
    assert await lacks(api, "helpdesk", "uploader", mandate="SUBMIT") == ["ROLE"]
    assert await lacks(api, "helpdesk", "uploader", roles=["SUBMITTER"], mandate="SUBMIT") == []


async def test_another_moment_counts_the_periods_of_then(api: Api) -> None:
    assert await lacks(api, "helpdesk", "promotor", at="2020-01-01T00:00:00Z") == ["ROLE"]


async def test_a_draft_policy_is_asked_by_who_may_read_the_policy(api: Api) -> None:
    draft = replaced("p, promotor, owner, submit, allow", "")[0]

    assert await lacks(api, "auditor", "promotor", policy=draft) == ["NOT_FORESEEN"]
    refused = await ask(api, "helpdesk", "promotor", policy=draft)
    assert refused.error_codes == ["NOT_FOUND"]


@pytest.mark.parametrize("persona", ["promotor", "uploader", "lokale-beheerder", "case-handler", "nobody"])
async def test_nobody_else_asks_about_others_or_assumes_anything(api: Api, persona: str) -> None:
    for about in ("promotor", persona):
        answer = await ask(api, persona, about, roles=["SUBMITTER"])

        assert answer.error_codes == ["NOT_FOUND"]
        assert answer.body["data"] is None


async def test_another_person_needs_his_organisation(api: Api) -> None:
    answer = await ask(api, "helpdesk", "promotor", organisation=None)

    assert answer.error_codes == ["INVALID_VALUE"]


async def test_an_unknown_organisation_is_not_found(api: Api) -> None:
    assert (await ask(api, "helpdesk", "promotor", organisation="0999000723")).error_codes == ["NOT_FOUND"]
