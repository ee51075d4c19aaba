"""A performance file that is about to be changed: found, permitted, kept still, and the trail of what was done."""

from datetime import datetime
from typing import Final

from domain.caller import Caller
from domain.errors import NotFound, StaleRevision
from domain.states import PerformanceFileState
from domain.vocabulary import Action
from filing.acts import record_act
from filing.office import Office
from filing.subjects import OnConvention
from persistence.database import Connection
from persistence.performance_files import PerformanceFile, performance_file, performance_file_to_change

PERFORMANCE_FILE: Final = "PerformanceFile"


async def file_in_hand(
    office: Office, caller: Caller, action: Action, file_id: str, connection: Connection
) -> PerformanceFile:
    """The file as it is now, on which *caller* may do *action*; neither changes before the unit of work ends.

    Raises `NotFound` also for a file that he may not consult; `NotAllowed`.
    """
    # Rights are locked before the file, in every use case, so that two of them never wait for each other.
    found = await performance_file(file_id, connection)
    if found is None:
        raise NotFound(PERFORMANCE_FILE)
    await office.gate.require_in_write(
        caller,
        action,
        OnConvention(found.convention_id, found.month),
        connection,
        thing=PERFORMANCE_FILE,
        seen_by=Action.CONSULT,
    )
    kept = await performance_file_to_change(file_id, connection)
    if kept is None:
        raise NotFound(PERFORMANCE_FILE)
    return kept


def require_revision(file: PerformanceFile, revision: int) -> None:
    """Return when *revision* is the current one; raises `StaleRevision`."""
    if file.revision != revision:
        raise StaleRevision(expected=revision, current=file.revision)


async def record_step(
    office: Office,
    caller: Caller,
    connection: Connection,
    intention: str,
    file_id: str,
    *,
    version: int,
    revision: int,
    state: PerformanceFileState,
    moment: datetime,
    reason: str | None = None,
) -> None:
    """Put in the audit trail that *intention* brought a revision of the file to *state*: its history is read there."""
    await record_act(
        office,
        caller,
        connection,
        intention,
        kind=PERFORMANCE_FILE,
        key=file_id,
        moment=moment,
        details={"version": version, "revision": revision, "state": state, "reason": reason},
    )
