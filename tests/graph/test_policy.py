"""The policy over the wire: read, checked, activated and rolled back by who may, and by nobody else."""

from typing import Any

import pytest
from api import Api
from policies import SHIPPED, replaced

from persistence.database import rows
from server.settings import Settings

WITHOUT_SUBMIT = replaced("p, promotor, owner, submit, allow", "")[0]
BROKEN, BROKEN_LINE = replaced("p, promotor, owner, submit, allow", "p, promotr, owner, submit, allow")

READ = """{ policy { sequence version text activatedAt reason author { name } warnings { line message }
  history(first: 1) { totalCount edges { node { sequence reason } } pageInfo { hasNextPage } } } }"""
CHECK = """mutation ($input: PolicyCheckInput!) { policyCheck(input: $input) { __typename
  ... on Problem { code }
  ... on PolicyChecked { isAcceptable version faults { code level line column message }
    difference { isEmpty gained { role relation action } lost { role relation action } grantsGained { role }
      people { action gaining losing } roles { role action isGain users conventions } } } } }"""
ACTIVATE = """mutation ($input: PolicyActivateInput!) { policyActivate(input: $input) { __typename
  ... on Problem { code message path }
  ... on PolicyActivated { isInFile policy { sequence reason author { name } } }
  ... on PolicyRefused { faults { code line column message } }
  ... on PolicyOutdated { currentVersion }
  ... on NotAllowed { action missing { lack } } } }"""
ROLL_BACK = """mutation ($input: PolicyRollbackInput!) { policyRollback(input: $input) { __typename
  ... on Problem { code path }
  ... on PolicyRolledBack { isInFile policy { sequence text } } } }"""
MAY_SUBMIT = '{ convention(number: "104233") { viewerActions } }'


async def policy(api: Api) -> dict[str, Any]:
    return (await api.as_("policy-admin").execute(READ)).data["policy"]


async def activate(api: Api, persona: str = "policy-admin", **changes: Any) -> dict[str, Any]:
    wanted = {"policy": WITHOUT_SUBMIT, "reason": "nieuwe afspraak", "expectedVersion": (await policy(api))["version"]}
    wanted["confirm"] = ["POLICY_STOPS_PROMOTOR"]
    answer = await api.as_(persona).execute(ACTIVATE, {"input": wanted | changes})
    return answer.data["policyActivate"]


def file_of(settings: Settings) -> str:
    return settings.policy_path.read_text(encoding="utf-8")


async def versions() -> list[dict[str, Any]]:
    return await rows("SELECT * FROM policy_version ORDER BY sequence")


@pytest.mark.parametrize("persona", ["policy-admin", "auditor"])
async def test_who_may_read_the_policy_sees_all_of_it(api: Api, persona: str) -> None:
    answer = await api.as_(persona).execute(READ)

    found = answer.data["policy"]
    assert found["text"] == SHIPPED
    assert (found["sequence"], found["author"], found["reason"]) == (1, None, "policy file at start")
    assert found["warnings"] == []
    assert found["history"]["totalCount"] == 1


@pytest.mark.parametrize("persona", ["promotor", "uploader", "helpdesk", "case-handler", "lokale-beheerder", "nobody"])
async def test_the_policy_is_not_there_for_others(api: Api, persona: str) -> None:
    answer = await api.as_(persona).execute(READ)

    assert answer.body == {"data": {"policy": None}}


async def test_an_activated_policy_decides_the_next_request(api: Api, settings: Settings) -> None:
    before = await api.as_("promotor").execute(MAY_SUBMIT)

    activated = await activate(api)

    after = await api.as_("promotor").execute(MAY_SUBMIT)
    assert activated == {
        "__typename": "PolicyActivated",
        "isInFile": True,
        "policy": {"sequence": 2, "reason": "nieuwe afspraak", "author": {"name": "Paul Aerts"}},
    }
    assert "SUBMIT" in before.data["convention"]["viewerActions"]
    assert "SUBMIT" not in after.data["convention"]["viewerActions"]
    assert file_of(settings) == WITHOUT_SUBMIT


async def test_the_history_is_paged_newest_first(api: Api) -> None:
    await activate(api)

    history = (await policy(api))["history"]

    assert history["totalCount"] == 2
    assert [edge["node"]["sequence"] for edge in history["edges"]] == [2]
    assert history["pageInfo"] == {"hasNextPage": True}


@pytest.mark.parametrize(
    ("persona", "typename", "code"),
    [
        ("auditor", "NotAllowed", "NOT_ALLOWED"),
        ("helpdesk", "NotFound", "NOT_FOUND"),
        ("promotor", "NotFound", "NOT_FOUND"),
        ("nobody", "NotFound", "NOT_FOUND"),
    ],
)
async def test_who_may_not_change_the_policy_is_refused_and_that_is_audited(
    api: Api, persona: str, typename: str, code: str
) -> None:
    before = await versions()

    refused = await activate(api, persona)
    rolled_back = await api.as_(persona).execute(ROLL_BACK, {"input": {"sequence": 1, "reason": "terug"}})

    assert (refused["__typename"], refused["code"]) == (typename, code)
    assert rolled_back.data["policyRollback"]["__typename"] == typename
    assert await versions() == before
    entries = await rows("SELECT action, outcome FROM audit_entry ORDER BY sequence")
    assert entries == [
        {"action": "policyActivate", "outcome": "REFUSED"},
        {"action": "policyRollback", "outcome": "REFUSED"},
    ]


async def test_nobody_changes_the_policy_without_a_token(api: Api) -> None:
    before = await versions()

    answer = await api.anonymous.execute(
        ACTIVATE, {"input": {"policy": WITHOUT_SUBMIT, "reason": "x", "expectedVersion": "x"}}
    )

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert await versions() == before


async def test_faults_are_told_with_their_place_in_the_language_of_the_request(api: Api) -> None:
    client = api.as_("policy-admin").speaking("fr")

    answer = await client.execute(CHECK, {"input": {"policy": BROKEN}})

    checked = answer.data["policyCheck"]
    assert (checked["isAcceptable"], checked["version"], checked["difference"]) == (False, None, None)
    fault = checked["faults"][0]
    assert (fault["code"], fault["level"], fault["line"], fault["column"]) == (
        "POLICY_MISSPELT_WORD",
        "ERROR",
        BROKEN_LINE,
        4,
    )
    assert "promotor" in fault["message"]
    assert "vouliez-vous dire" in fault["message"].lower()


async def test_a_refused_policy_is_a_problem_with_its_faults(api: Api) -> None:
    before = await versions()

    refused = await activate(api, policy=BROKEN)

    assert (refused["__typename"], refused["code"], refused["path"]) == ("PolicyRefused", "POLICY_REFUSED", ["policy"])
    assert [fault["line"] for fault in refused["faults"]] == [BROKEN_LINE]
    assert await versions() == before


async def test_a_check_tells_what_changes_for_how_many_people(api: Api) -> None:
    before = await versions()

    answer = await api.as_("auditor").execute(CHECK, {"input": {"policy": WITHOUT_SUBMIT}})

    checked = answer.data["policyCheck"]
    assert checked["isAcceptable"] is True
    assert checked["difference"] == {
        "isEmpty": False,
        "gained": [],
        "lost": [{"role": "PROMOTOR", "relation": "OWNER", "action": "SUBMIT"}],
        "grantsGained": [],
        "people": [{"action": "SUBMIT", "gaining": 0, "losing": 2}],
        "roles": [{"role": "PROMOTOR", "action": "SUBMIT", "isGain": False, "users": 2, "conventions": 4}],
    }
    assert await versions() == before


async def test_a_stale_edit_names_the_version_in_force(api: Api) -> None:
    began_with = (await policy(api))["version"]
    await activate(api)

    refused = await activate(api, policy=SHIPPED, expectedVersion=began_with)

    assert (refused["__typename"], refused["path"]) == ("PolicyOutdated", ["expectedVersion"])
    assert refused["currentVersion"] == (await policy(api))["version"] != began_with
    assert len(await versions()) == 2


async def test_a_rollback_puts_the_older_text_in_force(api: Api) -> None:
    await activate(api)

    answer = await api.as_("policy-admin").execute(ROLL_BACK, {"input": {"sequence": 1, "reason": "vergissing"}})

    assert answer.data["policyRollback"] == {
        "__typename": "PolicyRolledBack",
        "isInFile": True,
        "policy": {"sequence": 3, "text": SHIPPED},
    }
    assert "SUBMIT" in (await api.as_("promotor").execute(MAY_SUBMIT)).data["convention"]["viewerActions"]


async def test_rolling_back_to_a_version_that_never_was_is_a_problem(api: Api) -> None:
    answer = await api.as_("policy-admin").execute(ROLL_BACK, {"input": {"sequence": 7, "reason": "vergissing"}})

    assert answer.data["policyRollback"]["__typename"] == "NotFound"
    assert len(await versions()) == 1
