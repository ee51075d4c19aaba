"""Who reads a performance file of another organisation stands in the audit trail, and the promotor sees it (inzage)."""

import json
from typing import Any

import pytest
from api import Api
from following import following_changes
from performance_files import a_file, line_input, make

from graph.nodes import opaque_id
from persistence.audit import ChainCheck, verify_chain
from persistence.database import rows
from persistence.failures import TemporarilyUnavailable

FILES = "{ performanceFiles { edges { node { id lines { edges { node { days } } } } } } }"
NODE = "query ($id: ID!) { node(id: $id) { ... on PerformanceFile { state } } }"
READINGS = """query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on PerformanceFile {
  readings(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
    edges { node { at person { name } organisation { name } } } } } } }"""


async def trail() -> list[dict[str, Any]]:
    found = await rows("SELECT action, user_id, object_id, details FROM audit_entry ORDER BY sequence")
    return [row | {"details": json.loads(row["details"])} for row in found]


async def readers(api: Api, persona: str, file_id: str, **page: Any) -> Any:
    variables = {"id": opaque_id("PerformanceFile", file_id), **page}
    answer = await api.as_(persona).execute(READINGS, variables)
    return answer.data["node"] and answer.data["node"]["readings"]


async def test_a_request_of_another_organisation_is_one_entry_however_many_files_it_shows(api: Api) -> None:
    shown = sorted([await a_file("104233"), await a_file("205001")])

    answer = await api.as_("uploader").execute(FILES)

    assert len(answer.data["performanceFiles"]["edges"]) == 2
    (entry,) = await trail()
    assert (entry["action"], entry["object_id"], entry["details"]) == ("performanceFileConsult", None, {"files": shown})
    assert await verify_chain() == ChainCheck(1, None)


@pytest.mark.parametrize("persona", ["uploader", "submitter", "case-handler", "auditor"])
async def test_whoever_reads_it_the_promotor_sees_who_and_when(api: Api, persona: str) -> None:
    file_id = await a_file("104233")
    await api.as_(persona).execute(NODE, {"id": opaque_id("PerformanceFile", file_id)})
    person = (await api.as_(persona).execute("{ viewer { user { name } organisation { name } } }")).data["viewer"]

    found = await readers(api, "promotor", file_id)

    expected = {"at": "2026-11-05T08:00:00+00:00", "person": person["user"], "organisation": person["organisation"]}
    assert (found["totalCount"], found["edges"]) == (1, [{"node": expected}])


async def test_the_promotor_himself_leaves_no_entry(api: Api) -> None:
    file_id = await a_file("104233")

    await api.as_("promotor").execute(FILES)

    assert await trail() == []
    assert (await readers(api, "promotor", file_id))["edges"] == []


@pytest.mark.parametrize("persona", ["uploader", "submitter", "case-handler", "auditor"])
async def test_others_do_not_see_who_read_it(api: Api, persona: str) -> None:
    file_id = await a_file("104233")

    assert await readers(api, persona, file_id) is None


async def test_what_is_out_of_sight_was_not_read(api: Api) -> None:
    file_id = await a_file("205001")
    node = {"id": opaque_id("PerformanceFile", file_id)}

    for persona in ("promotor", "uploader-beta", "helpdesk", "policy-admin", "nobody"):
        assert (await api.as_(persona).execute(NODE, node)).data["node"] is None

    assert await trail() == []


async def test_pages_of_readings_follow_each_other_newest_first(api: Api) -> None:
    file_id = await a_file("104233")
    for persona in ("uploader", "auditor", "uploader"):
        await api.as_(persona).execute(NODE, {"id": opaque_id("PerformanceFile", file_id)})

    first = await readers(api, "promotor", file_id, first=2)
    second = await readers(api, "promotor", file_id, first=2, after=first["pageInfo"]["endCursor"])

    names = [edge["node"]["person"]["name"] for page in (first, second) for edge in page["edges"]]
    assert names == ["Omar Peeters", "Ann De Smet", "Omar Peeters"]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (3, False)


async def test_an_answer_that_cannot_be_put_in_the_trail_is_not_given(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_file("104233")

    async def fails(*_: object) -> None:
        raise TemporarilyUnavailable

    monkeypatch.setattr("graph.audited_answers.record_readings", fails)
    answer = await api.as_("uploader").execute(FILES)

    assert answer.body.get("data") is None
    assert answer.error_codes == [TemporarilyUnavailable.code]
    assert await trail() == []


async def test_a_failure_of_ours_says_nothing_of_itself(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_file("104233")

    async def fails(*_: object) -> None:
        raise LookupError("a secret")

    monkeypatch.setattr("graph.audited_answers.record_readings", fails)
    answer = await api.as_("uploader").execute(FILES)

    assert (answer.body.get("data"), answer.error_codes) == (None, ["INTERNAL"])
    assert "a secret" not in json.dumps(answer.body)


async def test_each_event_of_a_subscription_is_a_reading(api: Api) -> None:
    file_id = await a_file("104233")
    node = opaque_id("PerformanceFile", file_id)
    changed = 'subscription { performanceFileChanged(conventionNumber: "104233") { id revision } }'

    async with following_changes(api, "uploader", changed, {}) as stream:
        await make(api.as_("promotor"), "Modify", id=node, revision=1, lines=[line_input(days="10.0")])
        await stream.hear()
        actions = [entry["action"] for entry in await trail()]

    assert actions == ["performanceFileModify", "performanceFileConsult"]


async def test_an_index_that_says_something_else_than_the_chain_is_found(api: Api) -> None:
    file_id = await a_file("104233")
    for _ in range(2):
        await api.as_("uploader").execute(NODE, {"id": opaque_id("PerformanceFile", file_id)})

    await rows("DELETE FROM performance_file_read WHERE sequence = 2")

    assert await verify_chain() == ChainCheck(1, 2)
