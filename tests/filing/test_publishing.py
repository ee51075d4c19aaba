"""Publishing in stretches of parts and in one transaction: little is held at once, and all is written or nothing."""

import gc
from typing import Any

import pytest
from collective import check_next, checked_here, codes_of, loaded, parts_of, sample, send
from uuid_utils.compat import uuid7

from domain.caller import Caller
from filing import publishing
from filing.checking import Progress, check_claimed_file
from filing.office import Office
from persistence.database import rows
from persistence.failures import TemporarilyUnavailable
from persistence.publishing import PublishedPart
from persistence.unit_of_work import unit_of_work
from persistence.work import GivenBack, claim, release

VALID_PARTS = {("104233", "2026-10"): "LOADED", ("205001", "2026-10"): "LOADED"}


@pytest.mark.parametrize("stretch", [1, 2])
async def test_no_more_parts_are_held_decided_than_a_stretch_has(
    office: Office, uploader: Caller, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    await send(office, uploader, sample("part-without-mandate.xml"))
    held: list[int] = []
    add = publishing.add_parts

    async def counted(*args: Any) -> None:
        held.append(sum(type(one) is PublishedPart for one in gc.get_objects()))
        await add(*args)

    monkeypatch.setattr(publishing, "_PARTS_AT_ONCE", stretch)
    monkeypatch.setattr(publishing, "add_parts", counted)
    row = await check_next(office)

    assert held == ([1, 1, 1] if stretch == 1 else [2, 1])
    assert await parts_of(row) == {**VALID_PARTS, ("104234", "2026-10"): "NOT_LOADED"}
    assert (await loaded())["performance_line"] == 22


async def test_findings_of_a_worker_that_dies_while_publishing_leave_no_rows(
    office: Office, uploader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(office, uploader, sample("part-without-mandate.xml"))
    claimed = await unit_of_work(lambda connection: claim(connection, f"test:{uuid7()}", 60))
    assert claimed is not None

    async def dies(*_args: Any, **_named: Any) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "add_report", dies)
        with pytest.raises((ConnectionAbortedError, TemporarilyUnavailable)):
            await check_claimed_file(office, claimed, checked_here, Progress(), ahead=1)
    left = await rows("SELECT * FROM finding")
    parts = await rows("SELECT * FROM collective_file_part")
    await unit_of_work(lambda connection: release(connection, claimed.fence, GivenBack.BROKEN_OFF))

    row = await check_next(office)

    assert (left, parts) == ([], [])
    assert await codes_of(row) == ["C-201"]
    assert {one["report_id"] for one in await rows("SELECT DISTINCT report_id FROM finding")} == {row.report_id}
