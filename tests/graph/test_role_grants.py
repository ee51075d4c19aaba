"""Roles over the wire: who gives which role to whom, and who sees the grants."""

from typing import Any

import pytest
from api import Api

from graph.nodes import opaque_id
from persistence.database import rows

DE_BRUG, HAVENWERK, ALFA, BETA = "0999000129", "0999000228", "0999000327", "0999000426"
UNKNOWN = opaque_id("RoleGrant", "0199f000-0000-7000-8000-000000000000")
NOBODY_ELSE = opaque_id("User", "0199f000-0000-7000-8000-000000000000")

GRANT = """mutation ($input: RoleGrantInput!) { roleGrant(input: $input) { __typename
  ... on RoleGranted { roleGrant { id role validFrom validUntil isInForce user { name }
    organisation { enterpriseNumber } grantedBy { name } } }
  ... on Problem { code message path }
  ... on InvalidInput { found expected }
  ... on GrantNotAllowed { role missing { lack ask message } }
  ... on RoleAlreadyGranted { existingId existing { id } } } }"""
REVOKE = """mutation ($input: RoleRevokeInput!) { roleRevoke(input: $input) { __typename
  ... on RoleRevoked { roleGrant { id isInForce revokedAt } }
  ... on Problem { code message path }
  ... on WrongState { found expected }
  ... on GrantNotAllowed { role missing { lack ask } } } }"""
LIST = """query ($filter: RoleGrantFilter) { roleGrants(filter: $filter) { totalCount
  edges { node { id role user { id name } organisation { enterpriseNumber } } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on RoleGrant { role } } }"


async def person(api: Api, persona: str) -> str:
    return (await api.as_(persona).execute("{ viewer { user { id } } }")).data["viewer"]["user"]["id"]


async def roles_of(api: Api, persona: str) -> list[str]:
    return (await api.as_(persona).execute("{ viewer { roles } }")).data["viewer"]["roles"]


async def grant(api: Api, by: str, to: str, role: str, organisation: str, **changes: Any) -> dict[str, Any]:
    wanted = {"userId": await person(api, to), "organisation": organisation, "role": role}
    answer = await api.as_(by).execute(GRANT, {"input": wanted | changes})
    return answer.data["roleGrant"]


async def revoke(api: Api, by: str, grant_id: str) -> dict[str, Any]:
    return (await api.as_(by).execute(REVOKE, {"input": {"roleGrantId": grant_id}})).data["roleRevoke"]


async def grant_of(api: Api, persona: str) -> str:
    """The opaque id of the one role grant of a persona."""
    found = await rows(
        "SELECT g.id FROM role_grant g JOIN app_user u ON u.id = g.user_id WHERE u.subject = ?", [f"demo-{persona}"]
    )
    return opaque_id("RoleGrant", found[0]["id"])


async def kept() -> list[dict[str, Any]]:
    return await rows("SELECT * FROM role_grant ORDER BY id")


async def audited(intention: str) -> list[dict[str, Any]]:
    return await rows("SELECT outcome, details FROM audit_entry WHERE action = ? ORDER BY sequence", [intention])


async def test_a_local_administrator_makes_a_promotor_in_his_organisation(api: Api) -> None:
    answer = await grant(api, "lokale-beheerder", "nobody", "PROMOTOR", DE_BRUG, validUntil="2026-12-31")

    assert answer["roleGrant"] | {"id": ""} == {
        "id": "",
        "role": "PROMOTOR",
        "validFrom": "2026-11-05",
        "validUntil": "2026-12-31",
        "isInForce": True,
        "user": {"name": "Noor Lambrechts"},
        "organisation": {"enterpriseNumber": DE_BRUG},
        "grantedBy": {"name": "Lieve Claes"},
    }
    assert await roles_of(api, "nobody") == ["PROMOTOR"]


async def test_a_local_administrator_may_make_himself_promotor_and_the_audit_trail_says_so(api: Api) -> None:
    answer = await grant(api, "lokale-beheerder", "lokale-beheerder", "PROMOTOR", DE_BRUG)

    assert answer["__typename"] == "RoleGranted"
    assert await roles_of(api, "lokale-beheerder") == ["LOCAL_ADMINISTRATOR", "PROMOTOR"]
    (entry,) = await audited("roleGrant")
    assert entry["outcome"] == "DONE"
    assert '"to_oneself": true' in str(entry["details"])


@pytest.mark.parametrize(
    ("to", "role", "organisation"),
    [
        ("uploader-beta", "SUBMITTER", BETA),
        ("submitter", "UPLOADER", ALFA),
        ("nobody", "LOCAL_ADMINISTRATOR", HAVENWERK),
        ("nobody", "LOCAL_ADMINISTRATOR", ALFA),
    ],
)
async def test_the_helpdesk_gives_roles_to_secretariats_and_makes_local_administrators(
    api: Api, to: str, role: str, organisation: str
) -> None:
    assert (await grant(api, "helpdesk", to, role, organisation))["__typename"] == "RoleGranted"


@pytest.mark.parametrize(
    ("by", "to", "role", "organisation", "lack"),
    [
        ("helpdesk", "helpdesk", "UPLOADER", ALFA, "SELF"),
        ("helpdesk", "helpdesk", "LOCAL_ADMINISTRATOR", DE_BRUG, "SELF"),
        ("promotor", "uploader", "UPLOADER", ALFA, "ROLE"),
        ("promotor", "promotor", "UPLOADER", ALFA, "ROLE"),
        ("promotor", "nobody", "PROMOTOR", DE_BRUG, "ROLE"),
        ("lokale-beheerder", "nobody", "UPLOADER", ALFA, "ROLE"),
        ("lokale-beheerder", "promotor-haven", "PROMOTOR", HAVENWERK, "ROLE"),
        ("helpdesk", "nobody", "PROMOTOR", DE_BRUG, "ROLE"),
        ("helpdesk", "nobody", "HELPDESK", "0999000525", "NOT_FORESEEN"),
        ("policy-admin", "policy-admin", "HELPDESK", "0999000525", "NOT_FORESEEN"),
        ("uploader", "uploader", "SUBMITTER", ALFA, "ROLE"),
        ("nobody", "nobody", "PROMOTOR", DE_BRUG, "ROLE"),
    ],
)
async def test_a_07_nobody_gives_a_role_that_is_not_his_to_give(
    api: Api, by: str, to: str, role: str, organisation: str, lack: str
) -> None:
    before = await kept()

    answer = await grant(api, by, to, role, organisation)

    assert (answer["__typename"], answer["role"]) == ("GrantNotAllowed", role)
    assert [one["lack"] for one in answer["missing"]] == [lack]
    assert await kept() == before
    assert [entry["outcome"] for entry in await audited("roleGrant")] == ["REFUSED"]


@pytest.mark.parametrize(
    ("role", "organisation", "expected"),
    [
        ("UPLOADER", DE_BRUG, "promotor, local_administrator"),
        ("SUBMITTER", "0999000525", "helpdesk, case_handler, auditor, policy_administrator"),
        ("LOCAL_ADMINISTRATOR", "0999000525", "helpdesk, case_handler, auditor, policy_administrator"),
    ],
)
async def test_a_role_in_an_organisation_of_the_wrong_kind_is_refused(
    api: Api, role: str, organisation: str, expected: str
) -> None:
    before = await kept()

    answer = await grant(api, "helpdesk", "nobody", role, organisation)

    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["role"])
    assert (answer["found"], answer["expected"]) == (role.lower(), expected)
    assert await kept() == before


async def test_days_in_the_wrong_order_are_refused(api: Api) -> None:
    before = await kept()

    given = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA, validFrom="2027-01-02", validUntil="2027-01-01")
    from_today = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA, validUntil="2026-11-04")
    one_day = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA, validUntil="2026-11-05")

    assert (given["__typename"], given["path"], given["found"]) == ("InvalidInput", ["validUntil"], "2027-01-01")
    assert (from_today["__typename"], from_today["expected"]) == ("InvalidInput", "2026-11-05 or later")
    assert one_day["__typename"] == "RoleGranted"
    assert len(await kept()) == len(before) + 1


async def test_a_role_counts_from_its_first_day(api: Api) -> None:
    answer = await grant(api, "helpdesk", "uploader-beta", "SUBMITTER", BETA, validFrom="2026-11-06")

    assert answer["roleGrant"]["isInForce"] is False
    assert await roles_of(api, "uploader-beta") == ["UPLOADER"]


async def test_a_role_is_given_once_and_the_second_time_names_the_first(api: Api) -> None:
    first = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA)
    before = await kept()

    second = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA, validFrom="2027-01-01")

    assert (second["__typename"], second["existingId"]) == ("RoleAlreadyGranted", first["roleGrant"]["id"])
    assert second["existing"] == {"id": first["roleGrant"]["id"]}
    assert await kept() == before


@pytest.mark.parametrize("user_id", [NOBODY_ELSE, "x", opaque_id("Organisation", "1")])
async def test_an_unknown_person_gets_no_role(api: Api, user_id: str) -> None:
    before = await kept()

    answer = await grant(api, "helpdesk", "nobody", "UPLOADER", BETA, userId=user_id)

    assert answer["__typename"] == "NotFound"
    assert await kept() == before


async def test_an_unknown_organisation_is_not_found(api: Api) -> None:
    assert (await grant(api, "helpdesk", "nobody", "UPLOADER", "0999000624"))["path"] == ["organisation"]


async def test_a_role_is_taken_away_at_once_and_only_once(api: Api) -> None:
    grant_id = await grant_of(api, "uploader")

    answer = await revoke(api, "helpdesk", grant_id)
    again = await revoke(api, "helpdesk", grant_id)

    assert answer["__typename"] == "RoleRevoked"
    assert answer["roleGrant"]["isInForce"] is False
    assert (again["__typename"], again["found"]) == ("WrongState", "REVOKED")
    assert await roles_of(api, "uploader") == []
    assert [entry["outcome"] for entry in await audited("roleRevoke")] == ["DONE"]


async def test_a_role_that_was_taken_away_can_be_given_again(api: Api) -> None:
    await revoke(api, "helpdesk", await grant_of(api, "uploader"))

    assert (await grant(api, "helpdesk", "uploader", "UPLOADER", ALFA))["__typename"] == "RoleGranted"


@pytest.mark.parametrize(
    ("by", "of", "typename"),
    [
        ("lokale-beheerder", "promotor", "RoleRevoked"),
        ("lokale-beheerder", "lokale-beheerder", "GrantNotAllowed"),
        ("lokale-beheerder", "uploader", "NotFound"),
        ("helpdesk", "promotor", "GrantNotAllowed"),
        ("helpdesk", "helpdesk", "GrantNotAllowed"),
        ("auditor", "uploader", "GrantNotAllowed"),
        ("promotor", "promotor", "NotFound"),
        ("uploader", "uploader", "NotFound"),
        ("case-handler", "uploader", "NotFound"),
        ("nobody", "promotor", "NotFound"),
    ],
)
async def test_a_role_is_taken_away_by_the_right_to_give_it(api: Api, by: str, of: str, typename: str) -> None:
    before = await kept()

    answer = await revoke(api, by, await grant_of(api, of))

    assert answer["__typename"] == typename
    assert (await kept() == before) is (typename != "RoleRevoked")


async def test_a_03_a_guessed_id_of_a_role_grant_answers_as_one_that_does_not_exist(api: Api) -> None:
    real = await grant_of(api, "uploader")

    assert await revoke(api, "lokale-beheerder", real) == await revoke(api, "lokale-beheerder", UNKNOWN)
    assert (await api.as_("lokale-beheerder").execute(NODE, {"id": real})).body == {"data": {"node": None}}
    assert (await api.as_("helpdesk").execute(NODE, {"id": real})).data == {"node": {"id": real, "role": "UPLOADER"}}


@pytest.mark.parametrize(
    ("persona", "people"),
    [
        ("lokale-beheerder", ["Pieter Maes", "Lieve Claes"]),
        ("promotor", []),
        ("uploader", []),
        ("nobody", []),
        ("case-handler", []),
        ("policy-admin", []),
    ],
)
async def test_each_persona_sees_the_roles_in_his_scope_and_no_others(
    api: Api, persona: str, people: list[str]
) -> None:
    found = (await api.as_(persona).execute(LIST)).data["roleGrants"]

    assert [edge["node"]["user"]["name"] for edge in found["edges"]] == people
    assert found["totalCount"] == len(people)


@pytest.mark.parametrize("persona", ["helpdesk", "auditor"])
async def test_helpdesk_and_auditor_see_the_roles_of_everybody(api: Api, persona: str) -> None:
    assert (await api.as_(persona).execute(LIST)).data["roleGrants"]["totalCount"] == 11


async def test_a_filter_narrows_the_list_of_roles(api: Api) -> None:
    async def people(**narrowed: Any) -> list[str]:
        found = (await api.as_("helpdesk").execute(LIST, {"filter": narrowed})).data["roleGrants"]
        assert found["totalCount"] == len(found["edges"])
        return [edge["node"]["user"]["name"] for edge in found["edges"]]

    assert await people(organisation=ALFA) == ["Ine Jacobs", "Omar Peeters"]
    assert await people(role="UPLOADER") == ["Bram Willems", "Omar Peeters"]
    assert await people(userId=await person(api, "helpdesk")) == ["Hilde Goossens"]
    assert await people(userId="x") == []
    assert await people(inForceOn="2025-09-30") == []
    await revoke(api, "helpdesk", await grant_of(api, "uploader"))
    assert await people(role="UPLOADER", inForceOn="2026-11-05") == ["Bram Willems"]


@pytest.mark.parametrize("operation", [GRANT, REVOKE])
async def test_without_a_token_no_role_is_given_or_taken(api: Api, operation: str) -> None:
    before = await kept()
    given = {"userId": NOBODY_ELSE, "organisation": ALFA, "role": "UPLOADER"}
    variables = {"input": given if operation is GRANT else {"roleGrantId": await grant_of(api, "uploader")}}

    answer = await api.anonymous.execute(operation, variables)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert await kept() == before
