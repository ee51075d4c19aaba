"""The life of a performance file over GraphQL: who may take which step, and what it takes."""

import asyncio
from typing import Any

import pytest
from api import Api
from performance_files import a_file, a_line, everything, line_input, make, state_of

from domain.states import PerformanceFileState
from graph.nodes import opaque_id
from persistence.database import rows

TESTED, SUBMITTED = PerformanceFileState.TESTED, PerformanceFileState.SUBMITTED


def node(file_id: str) -> str:
    return opaque_id("PerformanceFile", file_id)


async def a_tested_file(api: Api, number: str = "104233", persona: str = "promotor") -> str:
    """A file that was tested without a fault; answers its id."""
    file_id = await a_file(number)
    payload = await make(api.as_(persona), "Test", id=node(file_id), revision=1)
    assert payload["__typename"] == "PerformanceFileTested"
    assert await state_of(file_id) == "TESTED"
    return file_id


async def submit(api: Api, persona: str, file_id: str, *, revision: int = 1, key: str = "key-1") -> dict[str, object]:
    return await make(api.as_(persona), "Submit", id=node(file_id), revision=revision, idempotencyKey=key)


async def test_a_promotor_submits_what_he_tested(api: Api) -> None:
    file_id = await a_tested_file(api)

    payload = await submit(api, "promotor", file_id)

    assert payload["__typename"] == "PerformanceFileSubmitted"
    assert await state_of(file_id) == "SUBMITTED"


async def test_an_uploader_cannot_submit_and_the_file_stays_as_it_is(api: Api) -> None:
    file_id = await a_tested_file(api, persona="uploader")
    before = await everything()

    payload = await submit(api, "uploader", file_id)

    assert (payload["__typename"], payload["code"]) == ("NotAllowed", "NOT_ALLOWED")
    assert await everything() == before


@pytest.mark.parametrize(
    ("number", "tester", "outcome"),
    [("205001", "promotor-haven", "PerformanceFileSubmitted"), ("104233", "promotor", "NotAllowed")],
    ids=["level SUBMIT", "level UPLOAD"],
)
async def test_a_submitter_submits_only_where_the_mandate_has_level_submit(
    api: Api, number: str, tester: str, outcome: str
) -> None:
    file_id = await a_tested_file(api, number, tester)

    payload = await submit(api, "submitter", file_id)

    assert payload["__typename"] == outcome
    assert await state_of(file_id) == ("SUBMITTED" if outcome == "PerformanceFileSubmitted" else "TESTED")


@pytest.mark.parametrize("persona", ["promotor-haven", "uploader-beta", "helpdesk", "nobody", "lokale-beheerder"])
@pytest.mark.parametrize("mutation", ["Modify", "Test", "Submit", "Withdraw", "Decide"])
async def test_who_may_not_consult_a_file_cannot_tell_it_from_none(api: Api, persona: str, mutation: str) -> None:
    file_id = await a_file()
    before = await everything()
    values: dict[str, Any] = {
        "Modify": {"lines": []},
        "Submit": {"idempotencyKey": "k"},
        "Decide": {"judgement": "ACCEPT"},
    }.get(mutation, {})
    client = api.as_(persona)

    existing = await make(client, mutation, id=node(file_id), revision=1, **values)
    missing = await make(client, mutation, id=node("018f0000-0000-7000-8000-000000000000"), revision=1, **values)

    assert existing == missing
    assert existing["__typename"] == "NotFound"
    assert await everything() == before


@pytest.mark.parametrize("mutation", ["Modify", "Test", "Submit", "Withdraw"])
@pytest.mark.parametrize("persona", ["case-handler", "auditor"])
async def test_the_department_consults_but_does_not_file(api: Api, persona: str, mutation: str) -> None:
    file_id = await a_file(state=SUBMITTED if mutation == "Withdraw" else TESTED)
    before = await everything()
    values: dict[str, Any] = {"Modify": {"lines": []}, "Submit": {"idempotencyKey": "k"}}.get(mutation, {})

    payload = await make(api.as_(persona), mutation, id=node(file_id), revision=1, **values)

    assert payload["__typename"] == "NotAllowed"
    assert await everything() == before


async def test_nobody_without_a_token_gets_anywhere(api: Api) -> None:
    file_id = await a_tested_file(api)
    before = await everything()

    answer = await api.anonymous.execute(
        'mutation($id: ID!) { performanceFileSubmit(input: {id: $id, revision: 1, idempotencyKey: "k"})'
        " { __typename } }",
        {"id": node(file_id)},
    )

    assert answer.error_codes == ["UNAUTHENTICATED"]
    assert await everything() == before


async def test_a_stale_revision_is_not_submitted(api: Api) -> None:
    file_id = await a_tested_file(api)
    await make(api.as_("promotor"), "Modify", id=node(file_id), revision=1, lines=[line_input(days="10.0")])
    before = await everything()

    payload = await submit(api, "promotor", file_id, revision=1)

    assert (payload["__typename"], payload["code"]) == ("StaleRevision", "STALE_REVISION")
    assert await everything() == before


async def test_a_change_makes_the_test_stale(api: Api) -> None:
    file_id = await a_tested_file(api)
    await make(api.as_("promotor"), "Modify", id=node(file_id), revision=1, lines=[line_input(days="10.0")])
    assert await state_of(file_id) == "DRAFT"

    payload = await make(
        api.as_("promotor"),
        "Submit",
        "... on SubmissionBlocked { findings { code severity value expected } }",
        id=node(file_id),
        revision=2,
        idempotencyKey="k",
    )

    assert payload["findings"] == [{"code": "A-601", "severity": "BLOCKING", "value": "1", "expected": "2"}]
    assert await state_of(file_id) == "DRAFT"


async def test_what_was_never_tested_is_not_submitted(api: Api) -> None:
    file_id = await a_file()

    payload = await submit(api, "promotor", file_id)

    assert payload["__typename"] == "SubmissionBlocked"
    assert await state_of(file_id) == "DRAFT"


async def test_a_test_with_blocking_findings_keeps_a_draft_and_names_them(api: Api) -> None:
    file_id = await a_file(lines=[a_line(code="99")])
    payload = await make(
        api.as_("promotor"),
        "Test",
        "... on PerformanceFileTested { performanceFile { state findings { nodes: edges { node {"
        " code severity lineNumber value employee } } } } }",
        id=node(file_id),
        revision=1,
    )
    before = await everything()

    blocked = await make(
        api.as_("promotor"),
        "Submit",
        "... on SubmissionBlocked { findings { code lineNumber } }",
        id=node(file_id),
        revision=1,
        idempotencyKey="k",
    )

    file = payload["performanceFile"]
    assert file["state"] == "DRAFT"
    assert {
        "code": "L-501",
        "severity": "BLOCKING",
        "lineNumber": 1,
        "value": "99",
        "employee": "01*******67",
    } in [edge["node"] for edge in file["findings"]["nodes"]]
    assert {"code": "L-501", "lineNumber": 1} in blocked["findings"]
    assert await everything() == before


async def test_testing_never_changes_a_line(api: Api) -> None:
    file_id = await a_file()
    before = await everything()

    await make(api.as_("promotor"), "Test", id=node(file_id), revision=1)
    await make(api.as_("promotor"), "Test", id=node(file_id), revision=1)

    after = await everything()
    assert after["performance_line"] == before["performance_line"]
    assert [row["revision"] for row in after["performance_file"]] == [1]
    assert len(after["report"]) == 2


async def test_a_mandate_revoked_after_the_test_stops_the_submission(api: Api) -> None:
    file_id = await a_tested_file(api, "205001", "submitter")
    answer = await api.as_("promotor-haven").execute(
        '{ convention(number: "205001") { mandates { edges { node { id } } } } }'
    )
    mandate = answer.data["convention"]["mandates"]["edges"][0]["node"]["id"]
    await api.as_("promotor-haven").execute(
        "mutation($id: ID!) { mandateRevoke(input: {mandateId: $id}) { __typename } }", {"id": mandate}
    )
    before = await everything()

    payload = await submit(api, "submitter", file_id)

    assert payload["__typename"] == "NotFound"
    assert await everything() == before


async def test_a_month_that_was_closed_after_the_test_is_not_submitted(api: Api) -> None:
    file_id = await a_tested_file(api)
    await rows("UPDATE performance_file SET month = '2025-01' WHERE id = ?", [file_id])

    payload = await make(
        api.as_("promotor"),
        "Submit",
        "... on SubmissionBlocked { findings { code } }",
        id=node(file_id),
        revision=1,
        idempotencyKey="k",
    )

    assert payload["findings"] == [{"code": "P-302"}]
    assert await state_of(file_id) == "TESTED"


async def test_a_retry_gets_the_same_answer_even_after_a_withdrawal(api: Api) -> None:
    file_id = await a_tested_file(api)
    first = await submit(api, "promotor", file_id)
    await make(api.as_("promotor"), "Withdraw", id=node(file_id), revision=1)

    again = await submit(api, "promotor", file_id)

    assert again == first
    assert await state_of(file_id) == "WITHDRAWN"


async def test_another_key_on_a_submitted_file_is_a_wrong_state(api: Api) -> None:
    file_id = await a_tested_file(api)
    await submit(api, "promotor", file_id, key="one")

    payload = await submit(api, "promotor", file_id, key="two")

    assert (payload["__typename"], payload["code"]) == ("WrongState", "WRONG_STATE")


async def test_a_key_that_was_used_for_another_file_is_refused(api: Api) -> None:
    submitted = await a_tested_file(api)
    await submit(api, "promotor", submitted)
    other = await a_file("104234", lines=[])

    payload = await submit(api, "promotor", other)

    assert payload["__typename"] == "IdempotencyKeyReused"
    assert await state_of(other) == "DRAFT"


@pytest.mark.parametrize(
    ("keys", "outcomes"),
    [
        (("same", "same"), ["PerformanceFileSubmitted", "PerformanceFileSubmitted"]),
        (("one", "two"), ["PerformanceFileSubmitted", "WrongState"]),
    ],
    ids=["one key", "two keys"],
)
async def test_two_submissions_at_once_submit_once(api: Api, keys: tuple[str, str], outcomes: list[str]) -> None:
    file_id = await a_tested_file(api)

    payloads = await asyncio.gather(*(submit(api, "promotor", file_id, key=key) for key in keys))

    assert sorted(str(payload["__typename"]) for payload in payloads) == outcomes
    acts = await rows("SELECT action FROM audit_entry WHERE action = 'performanceFileSubmit' AND outcome = 'DONE'")
    assert len(acts) == 1


async def test_a_promotor_takes_back_what_is_not_decided(api: Api) -> None:
    file_id = await a_file(state=SUBMITTED)

    payload = await make(api.as_("promotor"), "Withdraw", id=node(file_id), revision=1)

    assert payload["__typename"] == "PerformanceFileWithdrawn"
    assert await state_of(file_id) == "WITHDRAWN"


@pytest.mark.parametrize("state", [state for state in PerformanceFileState if state is not SUBMITTED])
async def test_only_what_is_submitted_can_be_withdrawn_or_decided_on(api: Api, state: PerformanceFileState) -> None:
    file_id = await a_file(state=state)
    before = await everything()

    withdrawn = await make(api.as_("promotor"), "Withdraw", id=node(file_id), revision=1)
    decided = await make(api.as_("case-handler"), "Decide", id=node(file_id), revision=1, judgement="ACCEPT")

    assert (withdrawn["__typename"], decided["__typename"]) == ("WrongState", "WrongState")
    assert await everything() == before


@pytest.mark.parametrize("persona", ["promotor", "submitter", "uploader", "auditor"])
async def test_only_a_case_handler_decides(api: Api, persona: str) -> None:
    file_id = await a_file(state=SUBMITTED)
    before = await everything()

    payload = await make(api.as_(persona), "Decide", id=node(file_id), revision=1, judgement="ACCEPT")

    assert payload["__typename"] == "NotAllowed"
    assert await everything() == before


@pytest.mark.parametrize(("judgement", "state"), [("ACCEPT", "ACCEPTED"), ("REFUSE", "REFUSED")])
async def test_a_case_handler_accepts_or_refuses(api: Api, judgement: str, state: str) -> None:
    file_id = await a_file(state=SUBMITTED)

    payload = await make(
        api.as_("case-handler"),
        "Decide",
        "... on PerformanceFileDecided { performanceFile { state decisionReason decidedAt } }",
        id=node(file_id),
        revision=1,
        judgement=judgement,
        reason=" Uren kloppen niet. ",
    )

    assert payload["performanceFile"] == {
        "state": state,
        "decisionReason": "Uren kloppen niet.",
        "decidedAt": "2026-11-05T08:00:00+00:00",
    }


@pytest.mark.parametrize("reason", [None, "  ", "x" * 2001])
async def test_a_refusal_says_why_within_bounds(api: Api, reason: str | None) -> None:
    file_id = await a_file(state=SUBMITTED)

    payload = await make(
        api.as_("case-handler"), "Decide", id=node(file_id), revision=1, judgement="REFUSE", reason=reason
    )

    assert (payload["__typename"], payload["path"]) == ("InvalidInput", ["reason"])
    assert await state_of(file_id) == "SUBMITTED"


async def test_a_person_does_not_decide_on_his_own_submission(api: Api) -> None:
    file_id = await a_file(state=SUBMITTED, by="demo-case-handler")

    payload = await make(api.as_("case-handler"), "Decide", id=node(file_id), revision=1, judgement="ACCEPT")

    assert payload["__typename"] == "OwnSubmission"
    assert await state_of(file_id) == "SUBMITTED"
