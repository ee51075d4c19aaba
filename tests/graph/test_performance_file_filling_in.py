"""Filling in and modifying over GraphQL: strict forms, whole replacement, and corrections of what was accepted."""

import asyncio
from typing import Any

import pytest
from api import Api
from performance_files import MADE, a_file, everything, line_input, make, state_of

from domain.demo_register import AN, ELS
from domain.states import PerformanceFileState
from graph.nodes import opaque_id
from persistence.database import rows

FILLED_IN = """... on PerformanceFileFilledIn { performanceFile { id state version revision source totals {
  employees lines hours days fullTimeEquivalents } } }"""


def node(file_id: str) -> str:
    return opaque_id("PerformanceFile", file_id)


async def fill_in(api: Api, persona: str, number: str = "104233", month: str = "2026-10", **changes: Any) -> Any:
    values = {"conventionNumber": number, "month": month, "lines": [line_input()], **changes}
    return await make(api.as_(persona), "FillIn", FILLED_IN, **values)


@pytest.mark.parametrize(
    ("persona", "number"), [("promotor", "104233"), ("uploader", "104233"), ("submitter", "205001")]
)
async def test_a_first_version_is_a_draft_with_exact_totals(api: Api, persona: str, number: str) -> None:
    payload = await fill_in(api, persona, number)

    file = payload["performanceFile"]
    assert (file["state"], file["version"], file["revision"], file["source"]) == ("DRAFT", 1, 1, "BY_HAND")
    assert file["totals"] == {
        "employees": 1,
        "lines": 1,
        "hours": "83.60",
        "days": "11.0",
        "fullTimeEquivalents": "0.5000",
    }


@pytest.mark.parametrize(
    ("persona", "number", "month", "outcome"),
    [
        ("promotor-haven", "104233", "2026-10", "NotFound"),
        ("uploader-beta", "104233", "2026-10", "NotFound"),
        ("uploader", "104234", "2026-10", "NotFound"),
        ("promotor", "999999", "2026-10", "NotFound"),
        ("nobody", "104233", "2026-10", "NotFound"),
        ("uploader", "205002", "2026-10", "NotAllowed"),
        ("case-handler", "104233", "2026-10", "NotAllowed"),
        ("helpdesk", "104233", "2026-10", "NotAllowed"),
    ],
)
async def test_who_may_not_fill_in_a_month_writes_nothing(
    api: Api, persona: str, number: str, month: str, outcome: str
) -> None:
    before = await everything()

    payload = await fill_in(api, persona, number, month)

    assert payload["__typename"] == outcome
    assert await everything() == before


async def test_a_mandate_covers_only_its_months(api: Api) -> None:
    within = await fill_in(api, "uploader", "205002", "2026-06")
    after = await make(
        api.as_("uploader"),
        "FillIn",
        "... on NotAllowed { missing { lack ask } }",
        conventionNumber="205002",
        month="2026-07",
        lines=[],
    )

    assert within["__typename"] == "PerformanceFileFilledIn"
    assert after["missing"] == [{"lack": "MANDATE_PERIOD", "ask": "PROMOTOR"}]


@pytest.mark.parametrize("state", list(PerformanceFileState))
async def test_a_month_that_has_a_version_is_not_filled_in_again(api: Api, state: PerformanceFileState) -> None:
    file_id = await a_file(state=state)
    before = await everything()

    payload = await make(
        api.as_("promotor"),
        "FillIn",
        "... on VersionExists { performanceFile { id } }",
        conventionNumber="104233",
        month="2026-10",
        lines=[line_input()],
    )

    assert (payload["__typename"], payload["performanceFile"]) == ("VersionExists", {"id": node(file_id)})
    assert await everything() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("employee", "8507300332"),
        ("employee", "85.07.30-033.28"),
        ("employer", "0999000620"),
        ("employmentNumber", 0),
        ("employmentNumber", 1_000_000),
        ("begin", "1899-12-31"),
        ("end", "2100-01-01"),
        ("weeklyHours", "19.005"),
        ("weeklyHours", "1000"),
        ("fullTimeHours", "-0.01"),
        ("code", "1a"),
        ("code", ""),
        ("days", "11.05"),
        ("days", "1000.0"),
        ("hours", "NaN"),
        ("hours", "Infinity"),
        ("hours", "1e-400"),
        ("hours", "10000"),
        ("hours", "83.6000000000000000000000000000000000000001"),
    ],
)
async def test_a_wrong_form_is_refused_with_the_path_of_the_input(api: Api, field: str, value: Any) -> None:
    before = await everything()

    payload = await fill_in(api, "promotor", lines=[line_input(), line_input(**{field: value})])

    assert (payload["__typename"], payload["path"]) == ("InvalidInput", ["lines", "1", field])
    assert "85.07.30-033.28" not in str(payload)
    assert await everything() == before


@pytest.mark.parametrize("month", ["1999-12", "2100-01", "9999-12"])
async def test_a_month_lies_in_this_century(api: Api, month: str) -> None:
    payload = await fill_in(api, "promotor", month=month)

    assert (payload["__typename"], payload["path"]) == ("InvalidInput", ["month"])


@pytest.mark.parametrize(("given", "missing"), [("from", "until"), ("until", "from")])
async def test_a_line_is_dated_at_both_ends_or_not_at_all(api: Api, given: str, missing: str) -> None:
    payload = await fill_in(api, "promotor", lines=[line_input(**{given: "2026-10-05"})])

    assert (payload["__typename"], payload["path"]) == ("InvalidInput", ["lines", "0", missing])


async def test_lines_of_one_employee_stand_together(api: Api) -> None:
    payload = await make(
        api.as_("promotor"),
        "FillIn",
        "... on PerformanceFileFilledIn { performanceFile { lines { edges { node { number employee code } } } } }",
        conventionNumber="104233",
        month="2026-10",
        lines=[line_input(), line_input(employee=AN), line_input(code="50", days="1.0", hours="7.60")],
    )

    lines = [edge["node"] for edge in payload["performanceFile"]["lines"]["edges"]]
    assert lines == [
        {"number": 1, "employee": ELS, "code": "1"},
        {"number": 2, "employee": ELS, "code": "50"},
        {"number": 3, "employee": AN, "code": "1"},
    ]


async def test_modifying_makes_a_new_revision_and_keeps_the_old_one(api: Api) -> None:
    file_id = await a_file()
    before = await everything()

    payload = await make(
        api.as_("uploader"),
        "Modify",
        "... on PerformanceFileModified { performanceFile { id version revision state totals { days } } }",
        id=node(file_id),
        revision=1,
        lines=[line_input(employee=AN, days="5.5", hours="41.80")],
    )

    assert payload["performanceFile"] == {
        "id": node(file_id),
        "version": 1,
        "revision": 2,
        "state": "DRAFT",
        "totals": {"days": "5.5"},
    }
    after = await everything()
    assert before["performance_line"][0] in after["performance_line"]
    assert before["performance_revision"][0] in after["performance_revision"]
    assert [(row["insz"], row["performance_file_id"]) for row in after["employee_month"]] == [(AN, file_id)]


async def test_who_stays_in_a_file_keeps_the_place_of_his_first_filing(api: Api) -> None:
    file_id = await a_file()
    filed_at = "SELECT filed_at FROM employee_month WHERE insz = ?"
    before = await rows(filed_at, [ELS])

    await make(
        api.as_("promotor"),
        "Modify",
        id=node(file_id),
        revision=1,
        lines=[line_input(days="5.0"), line_input(employee=AN)],
    )

    assert await rows(filed_at, [ELS]) == before
    assert await rows(filed_at, [AN]) != before


async def test_a_modification_of_what_somebody_else_changed_is_refused(api: Api) -> None:
    file_id = await a_file()
    await make(api.as_("promotor"), "Modify", id=node(file_id), revision=1, lines=[line_input(days="5.0")])
    before = await everything()

    payload = await make(
        api.as_("uploader"),
        "Modify",
        "... on StaleRevision { currentRevision }",
        id=node(file_id),
        revision=1,
        lines=[line_input()],
    )

    assert (payload["__typename"], payload["currentRevision"]) == ("StaleRevision", 2)
    assert await everything() == before


@pytest.mark.parametrize("state", ["TESTED", "REFUSED", "WITHDRAWN"])
async def test_modifying_opens_a_file_again(api: Api, state: str) -> None:
    file_id = await a_file(state=PerformanceFileState(state))

    await make(api.as_("promotor"), "Modify", id=node(file_id), revision=1, lines=[line_input()])

    assert await state_of(file_id) == "DRAFT"


async def test_what_is_submitted_is_withdrawn_before_it_is_changed(api: Api) -> None:
    file_id = await a_file(state=PerformanceFileState.SUBMITTED)
    before = await everything()

    payload = await make(api.as_("promotor"), "Modify", id=node(file_id), revision=1, lines=[line_input()])

    assert payload["__typename"] == "WrongState"
    assert await everything() == before


async def test_modifying_what_was_accepted_makes_the_next_version(api: Api) -> None:
    accepted = await a_file(state=PerformanceFileState.ACCEPTED)

    payload = await make(
        api.as_("promotor"),
        "Modify",
        "... on PerformanceFileModified { performanceFile { id version revision state } }",
        id=node(accepted),
        revision=1,
        lines=[line_input(days="10.0")],
    )

    file = payload["performanceFile"]
    assert (file["version"], file["revision"], file["state"]) == (2, 1, "DRAFT")
    assert file["id"] != node(accepted)
    assert await state_of(accepted) == "ACCEPTED"


async def test_an_accepted_version_is_corrected_once_at_a_time(api: Api) -> None:
    accepted = await a_file(state=PerformanceFileState.ACCEPTED)
    newer = await a_file(version=2)
    before = await everything()

    payload = await make(
        api.as_("promotor"),
        "Modify",
        "... on VersionExists { performanceFile { id } }",
        id=node(accepted),
        revision=1,
        lines=[],
    )

    assert payload["performanceFile"] == {"id": node(newer)}
    assert await everything() == before


async def test_an_empty_month_is_a_nil_return(api: Api) -> None:
    payload = await fill_in(api, "promotor", lines=[])

    assert payload["performanceFile"]["totals"]["employees"] == 0


async def test_two_who_fill_in_a_month_at_once_make_one_version(api: Api) -> None:
    payloads = await asyncio.gather(fill_in(api, "promotor"), fill_in(api, "uploader"))

    assert sorted(payload["__typename"] for payload in payloads) == ["PerformanceFileFilledIn", "VersionExists"]
    assert len((await everything())["performance_revision"]) == 1


async def test_who_is_blocked_reads_and_tests_but_files_nothing(api: Api) -> None:
    file_id = await a_file()
    await rows("UPDATE organisation SET blocked_since = ? WHERE enterprise_number = '0999000129'", [MADE])
    client = api.as_("promotor")

    tested = await make(client, "Test", id=node(file_id), revision=1)
    before = await everything()
    modified = await make(client, "Modify", id=node(file_id), revision=1, lines=[])
    submitted = await make(
        client,
        "Submit",
        "... on NotAllowed { missing { lack ask } }",
        id=node(file_id),
        revision=1,
        idempotencyKey="k",
    )
    filled_in = await fill_in(api, "promotor", month="2026-09")

    assert tested["__typename"] == "PerformanceFileTested"
    assert await state_of(file_id) == "TESTED"
    assert (modified["__typename"], filled_in["__typename"]) == ("NotAllowed", "NotAllowed")
    assert submitted["missing"] == [{"lack": "BLOCKED", "ask": "HELPDESK"}]
    assert await everything() == before


async def test_a_correction_shows_its_difference_before_it_is_submitted(api: Api) -> None:
    accepted = await a_file(state=PerformanceFileState.ACCEPTED)
    correction = await make(
        api.as_("promotor"),
        "Modify",
        "... on PerformanceFileModified { performanceFile { id } }",
        id=node(accepted),
        revision=1,
        lines=[line_input(hours="41.80", days="5.5")],
    )

    tested = await make(
        api.as_("promotor").speaking("en"),
        "Test",
        "... on PerformanceFileTested { performanceFile { findings { edges { node { code value expected } } } } }",
        id=correction["performanceFile"]["id"],
        revision=1,
    )

    findings = [edge["node"] for edge in tested["performanceFile"]["findings"]["edges"]]
    assert {"code": "A-603", "value": "0.2500", "expected": "0.5000"} in findings
