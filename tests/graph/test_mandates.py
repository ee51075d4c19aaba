"""The first mandate over the wire: who gives it, for what, and who sees it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from api import Answer, Api

from graph.nodes import opaque_id
from persistence.database import rows

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
UNKNOWN = opaque_id("Mandate", "0199f000-0000-7000-8000-000000000000")
ALFA, BETA, HAVENWERK = "0999000327", "0999000426", "0999000228"

GRANT = """mutation ($input: MandateGrantInput!) { mandateGrant(input: $input) { __typename
  ... on MandateGranted { mandate { id level firstMonth lastMonth isInForce revokedAt grantedBy { name }
    convention { number } secretariat { enterpriseNumber } } }
  ... on Problem { code message path }
  ... on InvalidInput { found expected }
  ... on NotAllowed { action missing { lack ask message } }
  ... on MandateOverlap { existingId existing { id firstMonth } } } }"""
REVOKE = """mutation ($input: MandateRevokeInput!) { mandateRevoke(input: $input) { __typename
  ... on MandateRevoked { mandate { id isInForce revokedAt } }
  ... on Problem { code message path }
  ... on WrongState { found expected }
  ... on NotAllowed { action missing { lack ask } } } }"""
LIST = """query ($first: Int, $after: String, $filter: MandateFilter) {
  mandates(first: $first, after: $after, filter: $filter) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { id level firstMonth lastMonth isInForce convention { number } secretariat { name } } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on Mandate { level } } }"


async def grant(api: Api, persona: str = "promotor", **changes: Any) -> dict[str, Any]:
    wanted = {"conventionNumber": "104234", "secretariat": ALFA, "level": "UPLOAD", "firstMonth": "2026-11"}
    answer = await api.as_(persona).execute(GRANT, {"input": wanted | changes})
    return answer.data["mandateGrant"]


async def revoke(api: Api, persona: str, mandate_id: str) -> dict[str, Any]:
    answer = await api.as_(persona).execute(REVOKE, {"input": {"mandateId": mandate_id}})
    return answer.data["mandateRevoke"]


async def listed(api: Api, persona: str, **variables: Any) -> list[dict[str, Any]]:
    answer: Answer = await api.as_(persona).execute(LIST, variables)
    return [edge["node"] for edge in answer.data["mandates"]["edges"]]


async def kept() -> list[dict[str, Any]]:
    return await rows("SELECT * FROM mandate ORDER BY id")


async def mandate_on(number: str, secretariat: str = ALFA) -> str:
    """The opaque id of the one mandate of the secretariat on the convention."""
    found = await rows(
        "SELECT m.id FROM mandate m JOIN convention c ON c.id = m.convention_id"
        " JOIN organisation o ON o.id = m.secretariat_id WHERE c.number = ? AND o.enterprise_number = ?",
        [number, secretariat],
    )
    return opaque_id("Mandate", found[0]["id"])


async def acts(intention: str) -> list[tuple[str, str]]:
    found = await rows("SELECT outcome, object_kind FROM audit_entry WHERE action = ? ORDER BY sequence", [intention])
    return [(row["outcome"], row["object_kind"]) for row in found]


async def test_a_promotor_gives_a_mandate_and_the_secretariat_sees_it(api: Api) -> None:
    answer = await grant(api, level="SUBMIT", firstMonth="2026-11", lastMonth="2027-03")

    mandate = answer["mandate"]
    assert mandate | {"id": ""} == {
        "id": "",
        "level": "SUBMIT",
        "firstMonth": "2026-11",
        "lastMonth": "2027-03",
        "isInForce": True,
        "revokedAt": None,
        "grantedBy": {"name": "Pieter Maes"},
        "convention": {"number": "104234"},
        "secretariat": {"enterpriseNumber": ALFA},
    }
    assert mandate["id"] in [one["id"] for one in await listed(api, "uploader")]
    assert await acts("mandateGrant") == [("DONE", "Mandate")]


async def test_a_mandate_that_overlaps_names_the_one_in_the_way(api: Api) -> None:
    first = await grant(api, firstMonth="2026-01", lastMonth="2026-06")
    before = await kept()

    answer = await grant(api, firstMonth="2026-06", level="SUBMIT")

    existing_id = first["mandate"]["id"]
    assert (answer["__typename"], answer["code"]) == ("MandateOverlap", "MANDATE_OVERLAPS")
    assert answer["existingId"] == existing_id
    assert answer["existing"] == {"id": existing_id, "firstMonth": "2026-01"}
    assert "2026-01 – 2026-06" in answer["message"]
    assert await kept() == before


async def test_the_month_after_a_mandate_and_another_secretariat_are_free(api: Api) -> None:
    await grant(api, firstMonth="2026-01", lastMonth="2026-06")

    assert (await grant(api, firstMonth="2026-07"))["__typename"] == "MandateGranted"
    assert (await grant(api, firstMonth="2026-06", secretariat=BETA))["__typename"] == "MandateGranted"


@pytest.mark.parametrize(
    ("changes", "typename", "path", "found"),
    [
        ({"firstMonth": "2026-11", "lastMonth": "2026-10"}, "InvalidInput", ["lastMonth"], "2026-10"),
        ({"firstMonth": "2024-09"}, "InvalidInput", ["firstMonth"], "2024-09"),
        ({"secretariat": HAVENWERK}, "InvalidInput", ["secretariat"], HAVENWERK),
        ({"secretariat": "0999000129"}, "InvalidInput", ["secretariat"], "0999000129"),
        ({"secretariat": "0999000525"}, "InvalidInput", ["secretariat"], "0999000525"),
        ({"secretariat": "0999000624"}, "NotFound", ["secretariat"], None),
    ],
)
async def test_a_mandate_that_makes_no_sense_is_refused_and_says_why(
    api: Api, changes: dict[str, Any], typename: str, path: list[str], found: str | None
) -> None:
    before = await kept()

    answer = await grant(api, **changes)

    assert (answer["__typename"], answer["path"], answer.get("found")) == (typename, path, found)
    assert await kept() == before


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"firstMonth": "2027-01"}, ["firstMonth"]),
        ({"firstMonth": "2026-11", "lastMonth": "2027-01"}, ["lastMonth"]),
        ({"firstMonth": "2026-11", "lastMonth": "2026-12"}, None),
        ({"firstMonth": "2026-11"}, None),
    ],
)
async def test_a_mandate_does_not_reach_past_the_end_of_its_convention(
    api: Api, changes: dict[str, Any], path: list[str] | None
) -> None:
    await rows("UPDATE convention SET valid_until_month = '2026-12' WHERE number = '104234'")

    answer = await grant(api, **changes)

    assert answer["__typename"] == ("InvalidInput" if path else "MandateGranted")
    assert answer.get("path") == path


async def test_a_blocked_secretariat_gets_no_mandate_and_a_blocked_promotor_gives_none(api: Api) -> None:
    await block(ALFA)
    to_blocked = await grant(api)
    await block("0999000129")
    by_blocked = await grant(api, secretariat=BETA)

    assert to_blocked["__typename"] == "SecretariatBlocked"
    assert (by_blocked["__typename"], [one["lack"] for one in by_blocked["missing"]]) == ("NotAllowed", ["BLOCKED"])
    assert len(await kept()) == 3


async def block(number: str) -> None:
    await rows("UPDATE organisation SET blocked_since = ? WHERE enterprise_number = ?", [MOMENT, number])


@pytest.mark.parametrize("number", ["205001", "999999", "", "x" * 300])
async def test_a_06_a_convention_of_another_promotor_answers_as_one_that_does_not_exist(api: Api, number: str) -> None:
    before, seen = await kept(), await listed(api, "uploader-beta")

    answer = await grant(api, conventionNumber=number, secretariat=BETA)
    unknown = await grant(api, conventionNumber="888888", secretariat=BETA)

    assert answer == unknown
    assert (answer["__typename"], answer["code"]) == ("NotFound", "NOT_FOUND")
    assert await kept() == before
    assert await listed(api, "uploader-beta") == seen == []
    assert await acts("mandateGrant") == [("REFUSED", "convention")] * 2


@pytest.mark.parametrize(
    ("persona", "typename"),
    [
        ("uploader", "NotFound"),
        ("nobody", "NotFound"),
        ("lokale-beheerder", "NotFound"),
        ("helpdesk", "NotAllowed"),
        ("case-handler", "NotAllowed"),
        ("auditor", "NotAllowed"),
        ("policy-admin", "NotFound"),
    ],
)
async def test_only_the_promotor_gives_a_mandate(api: Api, persona: str, typename: str) -> None:
    before = await kept()

    assert (await grant(api, persona))["__typename"] == typename
    assert await kept() == before


async def test_an_uploader_learns_that_he_cannot_give_a_mandate_on_a_convention_that_he_sees(api: Api) -> None:
    answer = await grant(api, "uploader", conventionNumber="104233", secretariat=BETA)

    assert (answer["__typename"], answer["action"]) == ("NotAllowed", "GRANT_MANDATE")
    assert [one["lack"] for one in answer["missing"]] == ["NOT_FORESEEN"]


@pytest.mark.parametrize(("operation", "field"), [(GRANT, "mandateGrant"), (REVOKE, "mandateRevoke")])
async def test_without_a_token_nothing_is_given_or_taken(api: Api, operation: str, field: str) -> None:
    before = await kept()
    given = {"conventionNumber": "104234", "secretariat": ALFA, "level": "UPLOAD", "firstMonth": "2026-11"}
    variables = {"input": given if field == "mandateGrant" else {"mandateId": await mandate_on("104233")}}

    answer = await api.anonymous.execute(operation, variables)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert await kept() == before


@pytest.mark.parametrize("persona", ["promotor", "helpdesk"])
async def test_promotor_and_helpdesk_take_a_mandate_back_once(api: Api, persona: str) -> None:
    mandate_id = await mandate_on("104233")

    answer = await revoke(api, persona, mandate_id)
    again = await revoke(api, persona, mandate_id)

    assert answer["__typename"] == "MandateRevoked"
    assert answer["mandate"]["isInForce"] is False
    assert answer["mandate"]["revokedAt"].startswith("2026-11-05T08:00:00")
    assert (again["__typename"], again["found"]) == ("WrongState", "REVOKED")
    assert await acts("mandateRevoke") == [("DONE", "Mandate")]
    assert "104233" not in [one["convention"]["number"] for one in await listed(api, "uploader")]


async def test_months_of_a_revoked_mandate_are_free_again(api: Api) -> None:
    await revoke(api, "promotor", await mandate_on("104233"))

    assert (await grant(api, conventionNumber="104233", firstMonth="2026-01"))["__typename"] == "MandateGranted"


@pytest.mark.parametrize(
    ("persona", "typename"),
    [
        ("uploader", "NotAllowed"),
        ("auditor", "NotAllowed"),
        ("uploader-beta", "NotFound"),
        ("promotor-haven", "NotFound"),
        ("case-handler", "NotFound"),
        ("nobody", "NotFound"),
    ],
)
async def test_nobody_else_takes_a_mandate_back(api: Api, persona: str, typename: str) -> None:
    before = await kept()

    assert (await revoke(api, persona, await mandate_on("104233")))["__typename"] == typename
    assert await kept() == before


async def test_a_03_a_guessed_id_answers_as_one_that_does_not_exist(api: Api) -> None:
    real = await mandate_on("104233")

    for persona in ("uploader-beta", "promotor-haven"):
        foreign = await revoke(api, persona, real)
        for guess in (UNKNOWN, "TWFuZGF0ZTo", "x", "é", real.replace("T", "U", 1)):
            assert await revoke(api, persona, guess) == foreign
        assert (await api.as_(persona).execute(NODE, {"id": real})).body == {"data": {"node": None}}
        assert (await api.as_(persona).execute(NODE, {"id": UNKNOWN})).body == {"data": {"node": None}}
    assert (await api.as_("promotor").execute(NODE, {"id": real})).data == {"node": {"id": real, "level": "UPLOAD"}}


@pytest.mark.parametrize(
    ("persona", "numbers"),
    [
        ("promotor", ["104233"]),
        ("promotor-haven", ["205002", "205001"]),
        ("uploader", ["205002", "205001", "104233"]),
        ("submitter", ["205002", "205001", "104233"]),
        ("uploader-beta", []),
        ("helpdesk", ["205002", "205001", "104233"]),
        ("auditor", ["205002", "205001", "104233"]),
        ("case-handler", []),
        ("lokale-beheerder", []),
        ("nobody", []),
    ],
)
async def test_each_persona_sees_his_mandates_and_no_others(api: Api, persona: str, numbers: list[str]) -> None:
    answer = await api.as_(persona).execute("{ mandates { totalCount edges { node { convention { number } } } } }")

    found = answer.data["mandates"]
    # A reader of mandates sees their conventions too, by the shipped policy.
    assert [edge["node"]["convention"]["number"] for edge in found["edges"]] == numbers
    assert found["totalCount"] == len(numbers)


async def test_a_secretariat_does_not_see_the_mandates_of_a_competitor(api: Api) -> None:
    beta = await grant(api, conventionNumber="104233", secretariat=BETA)
    beta_id = beta["mandate"]["id"]
    query = '{ convention(number: "104233") { mandates { totalCount edges { node { secretariat { name } } } } } }'

    names: dict[str, list[str]] = {}
    for persona in ("promotor", "uploader", "uploader-beta"):
        found = (await api.as_(persona).execute(query)).data["convention"]["mandates"]
        names[persona] = [edge["node"]["secretariat"]["name"] for edge in found["edges"]]
        assert found["totalCount"] == len(names[persona])

    assert names == {
        "promotor": ["Sociaal Secretariaat Beta", "Sociaal Secretariaat Alfa"],
        "uploader": ["Sociaal Secretariaat Alfa"],
        "uploader-beta": ["Sociaal Secretariaat Beta"],
    }
    assert beta_id not in [one["id"] for one in await listed(api, "uploader")]
    assert await revoke(api, "uploader", beta_id) == await revoke(api, "uploader", UNKNOWN)


async def test_mandates_on_a_convention_are_null_for_who_sees_only_the_convention(api: Api) -> None:
    answer = await api.as_("case-handler").execute(
        '{ convention(number: "104233") { number mandates { totalCount } } }'
    )

    assert answer.data == {"convention": {"number": "104233", "mandates": None}}


async def test_mandates_of_many_conventions_are_paged_each(api: Api) -> None:
    for first, last in (("2026-01", "2026-02"), ("2026-03", "2026-04"), ("2026-05", "2026-06")):
        await grant(api, firstMonth=first, lastMonth=last)
    query = """{ conventions { edges { node { number mandates(first: 2) { totalCount pageInfo { hasNextPage }
      edges { node { firstMonth } } } } } } }"""

    edges = (await api.as_("promotor").execute(query)).data["conventions"]["edges"]

    assert [edge["node"] for edge in edges] == [
        {
            "number": "104233",
            "mandates": {
                "totalCount": 1,
                "pageInfo": {"hasNextPage": False},
                "edges": [{"node": {"firstMonth": "2026-01"}}],
            },
        },
        {
            "number": "104234",
            "mandates": {
                "totalCount": 3,
                "pageInfo": {"hasNextPage": True},
                "edges": [{"node": {"firstMonth": "2026-05"}}, {"node": {"firstMonth": "2026-03"}}],
            },
        },
    ]


@pytest.mark.parametrize(
    ("narrowed", "numbers"),
    [
        ({"conventionNumbers": ["205001", "104233", "nope"]}, ["205001", "104233"]),
        ({"conventionNumbers": []}, []),
        ({"secretariat": BETA}, []),
        ({"level": "SUBMIT"}, ["205001"]),
        ({"inForceIn": "2026-07"}, ["205001", "104233"]),
        ({"inForceIn": "2026-06"}, ["205002", "205001", "104233"]),
        ({"inForceIn": "2025-12"}, []),
    ],
)
async def test_a_filter_narrows_the_list(api: Api, narrowed: dict[str, Any], numbers: list[str]) -> None:
    found = await listed(api, "helpdesk", filter=narrowed)

    assert [one["convention"]["number"] for one in found] == numbers


async def test_pages_of_mandates_go_on_from_their_cursor(api: Api) -> None:
    first = (await api.as_("helpdesk").execute(LIST, {"first": 2})).data["mandates"]
    rest = (await api.as_("helpdesk").execute(LIST, {"after": first["pageInfo"]["endCursor"]})).data["mandates"]

    assert first["pageInfo"]["hasNextPage"] is True
    numbers = [edge["node"]["convention"]["number"] for edge in first["edges"] + rest["edges"]]
    assert numbers == ["205002", "205001", "104233"]
    assert first["totalCount"] == rest["totalCount"] == 3
