"""The policy over the wire: read, checked, activated and rolled back by who may, and by nobody else."""

from typing import Any

import pytest
from api import Api
from policies import MODEL, SHIPPED, replaced

from domain.months import Clock
from filing.policy_on_disk import PolicyOnDisk, take_edit
from persistence.database import rows
from server.settings import Settings

SUBMITS = "p, promotor, owner, submit, allow"
WITHOUT_SUBMIT = replaced(SUBMITS, "")[0]
WIDER_LINE = "p, local_administrator, owner, submit"
WIDER = f"{SHIPPED}{WIDER_LINE}, allow\n"
LOCKED_OUT = replaced("p, policy_administrator, department, change_policy, allow", "")[0]
BROKEN, BROKEN_LINE = replaced("p, promotor, owner, submit, allow", "p, promotr, owner, submit, allow")

READ = """{ policy { sequence version text activatedAt reason author { name } warnings { line message }
  history(first: 1) { totalCount edges { node { sequence reason changes } } pageInfo { hasNextPage } } } }"""
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
  ... on PolicyChecked { difference { lost { role relation action } } needsSecondAdministrator }
  ... on NotAllowed { action missing { lack } } } }"""
ROLL_BACK = """mutation ($input: PolicyRollbackInput!) { policyRollback(input: $input) { __typename
  ... on Problem { code path }
  ... on PolicyRolledBack { isInFile policy { sequence text } }
  ... on PolicyChecked { difference { gained { action } } needsSecondAdministrator } } }"""
APPROVE = """mutation ($input: PolicyApproveInput!) { policyApprove(input: $input) { __typename
  ... on PolicyUnconfirmed { confirm } ... on PolicyApproved { policy { sequence } } } }"""
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
    newest = {"sequence": 2, "reason": "nieuwe afspraak", "changes": ["- p, promotor, owner, submit"]}
    assert [edge["node"] for edge in history["edges"]] == [newest]
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


async def test_a_dry_run_answers_what_would_change_and_changes_nothing(api: Api, settings: Settings) -> None:
    before = await versions()

    rehearsed = await activate(api, dryRun=True)

    assert rehearsed["__typename"] == "PolicyChecked"
    assert rehearsed["difference"]["lost"] == [{"role": "PROMOTOR", "relation": "OWNER", "action": "SUBMIT"}]
    assert (await activate(api, dryRun=True, confirm=[]))["__typename"] == "PolicyUnconfirmed"
    assert (await activate(api, dryRun=True, policy=BROKEN))["__typename"] == "PolicyRefused"
    assert (await activate(api, dryRun=True, expectedVersion="x"))["__typename"] == "PolicyOutdated"
    assert (await activate(api, "auditor", dryRun=True))["__typename"] == "NotAllowed"
    assert (await activate(api, dryRun=True, policy=WIDER))["needsSecondAdministrator"] == [WIDER_LINE]
    assert await versions() == before
    assert await rows("SELECT * FROM policy_proposal") == []
    assert file_of(settings) == SHIPPED


async def test_a_dry_run_of_a_rollback_answers_what_would_change_and_changes_nothing(api: Api) -> None:
    await activate(api)
    before = await versions()
    given = {"sequence": 1, "reason": "vergissing", "dryRun": True}

    answer = await api.as_("policy-admin").execute(ROLL_BACK, {"input": given})

    assert answer.data["policyRollback"] == {
        "__typename": "PolicyChecked",
        "difference": {"gained": [{"action": "SUBMIT"}]},
        "needsSecondAdministrator": [],
    }
    assert await versions() == before


async def test_a_check_gives_the_canonical_spelling_of_what_reads(api: Api) -> None:
    document = (
        "mutation ($input: PolicyCheckInput!) { policyCheck(input: $input) { ... on PolicyChecked { formatted } } }"
    )
    texts = [SHIPPED.replace("\n", ",,\r\n"), LOCKED_OUT.upper().replace("# ", "#"), BROKEN]

    answers = [await api.as_("policy-admin").execute(document, {"input": {"policy": text}}) for text in texts]

    formatted = [answer.data["policyCheck"]["formatted"] for answer in answers]
    assert formatted[0] == SHIPPED
    assert formatted[1] is not None
    assert formatted[2] is None


async def test_a_version_says_by_which_line_a_role_may(api: Api) -> None:
    await activate(api)
    asked = "ruling(role: PROMOTOR, relation: {}, action: SUBMIT) {{ allowed line rule }}"
    document = (
        f"{{ policy {{ {asked.format('OWNER')} blocked: {asked.format('BLOCKED')}"
        f" history {{ edges {{ node {{ sequence {asked.format('OWNER')} }} }} }} }} }}"
    )

    found = (await api.as_("auditor").execute(document)).data["policy"]

    assert found["ruling"] == {"allowed": False, "line": None, "rule": None}
    assert (found["blocked"]["allowed"], found["blocked"]["rule"]) == (False, "p, *, blocked, submit, deny")
    line = SHIPPED.split("\n").index(SUBMITS) + 1
    first = {"sequence": 1, "ruling": {"allowed": True, "line": line, "rule": SUBMITS}}
    assert found["history"]["edges"][1]["node"] == first


async def test_the_file_on_disk_is_told_with_what_is_wrong_in_it(api: Api, settings: Settings) -> None:
    document = "{ policy { sequence file { state version faults { code line level } } } }"
    told: list[tuple[str, list[Any]]] = []
    for text in (SHIPPED, BROKEN, WITHOUT_SUBMIT):
        settings.policy_path.write_text(text, encoding="utf-8")
        found = (await api.as_("auditor").execute(document)).data["policy"]
        assert found["sequence"] == 1
        told.append((found["file"]["state"], [(one["code"], one["line"]) for one in found["file"]["faults"]]))

    assert told == [
        ("IN_FORCE", []),
        ("REFUSED", [("POLICY_MISSPELT_WORD", BROKEN_LINE)]),
        ("EDITED", [("POLICY_STOPS_PROMOTOR", None)]),
    ]


async def test_an_edit_on_disk_is_approved_by_who_confirms_it(api: Api, settings: Settings, clock: Clock) -> None:
    await take_edit(PolicyOnDisk(WITHOUT_SUBMIT.encode()), MODEL, clock, "policy file on disk")
    proposals = "{ policy { proposals { id reason proposedBy { name } } file { state } } }"
    settings.policy_path.write_text(WITHOUT_SUBMIT, encoding="utf-8")
    waiting = (await api.as_("policy-admin").execute(proposals)).data["policy"]
    (proposal,) = waiting["proposals"]
    assert (proposal["proposedBy"], waiting["file"]["state"]) == (None, "WAITING")

    given = {"proposalId": proposal["id"], "reason": "bevriezing"}
    refused = await api.as_("policy-admin").execute(APPROVE, {"input": given})
    done = await api.as_("policy-admin").execute(APPROVE, {"input": given | {"confirm": ["POLICY_STOPS_PROMOTOR"]}})

    assert refused.data["policyApprove"] == {"__typename": "PolicyUnconfirmed", "confirm": ["POLICY_STOPS_PROMOTOR"]}
    assert done.data["policyApprove"] == {"__typename": "PolicyApproved", "policy": {"sequence": 2}}
