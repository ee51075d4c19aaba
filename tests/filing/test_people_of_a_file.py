"""A person is held against what counts and nothing else: earlier parts and earlier uploads that stand (N-407)."""

import re
from typing import Any

from collective import codes_of, delivered, loaded, parts_of, referenced, sample

from domain.caller import Caller
from domain.months import Clock
from domain.states import CollectiveFileState
from filing.office import Office
from persistence.database import rows
from persistence.models import CollectiveFileRow

AN_TWICE = sample().replace(b"<INSZ>69081145640<", b"<INSZ>71041201478<")
"""An is full-time in part 1 and in part 2."""


async def test_a_person_of_a_part_that_is_kept_out_still_has_his_time(
    office: Office, uploader: Caller, clock: Clock
) -> None:
    """What stands there is refused, so nobody has it; the new delivery is not its replacement (P-305)."""
    await delivered(office, uploader, sample())
    await _refuse_all(uploader, clock)

    row = await delivered(office, uploader, referenced(AN_TWICE, "AGAIN"))

    codes = await codes_of(row)
    assert codes.count("P-305") == 2
    assert "N-407" not in codes


async def test_a_person_of_a_part_that_comes_twice_still_has_his_time(office: Office, uploader: Caller) -> None:
    """Only behind part 2 it shows that part 1 is kept out (P-304), so all is checked again, and loaded once."""
    repeated = AN_TWICE[AN_TWICE.index(b"<Promotor>") : AN_TWICE.index(b"</Promotor>") + len(b"</Promotor>")]
    data = AN_TWICE.replace(b"</Promotor>\n</", b"</Promotor>\n" + repeated + b"\n</", 1)
    data = data.replace(b'werknemers="10" lijnen="22"', b'werknemers="16" lijnen="36"')
    data = data.replace(b'uren="722.00" dagen="155.0"', b'uren="1132.40" dagen="249.0"')

    row = await delivered(office, uploader, data)

    assert row.state is CollectiveFileState.PROCESSED, await rows("SELECT code, value, expected FROM finding")
    assert (await codes_of(row)).count("P-304") == 2
    # Part 2 holds her time from here on, so only the copy of part 1 behind it has too much of her.
    assert await rows("SELECT part FROM finding WHERE code = 'N-407'") == [{"part": 3}]
    assert [part["outcome"] for part in await _outcomes(row)] == [
        "NOT_LOADED",
        "LOADED_WITH_BLOCKING_FINDINGS",
        "NOT_LOADED",
    ]
    assert (await loaded())["performance_line"] == 8


async def test_a_person_who_is_full_time_by_an_earlier_upload_is_refused_in_a_later_one(
    office: Office, uploader: Caller
) -> None:
    """Part 1 is there since the first upload; the second brings part 2 for the first time, with An in it."""
    start, end = sample().index(b"<Promotor>"), sample().rindex(b"<Promotor>")
    only_first = sample()[:end] + sample()[sample().rindex(b"</Promotor>") + len(b"</Promotor>") :]
    only_second = AN_TWICE[:start] + AN_TWICE[end:]
    first = await delivered(office, uploader, _with_totals(only_first, FIRST_TOTALS))

    row = await delivered(office, uploader, referenced(_with_totals(only_second, SECOND_TOTALS), "SECOND"))

    assert (first.state, await codes_of(first)) == (CollectiveFileState.PROCESSED, [])
    assert row.state is CollectiveFileState.PROCESSED, await rows("SELECT code, value, expected FROM finding")
    assert "N-407" in await codes_of(row)
    assert await parts_of(row) == {("205001", "2026-10"): "LOADED_WITH_BLOCKING_FINDINGS"}


FIRST_TOTALS = b'promotoren="1" conventies="1" werknemers="6" lijnen="14" uren="410.40" dagen="94.0"'
SECOND_TOTALS = b'promotoren="1" conventies="1" werknemers="4" lijnen="8" uren="311.60" dagen="61.0"'


def _with_totals(data: bytes, totals: bytes) -> bytes:
    return re.sub(rb"<Controletotalen [^/]*/>", b"<Controletotalen " + totals + b"/>", data, count=1)


async def _outcomes(row: CollectiveFileRow) -> list[dict[str, Any]]:
    return await rows("SELECT outcome FROM collective_file_part WHERE collective_file_id = ? ORDER BY number", [row.id])


async def _refuse_all(by: Caller, clock: Clock) -> None:
    """As if every performance file had been submitted and a case handler had refused it."""
    who, organisation, moment = by.user_id, by.organisation_id, clock()
    await rows(
        "UPDATE performance_file SET state = 'REFUSED', submitted_by = ?, submitted_for = ?, submitted_at = ?,"
        " decided_by = ?, decided_at = ?",
        [who, organisation, moment, who, moment],
    )
