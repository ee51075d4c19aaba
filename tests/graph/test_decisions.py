"""Questions about rights: the reason for a decision, and who may do what on a convention."""

from datetime import timedelta
from typing import Any

import pytest
from api import Api
from performance_files import MADE
from policies import SHIPPED

from domain.demo_world import PERSONAS
from domain.vocabulary import Action
from persistence.database import rows

EXPLAIN = """query ($action: Action!, $number: String, $month: Month, $mode: Mode) {
  explain(action: $action, conventionNumber: $number, month: $month, mode: $mode) {
    allowed action policyVersion line rule pairs { role relation } missing { lack ask message } } }"""
WHO_CAN = """query ($action: Action!, $number: String!) {
  whoCan(action: $action, conventionNumber: $number) { user { name } organisation { name } roles } }"""


async def explain(api: Api, persona: str, action: str, number: str | None = None, **more: Any) -> dict[str, Any]:
    answer = await api.as_(persona).execute(EXPLAIN, {"action": action, "number": number, **more})
    return answer.data["explain"]


async def who_can(api: Api, persona: str, action: str, number: str) -> list[str]:
    found = (await api.as_(persona).execute(WHO_CAN, {"action": action, "number": number})).data["whoCan"]
    return [one["user"]["name"] for one in found]


async def test_a_right_names_the_line_of_the_policy_that_gives_it(api: Api) -> None:
    decision = await explain(api, "promotor", "SUBMIT", "104233", month="2026-10")

    assert (decision["allowed"], decision["action"], decision["missing"]) == (True, "SUBMIT", [])
    assert decision["pairs"] == [{"role": "PROMOTOR", "relation": "OWNER"}]
    assert decision["rule"] == "p, promotor, owner, submit, allow"
    assert SHIPPED.split("\n")[decision["line"] - 1] == decision["rule"]
    assert len(decision["policyVersion"]) == 64


async def test_a_refusal_says_since_when_a_mandate_or_a_role_is_gone(api: Api) -> None:
    since = "{ lack since }"
    document = f'{{ explain(action: UPLOAD, conventionNumber: "205002", month: "2026-10") {{ missing {since} }} }}'

    ended = await api.as_("uploader").execute(document)
    await rows("UPDATE role_grant SET revoked_at = ?, revoked_by = granted_by WHERE role = 'uploader'", [MADE])
    gone = await api.as_("uploader").execute(document)
    never = await api.as_("submitter").execute(document.replace("205002", "104234"))

    period = {"lack": "MANDATE_PERIOD", "since": "2026-07-01"}
    assert ended.data["explain"]["missing"] == [period]
    assert gone.data["explain"]["missing"] == [period, {"lack": "ROLE", "since": str(MADE.date())}]
    assert never.data["explain"]["missing"] == [{"lack": "FIRST_MANDATE", "since": None}]


async def since_when(api: Api, persona: str, action: str, number: str) -> list[dict[str, Any]]:
    asked = f'action: {action}, conventionNumber: "{number}", month: "2026-10", mode: PRODUCTION'
    answer = await api.as_(persona).execute(f"{{ explain({asked}) {{ missing {{ lack since }} }} }}")
    return answer.data["explain"]["missing"]


async def test_a_refusal_says_since_when_an_admission_is_suspended(api: Api) -> None:
    await rows(
        "UPDATE admission SET suspended_at = ?, suspended_by = admitted_by, suspension_reason = 'x'"
        " WHERE organisation_id = (SELECT id FROM organisation WHERE enterprise_number = '0999000327')",
        [MADE],
    )

    suspended = await since_when(api, "uploader", "UPLOAD", "104233")
    await rows("UPDATE admission SET admitted_from = ?", [MADE.date() + timedelta(days=1)])
    never_held = await since_when(api, "uploader", "UPLOAD", "104233")
    await rows("DELETE FROM admission")
    never = await since_when(api, "uploader", "UPLOAD", "104233")

    assert suspended == [{"lack": "ADMISSION", "since": str(MADE.date())}]
    assert never_held == never == [{"lack": "ADMISSION", "since": None}]


@pytest.mark.parametrize(
    ("persona", "action", "number", "table", "column", "key"),
    [
        ("uploader", "UPLOAD", "104233", "convention", "number", "104233"),
        ("uploader", "UPLOAD", "104233", "organisation", "enterprise_number", "0999000129"),
        ("uploader", "UPLOAD", "104233", "organisation", "enterprise_number", "0999000327"),
        ("promotor", "SUBMIT", "104233", "organisation", "enterprise_number", "0999000129"),
    ],
)
async def test_a_refusal_says_since_when_there_is_a_block(
    api: Api, persona: str, action: str, number: str, table: str, column: str, key: str
) -> None:
    await rows(f"UPDATE {table} SET blocked_since = ? WHERE {column} = ?", [MADE, key])

    assert await since_when(api, persona, action, number) == [{"lack": "BLOCKED", "since": str(MADE.date())}]


@pytest.mark.parametrize(
    ("persona", "action", "number", "more", "missing"),
    [
        ("uploader", "SUBMIT", "104233", {"month": "2026-10"}, [("MANDATE_LEVEL", "PROMOTOR"), ("ROLE", "HELPDESK")]),
        ("uploader", "SUBMIT", "205001", {"month": "2026-10"}, [("ROLE", "HELPDESK")]),
        ("submitter", "SUBMIT", "104233", {"month": "2026-10"}, [("MANDATE_LEVEL", "PROMOTOR")]),
        ("uploader", "UPLOAD", "205002", {"month": "2026-10"}, [("MANDATE_PERIOD", "PROMOTOR")]),
        ("uploader", "UPLOAD", "104234", {"month": "2026-10"}, [("FIRST_MANDATE", "PROMOTOR")]),
        ("nobody", "SUBMIT", "104233", {"month": "2026-10"}, [("ROLE", "LOCAL_ADMINISTRATOR")]),
        ("uploader", "READ_FINANCIAL_REPORTS", "104233", {"month": "2026-10"}, [("NOT_FORESEEN", "NOBODY")]),
        ("helpdesk", "CONSULT", "104233", {"month": "2026-10"}, [("NOT_FORESEEN", "NOBODY")]),
    ],
)
async def test_a_refusal_names_what_is_missing_and_whom_to_ask(
    api: Api, persona: str, action: str, number: str, more: dict[str, Any], missing: list[tuple[str, str]]
) -> None:
    decision = await explain(api, persona, action, number, **more)

    assert decision["allowed"] is False
    assert [(one["lack"], one["ask"]) for one in decision["missing"]] == missing
    assert all(one["message"] for one in decision["missing"])


async def test_an_employee_without_the_second_mandate_learns_that_the_first_is_there(api: Api) -> None:
    await rows("UPDATE role_grant SET revoked_at = granted_at, revoked_by = granted_by WHERE role = 'uploader'")

    decision = await explain(api, "uploader", "UPLOAD", "104233", month="2026-10")

    assert [(one["lack"], one["ask"]) for one in decision["missing"]] == [("ROLE", "HELPDESK")]


async def test_production_asks_for_admission_and_test_does_not(api: Api) -> None:
    await rows(
        "UPDATE mandate SET secretariat_id = (SELECT id FROM organisation WHERE enterprise_number = '0999000426')"
    )

    production = await explain(api, "uploader-beta", "UPLOAD", "104233", month="2026-10", mode="PRODUCTION")
    test = await explain(api, "uploader-beta", "UPLOAD", "104233", month="2026-10", mode="TEST")

    assert [(one["lack"], one["ask"]) for one in production["missing"]] == [("ADMISSION", "HELPDESK")]
    assert test["allowed"] is True


@pytest.mark.parametrize("persona", [persona.name for persona in PERSONAS])
async def test_a_03_a_convention_out_of_sight_is_explained_as_one_that_does_not_exist(api: Api, persona: str) -> None:
    await rows("UPDATE convention SET blocked_since = ? WHERE number = '205002'", [(await rows_now())])
    own = {"promotor": ["10"], "lokale-beheerder": ["10"], "nobody": ["10"], "promotor-haven": ["20"]}
    seen = own.get(persona, {"uploader": ["104233", "20"], "submitter": ["104233", "20"]}.get(persona, []))
    sees_all = persona in {"helpdesk", "case-handler", "auditor"}

    for number in ("104233", "104234", "205001", "205002"):
        if sees_all or any(number.startswith(prefix) for prefix in seen):
            continue
        for action in ("SUBMIT", "READ_CONVENTION", "GRANT_MANDATE", "CONSULT"):
            foreign = await explain(api, persona, action, number, month="2026-10", mode="PRODUCTION")
            assert foreign == await explain(api, persona, action, "999999", month="2026-10", mode="PRODUCTION")


async def rows_now() -> Any:
    return (await rows("SELECT MAX(granted_at) AS at FROM mandate"))[0]["at"]


@pytest.mark.parametrize(
    ("persona", "action", "allowed"),
    [
        ("helpdesk", "ADMIT", True),
        ("auditor", "READ_AUDIT", True),
        ("policy-admin", "CHANGE_POLICY", True),
        ("lokale-beheerder", "READ_ROLES", True),
        ("promotor", "READ_ROLES", False),
        ("promotor", "ADMIT", False),
        ("case-handler", "DECIDE", True),
    ],
)
async def test_without_a_convention_it_is_about_the_own_organisation(
    api: Api, persona: str, action: str, allowed: bool
) -> None:
    decision = await explain(api, persona, action)

    assert decision["allowed"] is allowed
    assert bool(decision["missing"]) is not allowed


async def test_a_right_on_conventions_cannot_be_explained_without_one(api: Api) -> None:
    answer = await api.as_("promotor").execute(EXPLAIN, {"action": "SUBMIT"})

    assert answer.error_codes == ["INVALID_VALUE"]


async def test_nothing_is_explained_without_a_token(api: Api) -> None:
    assert (await api.anonymous.execute(EXPLAIN, {"action": "SUBMIT"})).error_codes == ["UNAUTHENTICATED"]
    assert (await api.anonymous.execute(WHO_CAN, {"action": "SUBMIT", "number": "104233"})).status == 401


@pytest.mark.parametrize(
    ("persona", "action", "number", "people"),
    [
        ("promotor", "SUBMIT", "104233", ["Pieter Maes"]),
        ("promotor", "UPLOAD", "104233", ["Pieter Maes", "Ine Jacobs", "Omar Peeters"]),
        ("promotor-haven", "SUBMIT", "205001", ["Hanne Wouters", "Ine Jacobs"]),
        ("promotor", "UPLOAD", "104234", ["Pieter Maes"]),
        ("promotor", "DECIDE", "104233", ["Dries Mertens"]),
        ("uploader", "REVOKE_MANDATE", "104233", ["Pieter Maes", "Hilde Goossens"]),
        ("helpdesk", "READ_FINANCIAL_REPORTS", "205001", ["Ann De Smet", "Dries Mertens", "Hanne Wouters"]),
        ("auditor", "CONSULT", "104234", ["Pieter Maes", "Ann De Smet", "Dries Mertens"]),
    ],
)
async def test_who_can_names_everybody_who_may_do_it(
    api: Api, persona: str, action: str, number: str, people: list[str]
) -> None:
    assert await who_can(api, persona, action, number) == people


@pytest.mark.parametrize(
    ("persona", "number"),
    [
        ("uploader", "104234"),
        ("promotor", "205001"),
        ("uploader-beta", "104233"),
        ("case-handler", "104233"),
        ("lokale-beheerder", "104233"),
        ("policy-admin", "104233"),
        ("nobody", "104233"),
        ("promotor", "999999"),
    ],
)
async def test_who_can_tells_nobody_to_who_does_not_see_the_mandates(api: Api, persona: str, number: str) -> None:
    assert await who_can(api, persona, "CONSULT", number) == []


async def test_who_can_keeps_the_people_of_competitors_apart(api: Api) -> None:
    grant = """mutation { mandateGrant(input: {conventionNumber: "104233", secretariat: "0999000426", level: UPLOAD,
      firstMonth: "2026-11"}) { __typename } }"""
    assert (await api.as_("promotor").execute(grant)).data["mandateGrant"]["__typename"] == "MandateGranted"

    assert await who_can(api, "promotor", "FILL_IN", "104233") == [
        "Pieter Maes",
        "Ine Jacobs",
        "Omar Peeters",
        "Bram Willems",
    ]
    assert await who_can(api, "uploader-beta", "FILL_IN", "104233") == ["Pieter Maes", "Bram Willems"]
    assert await who_can(api, "uploader", "FILL_IN", "104233") == ["Pieter Maes", "Ine Jacobs", "Omar Peeters"]


async def test_who_can_and_explain_say_the_same_of_every_persona_and_action(api: Api) -> None:
    names = {persona.display_name for persona in PERSONAS}
    for number in ("104233", "205001", "205002"):
        for action in Action:
            may = set(await who_can(api, "helpdesk", action.name, number))
            told: set[str] = set()
            for persona in PERSONAS:
                if (await explain(api, persona.name, action.name, number))["allowed"]:
                    told.add(persona.display_name)
            assert may == told, (number, action)
            assert may <= names
