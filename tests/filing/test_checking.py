"""From claimed to published: good parts become performance files, bad parts do not hold them up, each says why."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from collective import (
    check_next,
    checked_here,
    codes_of,
    delivered,
    demo_office,
    loaded,
    parts_of,
    persona,
    referenced,
    sample,
    send,
)
from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from domain.vocabulary import Mode
from filing import checking
from filing.checking import Progress, check_claimed_file
from filing.office import Office
from persistence.database import Database, rows
from persistence.models import CollectiveFileRow, PerformanceFileRow, PerformanceRevisionRow, ReportRow
from persistence.unit_of_work import unit_of_work
from persistence.work import Claimed, LeaseLost, claim, release
from validation.checking import check_piece

NOTHING = {"performance_file": 0, "performance_revision": 0, "performance_line": 0, "employee_month": 0}
VALID_PARTS = {("104233", "2026-10"): "LOADED", ("205001", "2026-10"): "LOADED"}


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def uploader(office: Office) -> Caller:
    return await persona(office, "uploader")


def replacement(reference: str, *, replaces: str | None = None) -> bytes:
    """The valid sample as a replacement of what was delivered before, by name or without one."""
    named = f' vervangt="{replaces}"'.encode() if replaces else b""
    return referenced(sample(), reference).replace(b'statusAanlevering="1"', b'statusAanlevering="2"' + named)


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


async def test_a_second_first_delivery_is_refused(office: Office, uploader: Caller) -> None:
    await delivered(office, uploader, sample())
    before = await loaded()

    row = await delivered(office, uploader, referenced(sample(), "AGAIN"))

    assert set((await parts_of(row)).values()) == {"NOT_LOADED"}
    assert await codes_of(row) == ["P-305", "P-305"]
    assert await loaded() == before


async def test_a_replacement_makes_the_next_revision(office: Office, uploader: Caller) -> None:
    await delivered(office, uploader, sample())

    row = await delivered(office, uploader, replacement("SECOND"))

    assert set((await parts_of(row)).values()) == {"LOADED"}
    files = await PerformanceFileRow.all()
    assert [(file.version, file.revision, file.state.value) for file in files] == [(1, 2, "DRAFT")] * 2
    assert (await loaded())["employee_month"] == 10


async def test_a_replacement_without_a_person_lets_him_go(office: Office, uploader: Caller) -> None:
    await delivered(office, uploader, sample())
    data = replacement("SECOND")
    start = data.index(b"<Werknemer>")
    end = data.index(b"</Werknemer>") + len(b"</Werknemer>")
    shorter = (data[:start] + data[end:]).replace(b'werknemers="10" lijnen="22"', b'werknemers="9" lijnen="20"')
    shorter = shorter.replace(b'dagen="155.0"', b'dagen="135.0"')

    row = await delivered(office, uploader, shorter)

    assert row.state is CollectiveFileState.PROCESSED, await codes_of(row)
    assert (await loaded())["employee_month"] == 9


async def test_what_the_promotor_edited_is_replaced_only_by_name(office: Office, uploader: Caller) -> None:
    await delivered(office, uploader, sample())
    await rows(
        "UPDATE performance_revision SET source = 'BY_HAND', collective_file_id = NULL, part_number = NULL"
        " WHERE part_number = 1"
    )

    unnamed = await delivered(office, uploader, replacement("UNNAMED"))
    named = await delivered(office, uploader, replacement("NAMED").replace(b'ing="2"', b'ing="2" vervangt="1.1"', 1))

    assert list((await parts_of(unnamed)).values()) == ["NOT_LOADED", "LOADED"]
    assert await codes_of(unnamed) == ["P-306"]
    assert list((await parts_of(named)).values()) == ["LOADED", "LOADED"]


async def test_what_is_submitted_is_not_replaced(office: Office, uploader: Caller, clock: Clock) -> None:
    await delivered(office, uploader, sample())
    await _submitted("SUBMITTED", uploader, clock)

    row = await delivered(office, uploader, replacement("SECOND"))

    assert await codes_of(row) == ["P-307", "P-307"]
    assert await PerformanceRevisionRow.all().count() == 2


async def test_after_an_accepted_version_comes_a_new_one(office: Office, uploader: Caller, clock: Clock) -> None:
    await delivered(office, uploader, sample())
    await _submitted("ACCEPTED", uploader, clock)

    row = await delivered(office, uploader, replacement("CORRECTION"))

    assert set((await parts_of(row)).values()) == {"LOADED"}
    files = await PerformanceFileRow.all().order_by("version")
    assert [(file.version, file.state.value) for file in files] == [
        (1, "ACCEPTED"),
        (1, "ACCEPTED"),
        (2, "DRAFT"),
        (2, "DRAFT"),
    ]


@pytest.mark.parametrize("state", ["REFUSED", "WITHDRAWN"])
async def test_what_was_refused_or_withdrawn_is_opened_again(
    office: Office, uploader: Caller, clock: Clock, state: str
) -> None:
    await delivered(office, uploader, sample())
    await _submitted(state, uploader, clock)

    await delivered(office, uploader, replacement("AGAIN"))

    files = await PerformanceFileRow.all()
    assert [(file.version, file.revision, file.state.value) for file in files] == [(1, 2, "DRAFT")] * 2


async def test_a_deletion_leaves_a_revision_without_lines(office: Office, uploader: Caller) -> None:
    await delivered(office, uploader, sample())
    data = replacement("DELETED").replace(b'statusAanlevering="2"', b'statusAanlevering="3"')
    data = re.sub(rb"<Werknemer>.*?</Werknemer>\s*", b"", data, flags=re.DOTALL)
    totals = rb'werknemers="0" lijnen="0" uren="0.00" dagen="0.0"'
    data = re.sub(rb'werknemers="10" lijnen="22" uren="[^"]*" dagen="[^"]*"', totals, data)

    row = await delivered(office, uploader, data)

    assert set((await parts_of(row)).values()) == {"LOADED"}, await codes_of(row)
    assert (await loaded())["employee_month"] == 0
    assert [revision.lines for revision in await PerformanceRevisionRow.filter(collective_file_id=row.id)] == [0, 0]


async def check_with(office: Office, claimed: Claimed, happens: Callable[[], Awaitable[object]]) -> None:
    """Check a file; *happens* comes after its last piece was checked and before anything is published."""
    seen = checking.publish

    async def published(*args: Any, **kwargs: Any) -> None:
        patch.undo()  # what happens may publish another file
        await happens()
        await seen(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "publish", published)
        await check_claimed_file(office, claimed, checked_here, Progress(), ahead=1)


async def test_two_uploads_of_one_month_checked_at_once_load_it_once(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    await send(office, uploader, referenced(sample(), "OTHER"))
    slow, quick = await _claimed(office), await _claimed(office)

    await check_with(office, slow, lambda: check_claimed_file(office, quick, checked_here, Progress(), ahead=1))

    late = await CollectiveFileRow.get(id=slow.file.id)
    early = await CollectiveFileRow.get(id=quick.file.id)
    assert set((await parts_of(early)).values()) == {"LOADED"}
    assert set((await parts_of(late)).values()) == {"NOT_LOADED"}
    assert await codes_of(late) == ["P-305", "P-305"]
    report = await ReportRow.get(collective_file_id=late.id)
    assert (report.verdict.value, report.counts) == (
        "INVALID",
        [{"code": "P-305", "severity": "BLOCKING", "count": 2}],
    )
    assert (await loaded())["performance_line"] == 22


async def test_a_mandate_that_is_revoked_while_checking_stops_its_part(
    office: Office, uploader: Caller, clock: Clock
) -> None:
    await send(office, uploader, sample())
    claimed = await _claimed(office)

    await check_with(
        office,
        claimed,
        lambda: rows(
            "UPDATE mandate SET revoked_at = ?, revoked_by = granted_by"
            " WHERE convention_id = (SELECT id FROM convention WHERE number = '104233')",
            [clock()],
        ),
    )

    row = await CollectiveFileRow.get(id=claimed.file.id)
    assert await parts_of(row) == {("104233", "2026-10"): "NOT_LOADED", ("205001", "2026-10"): "LOADED"}
    assert await codes_of(row) == ["C-201"]
    assert (await loaded())["performance_line"] == 8


async def test_who_lost_the_lease_publishes_nothing(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    lost = await _claimed(office)
    await unit_of_work(lambda connection: release(connection, lost.fence, in_good_order=False))
    holder = await _claimed(office)

    with pytest.raises(LeaseLost):
        await check_claimed_file(office, lost, checked_here, Progress(), ahead=1)
    nothing = await loaded()
    await check_claimed_file(office, holder, checked_here, Progress(), ahead=1)

    assert nothing == NOTHING
    assert (await loaded())["performance_line"] == 22
    assert await ReportRow.all().count() == 1


async def test_a_file_that_met_two_deaths_ends_as_not_checked_and_others_go_on(
    office: Office, uploader: Caller
) -> None:
    poison = await send(office, uploader, sample())
    for _ in range(2):
        claimed = await _claimed(office)
        assert claimed.file.id == poison.id
        await unit_of_work(lambda connection, dead=claimed: release(connection, dead.fence, in_good_order=False))

    ended = await check_next(office)
    good = await delivered(office, uploader, referenced(sample(), "GOOD"))

    assert (ended.id, ended.state, ended.stage) == (poison.id, CollectiveFileState.NOT_FULLY_CHECKED, "WORKER_DIED")
    assert (await ReportRow.get(collective_file_id=poison.id)).verdict.value == "NOT_FULLY_CHECKED"
    assert good.state is CollectiveFileState.PROCESSED


async def test_a_file_that_is_given_back_in_good_order_counts_no_attempt(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    for _ in range(5):
        claimed = await _claimed(office)
        assert claimed.fence.attempt == 1
        await unit_of_work(lambda connection, held=claimed: release(connection, held.fence, in_good_order=True))

    assert (await check_next(office)).state is CollectiveFileState.PROCESSED


@pytest.mark.parametrize(("damage", "reason"), [("changed", "BYTES_CHANGED"), ("gone", "BYTES_MISSING")])
async def test_bytes_that_are_not_those_that_came_in_are_never_valid(
    office: Office, uploader: Caller, damage: str, reason: str
) -> None:
    row = await send(office, uploader, sample())
    assert office.store.folder is not None
    path = office.store.folder / row.store_key
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(sample() + b" ")

    ended = await check_next(office)

    assert (ended.state, ended.stage) == (CollectiveFileState.NOT_FULLY_CHECKED, reason)
    assert await loaded() == NOTHING


async def test_a_check_of_ours_that_breaks_never_gives_a_verdict_of_valid(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    claimed = await _claimed(office)

    async def broken(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if function is check_piece:
            kwargs["today"] = None
        return function(*args, **kwargs)

    await check_claimed_file(office, claimed, broken, Progress(), ahead=1)

    row = await CollectiveFileRow.get(id=claimed.file.id)
    assert (row.state, row.stage) == (CollectiveFileState.NOT_FULLY_CHECKED, "CHECK_FAILED")
    assert await loaded() == NOTHING


async def test_lines_that_a_dead_worker_left_are_swept_by_the_next(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    claimed = await _claimed(office)

    async def dies(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    class Dying(Progress):
        def require_lease(self, file_id: str) -> None:
            if self.checked_bytes:
                raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await check_claimed_file(office, claimed, dies, Dying(), ahead=1)
    left = await loaded()
    await unit_of_work(lambda connection: release(connection, claimed.fence, in_good_order=False))

    await check_next(office)

    assert left == {**NOTHING, "performance_line": 22}
    assert (await loaded())["performance_line"] == 22
    assert {row["revision_id"] for row in await rows("SELECT DISTINCT revision_id FROM performance_line")} == {3, 4}


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


async def _claimed(_office: Office) -> Claimed:
    claimed = await unit_of_work(lambda connection: claim(connection, f"test:{uuid7()}", 60))
    assert claimed is not None
    return claimed


async def _submitted(state: str, by: Caller, clock: Clock) -> None:
    """Bring every performance file to *state*, as if a promotor and a case handler had."""
    who, organisation, moment = by.user_id, by.organisation_id, clock()
    await rows(
        "UPDATE performance_file SET state = ?, submitted_by = ?, submitted_for = ?, submitted_at = ?,"
        " withdrawn_by = ?, withdrawn_at = ?, decided_by = ?, decided_at = ?",
        [state, who, organisation, moment, who, moment, who, moment],
    )
