"""Submitting (aanbieden): final and official, at most once, and only what was tested; and taking it back in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.caller import Caller
from domain.errors import DomainError
from domain.findings import Finding
from domain.months import day_in_brussels
from domain.states import PerformanceFileState
from domain.vocabulary import Action
from filing.file_in_hand import PERFORMANCE_FILE, file_in_hand, record_step, require_revision
from filing.idempotency_keys import idempotency_key, require_key_form
from filing.offer_checks import blocking_an_offer
from filing.office import Office
from persistence.database import Connection
from persistence.idempotency import Answered, answered, remember
from persistence.performance_file_writing import save_submission, save_withdrawal
from persistence.unit_of_work import unit_of_work

SUBMISSION: Final = "performanceFileSubmit"


@dataclass(frozen=True, slots=True)
class Submit:
    """Which revision to submit; a retry with the same *idempotency_key* gets the answer of the first time."""

    file_id: str
    revision: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    file_id: str
    revision: int


class SubmissionBlocked(DomainError):
    """Something blocks the revision: it was not tested as it is (A-601), or a rule says no; *findings* say which."""

    code = "SUBMISSION_BLOCKED"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(rules=", ".join(sorted({finding.code for finding in findings})))


async def submit_performance_file(office: Office, caller: Caller, request: Submit) -> str:
    """Submit the revision; answers the id of its file.

    In one transaction: both mandates for the month are read again, the revision is the one that *caller* saw, it was
    tested without blocking findings, and the month can still be filed. Raises `NotFound`, `NotAllowed`,
    `StaleRevision`, `WrongState`, `SubmissionBlocked`, `IdempotencyKeyReused`; `InvalidValue` for a malformed key.
    """
    require_key_form(request.idempotency_key)
    same = (request.file_id, request.revision)
    key = idempotency_key(caller, request.idempotency_key, operation=SUBMISSION, request=same)
    moment = office.clock()

    async def work(connection: Connection) -> str:
        earlier = await answered(key, connection)
        if earlier is not None:
            return earlier.id
        file = await file_in_hand(office, caller, Action.SUBMIT, request.file_id, connection)
        # Of two at once with one key the second waited for the file: now it finds the answer of the first.
        earlier = await answered(key, connection)
        if earlier is not None:
            return earlier.id
        require_revision(file, request.revision)
        if file.state is not PerformanceFileState.DRAFT:
            file.state.to(PerformanceFileState.SUBMITTED)
        blocking = await blocking_an_offer(connection, file, day_in_brussels(moment))
        if blocking:
            raise SubmissionBlocked(blocking)
        await save_submission(connection, file.id, caller.user_id, caller.organisation_id, moment)
        await remember(connection, key, Answered(PERFORMANCE_FILE, file.id), moment)
        await record_step(
            office,
            caller,
            connection,
            SUBMISSION,
            file.id,
            version=file.version,
            revision=file.revision,
            state=PerformanceFileState.SUBMITTED,
            moment=moment,
        )
        return file.id

    return await unit_of_work(work)


async def withdraw_performance_file(office: Office, caller: Caller, request: Withdraw) -> str:
    """Take back what was submitted and not yet decided on; answers the id of the file.

    Raises `NotFound`, `NotAllowed`, `StaleRevision`, `WrongState`.
    """
    moment = office.clock()

    async def work(connection: Connection) -> str:
        file = await file_in_hand(office, caller, Action.SUBMIT, request.file_id, connection)
        require_revision(file, request.revision)
        state = file.state.to(PerformanceFileState.WITHDRAWN)
        await save_withdrawal(connection, file.id, caller.user_id, moment)
        await record_step(
            office,
            caller,
            connection,
            "performanceFileWithdraw",
            file.id,
            version=file.version,
            revision=file.revision,
            state=state,
            moment=moment,
        )
        return file.id

    return await unit_of_work(work)
