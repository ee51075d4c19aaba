"""What nobody needs any more: unfinished uploads, bytes without a row, and keys of requests that nobody repeats now."""

from datetime import timedelta
from typing import Final

from domain.months import Clock, system_clock
from filing.office import Office
from filing.resumable_uploads import forget_expired_uploads
from filing.submitting import SUBMISSION
from persistence.collective_files import store_keys_in_use
from persistence.file_store import SEGMENTS, UPLOADS
from persistence.idempotency import forget_keys_before
from persistence.resumable_uploads import segment_keys_in_use
from persistence.unit_of_work import unit_of_work

_BYTES_ARE_KEPT: Final = timedelta(days=1)
_KEYS_ARE_KEPT: Final = timedelta(days=7)


async def keep_house(office: Office, *, store_clock: Clock = system_clock) -> None:
    """Take away expired uploads, bytes without a row after a day, and idempotency keys after a week.

    Those of a submission stay.

    *store_clock* is the clock that dates bytes in the store, which need not be that of the office. Raises
    `TemporarilyUnavailable`; it may be called again at any time, and by several workers at once.
    """
    await forget_expired_uploads(office)
    old = store_clock() - _BYTES_ARE_KEPT
    await office.store.sweep(UPLOADS, store_keys_in_use, before=old)
    await office.store.sweep(SEGMENTS, segment_keys_in_use, before=old)
    before = office.clock() - _KEYS_ARE_KEPT
    await unit_of_work(lambda connection: forget_keys_before(connection, before, except_of=(SUBMISSION,)))
