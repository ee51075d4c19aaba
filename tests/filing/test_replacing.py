"""A month that was filed before: what replaces it, what is refused, and what becomes of the earlier version."""

import re

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
from domain.months import Clock
from domain.states import CollectiveFileState
from filing.office import Office
from persistence.database import rows
from persistence.models import PerformanceFileRow, PerformanceRevisionRow


def replacement(reference: str, *, replaces: str | None = None) -> bytes:
    """The valid sample as a replacement of what was delivered before, by name or without one."""
    named = f' vervangt="{replaces}"'.encode() if replaces else b""
    return referenced(sample(), reference).replace(b'statusAanlevering="1"', b'statusAanlevering="2"' + named)


async def _submitted(state: str, by: Caller, clock: Clock) -> None:
    """Bring every performance file to *state*, as if a promotor and a case handler had."""
    who, organisation, moment = by.user_id, by.organisation_id, clock()
    await rows(
        "UPDATE performance_file SET state = ?, submitted_by = ?, submitted_for = ?, submitted_at = ?,"
        " withdrawn_by = ?, withdrawn_at = ?, decided_by = ?, decided_at = ?",
        [state, who, organisation, moment, who, moment, who, moment],
    )


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
