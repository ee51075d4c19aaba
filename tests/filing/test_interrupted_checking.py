"""What happens beside a check and to it: others at work, rights that end, workers that die, bytes that change."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from collective import (
    check_next,
    checked_here,
    codes_of,
    delivered,
    loaded,
    parts_of,
    referenced,
    sample,
    send,
)
from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from filing import checking
from filing.broken_off import CheckBrokeOff
from filing.checking import Progress, check_claimed_file
from filing.office import Office
from persistence.database import rows
from persistence.models import CollectiveFileRow, ReportRow
from persistence.unit_of_work import unit_of_work
from persistence.work import Claimed, GivenBack, LeaseLost, claim, release
from validation.broken_off import BrokenOff
from validation.checking import check_piece
from validation.cutting.planning import plan_file

NOTHING = {"performance_file": 0, "performance_revision": 0, "performance_line": 0, "employee_month": 0}


async def _claimed(_office: Office) -> Claimed:
    claimed = await unit_of_work(lambda connection: claim(connection, f"test:{uuid7()}", 60))
    assert claimed is not None
    return claimed


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
    await unit_of_work(lambda connection: release(connection, lost.fence, GivenBack.BROKEN_OFF))
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
        await unit_of_work(lambda connection, dead=claimed: release(connection, dead.fence, GivenBack.BROKEN_OFF))

    ended = await check_next(office)
    good = await delivered(office, uploader, referenced(sample(), "GOOD"))

    assert (ended.id, ended.state, ended.stage) == (poison.id, CollectiveFileState.NOT_FULLY_CHECKED, "WORKER_DIED")
    report = await ReportRow.get(collective_file_id=poison.id)
    assert (report.verdict.value, report.counts) == (
        "NOT_FULLY_CHECKED",
        [{"code": "F-009", "severity": "WARNING", "count": 1}],
    )
    assert await codes_of(ended) == ["F-009"]
    assert good.state is CollectiveFileState.PROCESSED


@pytest.mark.parametrize("breaking", [plan_file, check_piece])
async def test_f_03_a_check_that_breaks_off_twice_ends_the_file_wherever_it_breaks_off(
    office: Office, uploader: Caller, breaking: Callable[..., Any]
) -> None:
    await send(office, uploader, sample())

    async def breaks_off(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if function is breaking:
            raise CheckBrokeOff(BrokenOff.TIME)
        return function(*args, **kwargs)

    first = await _claimed(office)
    with pytest.raises(CheckBrokeOff):
        await check_claimed_file(office, first, breaks_off, Progress(), ahead=1)
    await unit_of_work(lambda connection: release(connection, first.fence, GivenBack.BROKEN_OFF))
    second = await _claimed(office)
    await check_claimed_file(office, second, breaks_off, Progress(), ahead=1)

    row = await CollectiveFileRow.get(id=second.file.id)
    assert (row.state, row.stage) == (CollectiveFileState.NOT_FULLY_CHECKED, "WORKER_DIED")
    assert (await ReportRow.get(collective_file_id=row.id)).verdict.value == "NOT_FULLY_CHECKED"
    assert await codes_of(row) == ["F-009"]
    assert await loaded() == NOTHING


async def test_a_file_that_is_given_back_in_good_order_counts_no_attempt(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample())
    for _ in range(5):
        claimed = await _claimed(office)
        assert claimed.fence.attempt == 1
        await unit_of_work(lambda connection, held=claimed: release(connection, held.fence, GivenBack.STOPPED))

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
    left, left_under = await loaded(), await _revisions_with_lines()
    await unit_of_work(lambda connection: release(connection, claimed.fence, GivenBack.BROKEN_OFF))

    await check_next(office)

    assert left == {**NOTHING, "performance_line": 22}
    assert (await loaded())["performance_line"] == 22
    kept_under = await _revisions_with_lines()
    assert (len(left_under), len(kept_under)) == (2, 2)
    assert max(left_under) < min(kept_under)


async def _revisions_with_lines() -> set[int]:
    return {row["revision_id"] for row in await rows("SELECT DISTINCT revision_id FROM performance_line")}
