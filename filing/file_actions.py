"""What can be done with a performance file in the state that it is in, whoever asks."""

from domain.states import PerformanceFileState
from domain.vocabulary import Action
from persistence.performance_files import PerformanceFile

_READING = frozenset(
    {
        Action.CONSULT,
        Action.READ_CONVENTION,
        Action.READ_MANDATES,
        Action.READ_FINANCIAL_REPORTS,
        Action.GRANT_MANDATE,
        Action.REVOKE_MANDATE,
    }
)
"""What no state of a file takes away."""

_CHANGING = frozenset({Action.MODIFY, Action.UPLOAD})


def actions_open_for(file: PerformanceFile, user_id: str) -> frozenset[Action]:
    """The actions that the state of *file* leaves open to the person *user_id*, if he has the right.

    Filling in makes the first version of a month, so it is never open on a file; withdrawing is done with the right to
    submit and is open while the file is submitted.
    """
    match file.state:
        case PerformanceFileState.DRAFT:
            return _READING | _CHANGING | {Action.TEST}
        case PerformanceFileState.TESTED:
            return _READING | _CHANGING | {Action.TEST, Action.SUBMIT}
        case PerformanceFileState.SUBMITTED:
            return _READING if file.submitted_by == user_id else _READING | {Action.DECIDE}
        case PerformanceFileState.REFUSED | PerformanceFileState.WITHDRAWN:
            return _READING | _CHANGING
        case PerformanceFileState.ACCEPTED:
            return _READING | _CHANGING if file.version == file.newest_version else _READING
