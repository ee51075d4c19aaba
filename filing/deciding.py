"""The department's judgement on what was submitted: accepted, so that it takes effect, or refused with a reason."""

from dataclasses import dataclass
from typing import Final

from domain.caller import Caller
from domain.errors import DomainError, InvalidValue
from domain.states import PerformanceFileState
from domain.vocabulary import Action, Judgement
from filing.file_in_hand import file_in_hand, record_step, require_revision
from filing.office import Office
from persistence.database import Connection
from persistence.performance_file_writing import save_decision
from persistence.unit_of_work import unit_of_work

LONGEST_REASON: Final = 2_000
_STATE_AFTER: Final = {
    Judgement.ACCEPT: PerformanceFileState.ACCEPTED,
    Judgement.REFUSE: PerformanceFileState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Decide:
    """A judgement on the revision that the case handler saw; *reason* is needed to refuse."""

    file_id: str
    revision: int
    judgement: Judgement
    reason: str | None


class OwnSubmission(DomainError):
    """A person does not decide on what he submitted himself, whatever organisation he acted for then."""

    code = "OWN_SUBMISSION"

    def __init__(self) -> None:
        super().__init__(path=("id",))


async def decide_on_performance_file(office: Office, caller: Caller, request: Decide) -> str:
    """Accept or refuse; answers the id of the file.

    Raises `InvalidValue` without the reason that a refusal needs, or with a long one; `NotFound`, `NotAllowed`,
    `StaleRevision`; `WrongState` unless the file is submitted; `OwnSubmission`.
    """
    reason = _reason(request)
    moment = office.clock()

    async def work(connection: Connection) -> str:
        file = await file_in_hand(office, caller, Action.DECIDE, request.file_id, connection)
        require_revision(file, request.revision)
        state = file.state.to(_STATE_AFTER[request.judgement])
        if file.submitted_by == caller.user_id:
            raise OwnSubmission
        await save_decision(connection, file.id, state, caller.user_id, reason, moment)
        await record_step(
            office,
            caller,
            connection,
            "performanceFileDecide",
            file.id,
            version=file.version,
            revision=file.revision,
            state=state,
            moment=moment,
            reason=reason,
        )
        return file.id

    return await unit_of_work(work)


def _reason(request: Decide) -> str | None:
    reason = (request.reason or "").strip() or None
    if reason is None and request.judgement is Judgement.REFUSE:
        raise InvalidValue("reason", found="–", expected="why it is refused")
    if reason is not None and len(reason) > LONGEST_REASON:
        raise InvalidValue("reason", found=f"{len(reason)} characters", expected=f"at most {LONGEST_REASON} characters")
    return reason
