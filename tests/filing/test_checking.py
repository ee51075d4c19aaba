"""From claimed to published: good parts become performance files, bad parts do not hold them up, each says why."""

import re
from typing import Any

import pytest
from collective import (
    codes_of,
    delivered,
    loaded,
    parts_of,
    referenced,
    sample,
)

from domain.caller import Caller
from domain.states import CollectiveFileState
from domain.vocabulary import Mode
from filing.office import Office
from persistence.database import rows
from persistence.models import CollectiveFileRow, PerformanceFileRow, PerformanceRevisionRow, ReportRow

NOTHING = {"performance_file": 0, "performance_revision": 0, "performance_line": 0, "employee_month": 0}
VALID_PARTS = {("104233", "2026-10"): "LOADED", ("205001", "2026-10"): "LOADED"}


async def test_a_good_file_becomes_a_performance_file_for_each_part(office: Office, uploader: Caller) -> None:
    row = await delivered(office, uploader, sample())

    assert row.state is CollectiveFileState.PROCESSED
    assert await parts_of(row) == VALID_PARTS
    assert await loaded() == {
        "performance_file": 2,
        "performance_revision": 2,
        "performance_line": 22,
        "employee_month": 10,
    }
    files = await PerformanceFileRow.all()
    assert {(file.state.value, file.version, file.revision) for file in files} == {("DRAFT", 1, 1)}
    report = await ReportRow.get(collective_file_id=row.id)
    assert report.verdict.value == "VALID"
    assert {stage["state"] for stage in report.stages} == {"DONE"}


async def test_a_revision_says_from_which_part_it_came_and_what_it_adds_up_to(office: Office, uploader: Caller) -> None:
    row = await delivered(office, uploader, sample())

    first = await PerformanceRevisionRow.get(collective_file_id=row.id, part_number=1)
    assert (first.source.value, first.employees, first.lines, first.made_by) == (
        "COLLECTIVE_FILE",
        6,
        14,
        uploader.user_id,
    )
    lines = await rows("SELECT COUNT(*) AS n, MIN(source_line) AS line FROM performance_line WHERE revision_id = 1")
    assert lines[0]["n"] == 14
    assert sample().splitlines()[lines[0]["line"] - 1].strip().startswith(b"<Prestatielijn")


async def test_a_part_without_mandate_is_refused_and_the_others_go_on(office: Office, uploader: Caller) -> None:
    row = await delivered(office, uploader, sample("part-without-mandate.xml"))

    assert row.state is CollectiveFileState.PROCESSED
    assert await parts_of(row) == {**VALID_PARTS, ("104234", "2026-10"): "NOT_LOADED"}
    assert await codes_of(row) == ["C-201"]
    assert (await loaded())["performance_file"] == 2
    convention = await rows("SELECT convention_id FROM collective_file_part WHERE convention_number = '104234'")
    assert convention == [{"convention_id": None}]


async def test_a_convention_of_others_answers_as_one_that_does_not_exist(office: Office, uploader: Caller) -> None:
    theirs = await delivered(office, uploader, referenced(sample("part-without-mandate.xml"), "A"))
    data = referenced(sample("part-without-mandate.xml"), "B").replace(b">104234<", b">999999<")
    nobodys = await delivered(office, uploader, data)

    def said(row: CollectiveFileRow) -> Any:
        return rows(
            "SELECT code, severity, line, column_number, path, expected, sentence_values FROM finding"
            " WHERE report_id = ? AND code = 'C-201'",
            [row.report_id],
        )

    assert await said(theirs) == await said(nobodys)


async def test_a_month_after_the_end_of_a_mandate_is_refused(office: Office, uploader: Caller) -> None:
    """Alfa's mandate on 205002 ended in M−4; the convention itself is in its sight still."""
    data = sample().replace(b">205001<", b">205002<").replace(b"<Programma>GESCO</Programma>", b"<Programma>LDE<")
    data = re.sub(rb"<Programma>LDE<(?!/)", b"<Programma>GESCO</Programma>", data, count=1)
    data = data.replace(b"<Programma>LDE<", b"<Programma>LDE</Programma>")

    row = await delivered(office, uploader, data)

    assert await parts_of(row) == {("104233", "2026-10"): "LOADED", ("205002", "2026-10"): "NOT_LOADED"}
    assert "M-101" in await codes_of(row)


async def test_a_file_with_wrong_totals_is_rejected_and_loads_nothing(office: Office, uploader: Caller) -> None:
    row = await delivered(office, uploader, sample().replace(b'lijnen="22"', b'lijnen="23"'))

    assert row.state is CollectiveFileState.REJECTED
    assert await codes_of(row) == ["F-006"]
    assert set((await parts_of(row)).values()) == {"NOT_LOADED"}
    assert await loaded() == NOTHING


async def test_a_file_that_breaks_off_is_rejected_at_the_place(office: Office, uploader: Caller) -> None:
    row = await delivered(office, uploader, sample()[:-200])

    assert row.state is CollectiveFileState.REJECTED
    assert await codes_of(row) == ["F-001"]
    assert await loaded() == NOTHING


async def test_a_part_that_breaks_the_schema_is_not_loaded_and_the_other_is(office: Office, uploader: Caller) -> None:
    data = sample().replace(b"<Prestatiecode>1</Prestatiecode>", b"<Prestatiecode>x</Prestatiecode>", 1)

    row = await delivered(office, uploader, data)

    assert row.state is CollectiveFileState.PROCESSED
    assert list((await parts_of(row)).values()) == ["NOT_LOADED", "LOADED"]
    assert await codes_of(row) == ["XSD.pattern"]
    assert (await loaded())["performance_line"] == 8


async def test_a_part_with_blocking_findings_is_loaded_to_be_corrected(office: Office, uploader: Caller) -> None:
    data = sample().replace(b"<Prestatiecode>1</Prestatiecode>", b"<Prestatiecode>99</Prestatiecode>", 1)

    row = await delivered(office, uploader, data)

    assert list((await parts_of(row)).values()) == ["LOADED_WITH_BLOCKING_FINDINGS", "LOADED"]
    revision = await PerformanceRevisionRow.get(collective_file_id=row.id, part_number=1)
    assert revision.blocking == 1


@pytest.mark.parametrize(("mode", "checks_only"), [(Mode.TEST, True), (Mode.TEST, False)])
async def test_what_is_only_tested_is_checked_whole_and_loads_nothing(
    office: Office, uploader: Caller, mode: Mode, checks_only: bool
) -> None:
    data = sample().replace(b"<Omgeving>P<", b"<Omgeving>T<")

    row = await delivered(office, uploader, data, mode=mode, checks_only=checks_only)

    assert row.state is CollectiveFileState.PROCESSED
    assert await parts_of(row) == VALID_PARTS
    assert (await ReportRow.get(collective_file_id=row.id)).verdict.value == "VALID"
    assert await loaded() == NOTHING


async def test_a_person_who_is_full_time_elsewhere_in_the_file_is_refused_where_he_comes_second(
    office: Office, uploader: Caller
) -> None:
    """An, full-time on 104233, stands on 205001 too: she has no fiche there, and no time."""
    data = sample().replace(b"<INSZ>69081145640<", b"<INSZ>71041201478<")

    row = await delivered(office, uploader, data)

    found = await rows("SELECT code, part FROM finding WHERE report_id = ? AND code = 'N-407'", [row.report_id])
    assert found == [{"code": "N-407", "part": 2}]


async def test_the_other_promotors_part_never_shows_in_what_a_promotor_has(office: Office, uploader: Caller) -> None:
    data = sample().replace(b"<INSZ>69081145640<", b"<INSZ>71041201478<")

    row = await delivered(office, uploader, data)

    told = await rows("SELECT * FROM finding WHERE report_id = ? AND part = 2", [row.report_id])
    assert told != []
    assert not any("104233" in str(value) or "0999000129" in str(value) for one in told for value in one.values())


async def test_a_file_spelled_in_a_rare_way_is_checked_all_the_same(office: Office, uploader: Caller) -> None:
    data = sample().replace(b"<Promotor>", b"<!-- </Promotor> <Promotor> --><Promotor>")

    row = await delivered(office, uploader, data)

    assert await parts_of(row) == VALID_PARTS
