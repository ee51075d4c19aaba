"""Performance files as callers see them: in lists, from their convention, by their id, and while they change."""

from typing import Any

import pytest
from api import Api
from performance_files import a_file, a_line, line_input, make
from statements import noted

from domain.demo_register import AN, ELS
from domain.months import Month
from domain.states import PerformanceFileState
from graph.nodes import opaque_id
from persistence.database import rows

SEPTEMBER = Month(2026, 9)
LIST = """query($filter: PerformanceFileFilter, $first: Int, $after: String) {
  performanceFiles(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }"""
NODE = """query($id: ID!) { node(id: $id) { ... on PerformanceFile { month version state convention { number }
  promotor { name } lines { totalCount edges { node { employee hours } } } } } }"""


def node(file_id: str) -> str:
    return opaque_id("PerformanceFile", file_id)


async def listed(api: Api, persona: str, **variables: Any) -> list[str]:
    answer = await api.as_(persona).execute(LIST, variables)
    files = answer.data["performanceFiles"]
    assert files["totalCount"] >= len(files["edges"])
    return [edge["node"]["id"] for edge in files["edges"]]


async def test_everybody_lists_what_he_may_consult_and_nothing_else(api: Api) -> None:
    brug, haven = await a_file("104233"), await a_file("205001")
    unmandated, over = await a_file("104234"), await a_file("205002")
    within = await a_file("205002", month=Month(2026, 6))
    seen = {
        "promotor": [unmandated, brug],
        "promotor-haven": [within, over, haven],
        "uploader": [within, haven, brug],
        "submitter": [within, haven, brug],
        "case-handler": [within, over, unmandated, haven, brug],
        "auditor": [within, over, unmandated, haven, brug],
        "uploader-beta": [],
        "helpdesk": [],
        "lokale-beheerder": [],
        "nobody": [],
    }

    found = {persona: await listed(api, persona) for persona in seen}

    assert found == {persona: [node(file_id) for file_id in ids] for persona, ids in seen.items()}


async def test_nobody_without_a_token_lists_anything(api: Api) -> None:
    await a_file()

    answer = await api.anonymous.execute(LIST)

    assert answer.error_codes == ["UNAUTHENTICATED"]
    assert answer.body["data"] is None


@pytest.mark.parametrize(
    ("persona", "is_seen"),
    [("promotor", True), ("uploader", True), ("case-handler", True), ("promotor-haven", False), ("helpdesk", False)],
)
async def test_an_id_opens_only_what_the_caller_may_consult(api: Api, persona: str, is_seen: bool) -> None:
    file_id = await a_file()

    answer = await api.as_(persona).execute(NODE, {"id": node(file_id)})

    expected = {
        "month": "2026-10",
        "version": 1,
        "state": "DRAFT",
        "convention": {"number": "104233"},
        "promotor": {"name": "De Brug vzw"},
        "lines": {"totalCount": 1, "edges": [{"node": {"employee": ELS, "hours": "83.60"}}]},
    }
    assert answer.data["node"] == (expected if is_seen else None)


async def test_lists_are_narrowed_by_convention_month_and_state(api: Api) -> None:
    october = await a_file()
    september = await a_file(month=SEPTEMBER, state=PerformanceFileState.ACCEPTED)
    other = await a_file("104234")

    by_convention = await listed(api, "promotor", filter={"conventionNumber": "104234"})
    by_month = await listed(api, "promotor", filter={"month": "2026-09"})
    by_state = await listed(api, "promotor", filter={"state": "DRAFT"})

    assert by_convention == [node(other)]
    assert by_month == [node(september)]
    assert by_state == [node(other), node(october)]


async def test_pages_follow_each_other_without_gaps(api: Api) -> None:
    ids = [node(await a_file(month=Month(2026, number))) for number in range(1, 6)]

    first = await api.as_("promotor").execute(LIST, {"first": 2})
    page = first.data["performanceFiles"]["pageInfo"]
    rest = await listed(api, "promotor", first=5, after=page["endCursor"])

    assert page["hasNextPage"] is True
    assert [edge["node"]["id"] for edge in first.data["performanceFiles"]["edges"]] + rest == ids[::-1]


async def test_files_of_many_conventions_come_in_one_query_each_under_its_own(api: Api) -> None:
    brug, haven = await a_file("104233"), await a_file("205001")
    await a_file("205002")

    answer = await api.as_("uploader").execute(
        "{ conventions { edges { node { number performanceFiles(first: 5) { totalCount edges { node { id } } } } } } }"
    )

    found = {edge["node"]["number"]: edge["node"]["performanceFiles"] for edge in answer.data["conventions"]["edges"]}
    assert found == {
        "104233": {"totalCount": 1, "edges": [{"node": {"id": node(brug)}}]},
        "205001": {"totalCount": 1, "edges": [{"node": {"id": node(haven)}}]},
        "205002": {"totalCount": 0, "edges": []},
    }


async def test_lines_come_in_pages_both_ways(api: Api) -> None:
    lines = [a_line(line_number=number, insz=ELS, code=str(number)) for number in range(1, 6)]
    file_id = await a_file(lines=lines)
    query = """query($id: ID!, $first: Int, $after: String, $last: Int) { node(id: $id) { ... on PerformanceFile {
        lines(first: $first, after: $after, last: $last) {
          pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { number } } } } } }"""

    async def numbers(**variables: Any) -> tuple[list[int], dict[str, Any]]:
        answer = await api.as_("promotor").execute(query, {"id": node(file_id), **variables})
        found = answer.data["node"]["lines"]
        return [edge["node"]["number"] for edge in found["edges"]], found["pageInfo"]

    first, info = await numbers(first=2)
    following, _ = await numbers(first=2, after=info["endCursor"])
    final, ending = await numbers(last=2)

    assert (first, following, final) == ([1, 2], [3, 4], [4, 5])
    assert (info["hasNextPage"], ending["hasNextPage"], ending["hasPreviousPage"]) == (True, False, True)


@pytest.mark.parametrize(
    ("state", "promotor", "uploader", "case_handler"),
    [
        ("DRAFT", {"MODIFY", "TEST", "UPLOAD"}, {"MODIFY", "TEST", "UPLOAD"}, set[str]()),
        ("TESTED", {"MODIFY", "SUBMIT", "TEST", "UPLOAD"}, {"MODIFY", "TEST", "UPLOAD"}, set[str]()),
        ("SUBMITTED", set[str](), set[str](), {"DECIDE"}),
        ("ACCEPTED", {"MODIFY", "UPLOAD"}, {"MODIFY", "UPLOAD"}, set[str]()),
        ("REFUSED", {"MODIFY", "UPLOAD"}, {"MODIFY", "UPLOAD"}, set[str]()),
        ("WITHDRAWN", {"MODIFY", "UPLOAD"}, {"MODIFY", "UPLOAD"}, set[str]()),
    ],
)
async def test_what_a_caller_may_do_follows_his_rights_and_the_state(
    api: Api, state: str, promotor: set[str], uploader: set[str], case_handler: set[str]
) -> None:
    file_id = await a_file(state=PerformanceFileState(state))
    changing = {"DECIDE", "FILL_IN", "MODIFY", "SUBMIT", "TEST", "UPLOAD"}

    async def actions(persona: str) -> set[str]:
        answer = await api.as_(persona).execute(
            "query($id: ID!) { node(id: $id) { ... on PerformanceFile { viewerActions } } }", {"id": node(file_id)}
        )
        return set(answer.data["node"]["viewerActions"]) & changing

    assert await actions("promotor") == promotor
    assert await actions("uploader") == uploader
    assert await actions("case-handler") == case_handler


async def test_history_tells_who_did_what_for_whom(api: Api) -> None:
    payload = await make(
        api.as_("uploader"),
        "FillIn",
        "... on PerformanceFileFilledIn { performanceFile { id } }",
        conventionNumber="104233",
        month="2026-10",
        lines=[line_input()],
    )
    file = payload["performanceFile"]["id"]
    await make(api.as_("promotor"), "Modify", id=file, revision=1, lines=[line_input(days="11.0")])
    await make(api.as_("promotor"), "Test", id=file, revision=2)
    await make(api.as_("promotor"), "Submit", id=file, revision=2, idempotencyKey="k")
    await make(api.as_("case-handler"), "Decide", id=file, revision=2, judgement="REFUSE", reason="Nee.")

    answer = await api.as_("uploader").execute(
        """query($id: ID!) { node(id: $id) { ... on PerformanceFile { history {
            what revision state reason person { name } organisation { name } } } } }""",
        {"id": file},
    )

    steps = [
        (step["what"], step["revision"], step["state"], step["reason"], step["person"]["name"])
        for step in answer.data["node"]["history"]
    ]
    assert steps == [
        ("FILLED_IN", 1, "DRAFT", None, "Omar Peeters"),
        ("MODIFIED", 2, "DRAFT", None, "Pieter Maes"),
        ("TESTED", 2, "TESTED", None, "Pieter Maes"),
        ("SUBMITTED", 2, "SUBMITTED", None, "Pieter Maes"),
        ("REFUSED", 2, "REFUSED", "Nee.", "Dries Mertens"),
    ]
    assert answer.data["node"]["history"][0]["organisation"]["name"] == "Sociaal Secretariaat Alfa"


async def test_findings_of_many_files_stay_with_their_own(api: Api) -> None:
    good, bad = await a_file("104233"), await a_file("205001", lines=[a_line(code="99", insz=AN)])
    await make(api.as_("promotor"), "Test", id=node(good), revision=1)
    await make(api.as_("promotor-haven"), "Test", id=node(bad), revision=1)

    answer = await api.as_("uploader").execute(
        "{ performanceFiles { edges { node { id findings { totalCount edges { node { code severity } } } } } } }"
    )

    found = {edge["node"]["id"]: edge["node"]["findings"] for edge in answer.data["performanceFiles"]["edges"]}
    blocking = {
        file: sorted(edge["node"]["code"] for edge in findings["edges"] if edge["node"]["severity"] == "BLOCKING")
        for file, findings in found.items()
    }
    assert blocking == {node(good): [], node(bad): ["L-501", "N-404"]}
    assert all(findings["totalCount"] == len(findings["edges"]) for findings in found.values())


async def test_findings_never_hold_an_insz_whole(api: Api) -> None:
    file_id = await a_file(lines=[a_line(insz="85073003329")])
    await make(api.as_("promotor"), "Test", id=node(file_id), revision=1)

    stored = await rows("SELECT * FROM finding")

    assert any(row["code"] == "N-401" for row in stored)
    assert "85073003329" not in str(stored)


WIDE = """{ performanceFiles { totalCount edges { node {
  convention { number financialReports { month } } promotor { name } viewerActions
  lines { totalCount edges { node { employee } } }
  findings { totalCount edges { node { code } } }
  history { person { name } organisation { name } } } } } }"""


async def test_a_long_list_costs_no_more_queries_than_a_short_one(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = noted(monkeypatch)

    async def cost() -> int:
        asked.clear()
        answer = await api.as_("case-handler").execute(WIDE)
        assert answer.data["performanceFiles"]["edges"]
        return len(asked)

    await a_file("104233")
    short = await cost()
    for number in ("104234", "205001", "205002"):
        await a_file(number)

    assert await cost() == short
