"""The life of a collective file and of a performance file, as tables of allowed steps."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from domain.errors import WrongState

_State = TypeVar("_State", bound=StrEnum)


class CollectiveFileState(StrEnum):
    """REJECTED: a file-level error, nothing loaded. NOT_FULLY_CHECKED: a check could not run, never valid."""

    RECEIVED = "RECEIVED"
    CHECKING = "CHECKING"
    PROCESSED = "PROCESSED"
    REJECTED = "REJECTED"
    NOT_FULLY_CHECKED = "NOT_FULLY_CHECKED"

    @property
    def is_final(self) -> bool:
        return not COLLECTIVE_FILE_STEPS[self]

    def to(self, step: "CollectiveFileState") -> "CollectiveFileState":
        """The state after *step*; raises `WrongState` when the step is not foreseen."""
        if step not in COLLECTIVE_FILE_STEPS[self]:
            raise WrongState(found=self, expected=_states_before(COLLECTIVE_FILE_STEPS, step))
        return step


class PerformanceFileState(StrEnum):
    """TESTED holds for one revision only; a change makes it DRAFT again."""

    DRAFT = "DRAFT"
    TESTED = "TESTED"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"

    def to(self, step: "PerformanceFileState") -> "PerformanceFileState":
        """The state after *step*; raises `WrongState` when the step is not foreseen."""
        if step not in PERFORMANCE_FILE_STEPS[self]:
            raise WrongState(found=self, expected=_states_before(PERFORMANCE_FILE_STEPS, step))
        return step

    @property
    def can_be_modified(self) -> bool:
        """Whether a change makes a new revision of this version; an accepted one needs a new version."""
        return PerformanceFileState.DRAFT in PERFORMANCE_FILE_STEPS[self]


COLLECTIVE_FILE_STEPS: Mapping[CollectiveFileState, frozenset[CollectiveFileState]] = MappingProxyType(
    {
        CollectiveFileState.RECEIVED: frozenset({CollectiveFileState.CHECKING}),
        # CHECKING again: a worker took over from one whose lease ended.
        CollectiveFileState.CHECKING: frozenset(
            {
                CollectiveFileState.CHECKING,
                CollectiveFileState.PROCESSED,
                CollectiveFileState.REJECTED,
                CollectiveFileState.NOT_FULLY_CHECKED,
            }
        ),
        CollectiveFileState.PROCESSED: frozenset(),
        CollectiveFileState.REJECTED: frozenset(),
        CollectiveFileState.NOT_FULLY_CHECKED: frozenset(),
    }
)

PERFORMANCE_FILE_STEPS: Mapping[PerformanceFileState, frozenset[PerformanceFileState]] = MappingProxyType(
    {
        PerformanceFileState.DRAFT: frozenset({PerformanceFileState.DRAFT, PerformanceFileState.TESTED}),
        PerformanceFileState.TESTED: frozenset(
            {PerformanceFileState.DRAFT, PerformanceFileState.TESTED, PerformanceFileState.SUBMITTED}
        ),
        PerformanceFileState.SUBMITTED: frozenset(
            {PerformanceFileState.WITHDRAWN, PerformanceFileState.ACCEPTED, PerformanceFileState.REFUSED}
        ),
        PerformanceFileState.ACCEPTED: frozenset(),
        PerformanceFileState.REFUSED: frozenset({PerformanceFileState.DRAFT}),
        PerformanceFileState.WITHDRAWN: frozenset({PerformanceFileState.DRAFT}),
    }
)


def _states_before(steps: Mapping[_State, frozenset[_State]], step: _State) -> str:
    return ", ".join(sorted(state for state, following in steps.items() if step in following))
