"""The life of collective files and performance files, step by step."""

import pytest

from domain.errors import WrongState
from domain.states import CollectiveFileState, PerformanceFileState

C, P = CollectiveFileState, PerformanceFileState

# Written out from the life cycle in the documentation, not from the table that is tested.
FILE_STEPS = {
    (C.RECEIVED, C.CHECKING),
    (C.CHECKING, C.CHECKING),
    (C.CHECKING, C.PROCESSED),
    (C.CHECKING, C.REJECTED),
    (C.CHECKING, C.NOT_FULLY_CHECKED),
}
PERFORMANCE_STEPS = {
    (P.DRAFT, P.DRAFT),
    (P.DRAFT, P.TESTED),
    (P.TESTED, P.DRAFT),
    (P.TESTED, P.TESTED),
    (P.TESTED, P.SUBMITTED),
    (P.SUBMITTED, P.WITHDRAWN),
    (P.SUBMITTED, P.ACCEPTED),
    (P.SUBMITTED, P.REFUSED),
    (P.REFUSED, P.DRAFT),
    (P.WITHDRAWN, P.DRAFT),
}


@pytest.mark.parametrize("found", list(C))
@pytest.mark.parametrize("step", list(C))
def test_steps_of_a_collective_file(found: CollectiveFileState, step: CollectiveFileState) -> None:
    if (found, step) in FILE_STEPS:
        assert found.to(step) is step
    else:
        with pytest.raises(WrongState):
            found.to(step)


@pytest.mark.parametrize("found", list(P))
@pytest.mark.parametrize("step", list(P))
def test_steps_of_a_performance_file(found: PerformanceFileState, step: PerformanceFileState) -> None:
    if (found, step) in PERFORMANCE_STEPS:
        assert found.to(step) is step
    else:
        with pytest.raises(WrongState):
            found.to(step)


def test_a_wrong_step_says_from_where_it_could_be_taken() -> None:
    with pytest.raises(WrongState) as refused:
        P.DRAFT.to(P.SUBMITTED)

    assert refused.value.values == {"found": "DRAFT", "expected": "TESTED"}


def test_a_collective_file_has_one_outcome() -> None:
    assert {state for state in C if state.is_final} == {C.PROCESSED, C.REJECTED, C.NOT_FULLY_CHECKED}


def test_what_waits_for_a_decision_or_is_accepted_cannot_be_modified() -> None:
    assert {state for state in P if not state.can_be_modified} == {P.SUBMITTED, P.ACCEPTED}
