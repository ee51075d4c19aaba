"""What is taken away while no file waits, and above all what is not."""

from datetime import UTC, datetime, timedelta

import pytest
from collective import in_pieces, sample, send, stored_files

from domain.caller import Caller
from domain.months import Clock
from filing.housekeeping import keep_house
from filing.office import Office
from filing.submitting import SUBMISSION
from persistence.idempotency import Answered, IdempotencyKey, answered, remember
from persistence.unit_of_work import unit_of_work

ORPHAN = "collective-files/without-row.xml"


async def test_bytes_without_a_row_go_when_they_are_older_than_a_day(office: Office, uploader: Caller) -> None:
    row = await send(office, uploader, sample())
    await office.store.put(ORPHAN, in_pieces(b"<a/>"), limit_bytes=10)

    await keep_house(office, store_clock=lambda: datetime.now(UTC) + timedelta(hours=23))
    young = stored_files(office)
    await keep_house(office, store_clock=lambda: datetime.now(UTC) + timedelta(hours=25))

    assert young == sorted([row.store_key, ORPHAN])
    assert stored_files(office) == [row.store_key]


@pytest.mark.parametrize(
    ("operation", "days", "is_kept"),
    [
        ("collectiveFileUpload", 6, True),
        ("collectiveFileUpload", 8, False),
        (SUBMISSION, 8, True),
        (SUBMISSION, 8000, True),
    ],
)
async def test_keys_are_forgotten_after_a_week_but_never_those_of_a_submission(
    office: Office, uploader: Caller, clock: Clock, operation: str, days: int, is_kept: bool
) -> None:
    key = IdempotencyKey(uploader.organisation_id, uploader.user_id, "k", operation, "a" * 64)
    moment = clock() - timedelta(days=days)
    await unit_of_work(lambda connection: remember(connection, key, Answered("thing", "1"), moment))

    await keep_house(office)

    assert (await answered(key) is not None) is is_kept
