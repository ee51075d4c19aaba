"""The audit trail over the wire: for the auditor, newest first, narrowed as he asks; for others there is none."""

from typing import Any

import pytest
from api import Api

from persistence.database import rows

LOG = """query ($first: Int, $after: String, $filter: AuditFilter) {
  auditLog(first: $first, after: $after, filter: $filter) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { sequence at action outcome objectKind objectId policyVersion hash
      user { name } organisation { name } details { name value } } } } }"""
GRANT = """mutation ($input: MandateGrantInput!) { mandateGrant(input: $input) { __typename } }"""
INPUT = {"conventionNumber": "104234", "secretariat": "0999000327", "level": "UPLOAD", "firstMonth": "2026-11"}


@pytest.fixture
async def acted(api: Api) -> Api:
    """The promotor of Havenwerk tries to mandate on a convention that is not his; then its own promotor does."""
    await api.as_("promotor-haven").execute(GRANT, {"input": INPUT})
    await api.as_("promotor").execute(GRANT, {"input": INPUT})
    return api


async def log(api: Api, persona: str = "auditor", **variables: Any) -> dict[str, Any]:
    return (await api.as_(persona).execute(LOG, variables)).data["auditLog"]


def nodes(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in page["edges"]]


async def test_the_auditor_reads_who_did_what_newest_first(acted: Api) -> None:
    page = await log(acted)

    done, refused = nodes(page)
    assert page["totalCount"] == 2
    assert (done["sequence"], done["action"], done["outcome"]) == (2, "mandateGrant", "DONE")
    assert done["user"] == {"name": "Pieter Maes"}
    assert done["organisation"] == {"name": "De Brug vzw"}
    assert {"name": "convention", "value": "104234"} in done["details"]
    assert len(done["hash"]) == len(done["policyVersion"]) == 64
    assert done["at"] == "2026-11-05T08:00:00+00:00"
    assert (refused["sequence"], refused["outcome"], refused["user"]["name"]) == (1, "REFUSED", "Hanne Wouters")


@pytest.mark.parametrize("persona", ["policy-admin", "helpdesk", "case-handler", "promotor", "uploader", "nobody"])
async def test_for_others_the_trail_is_empty(acted: Api, persona: str) -> None:
    page = await log(acted, persona)

    assert page == {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}


async def test_nobody_reads_it_without_a_token(acted: Api) -> None:
    answer = await acted.anonymous.execute(LOG)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])


async def test_pages_follow_each_other(acted: Api) -> None:
    first = await log(acted, first=1)
    second = await log(acted, first=1, after=first["pageInfo"]["endCursor"])

    assert [node["sequence"] for node in nodes(first) + nodes(second)] == [2, 1]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(
    ("wanted", "sequences"),
    [
        ({"outcome": "REFUSED"}, [1]),
        ({"action": "mandateGrant", "outcome": "DONE"}, [2]),
        ({"action": "roleGrant"}, []),
        ({"from": "2026-11-05T09:00:00+01:00"}, [2, 1]),
        ({"until": "2026-11-05T09:00:00+01:00"}, []),
        ({"from": "2026-11-05T08:00:00.000001Z"}, []),
    ],
)
async def test_the_trail_is_narrowed_as_asked(acted: Api, wanted: dict[str, str], sequences: list[int]) -> None:
    page = await log(acted, filter=wanted)

    assert [node["sequence"] for node in nodes(page)] == sequences
    assert page["totalCount"] == len(sequences)


async def test_the_trail_is_narrowed_to_a_person(acted: Api) -> None:
    viewer = await acted.as_("promotor").execute("{ viewer { user { id } } }")

    page = await log(acted, filter={"userId": viewer.data["viewer"]["user"]["id"]})

    assert [node["sequence"] for node in nodes(page)] == [2]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"filter": {"userId": "Zm9vOmJhcg"}}, "NOT_FOUND"),
        ({"filter": {"from": "2026-11-05T09:00:00"}}, "INVALID_VALUE"),
        ({"first": 201}, "INVALID_VALUE"),
        ({"after": "forged"}, "INVALID_VALUE"),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(api: Api, variables: dict[str, Any], code: str) -> None:
    answer = await api.as_("auditor").execute(LOG, variables)

    assert answer.error_codes == [code]


async def test_reading_writes_nothing(acted: Api) -> None:
    before = await rows("SELECT * FROM audit_entry")

    await log(acted)

    assert await rows("SELECT * FROM audit_entry") == before
