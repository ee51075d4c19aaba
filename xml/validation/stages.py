"""The procedure of checking, as a list: each stage by name, in order, and what became of it.

A stage that did not run is named in the report, so that no findings never means not checked.
"""

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from time import thread_time

from domain.findings import StageResult, StageState
from validation.refusal import FileRefused


class Stage(StrEnum):
    """In the order in which they run.

    ENVELOPE: the first bytes can be a collective file, and its head says what it must. WELL_FORMED, SCHEMA: all of it.
    RULES: parts and employees alone. REGISTER: parts beside what the department knows. WHOLE_FILE: control totals,
    limits, keys that stand twice.
    """

    ENVELOPE = "envelope"
    WELL_FORMED = "well-formed"
    SCHEMA = "schema"
    RULES = "rules"
    REGISTER = "register"
    WHOLE_FILE = "whole-file"


class StageFailed(Exception):
    """A check could not run, by a fault of ours (the cause): what it would have found is not known."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        super().__init__(stage)


@contextmanager
def running(stage: Stage) -> Generator[None]:
    """Name the stage in which something of ours broke; a file that is refused, or no memory left, is no such thing."""
    try:
        yield
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        raise StageFailed(stage) from error


class StageLog:
    """What became of each of *stages*; those that nobody mentions again are skipped."""

    def __init__(self, stages: tuple[Stage, ...] = tuple(Stage)) -> None:
        self._stages = stages
        self._states: dict[Stage, StageState] = {}
        self._seconds: dict[Stage, float] = {}

    def done(self, *stages: Stage) -> None:
        for stage in stages:
            self._states.setdefault(stage, StageState.DONE)

    def failed(self, stage: Stage) -> None:
        self._states[stage] = StageState.FAILED

    def took(self, stage: Stage, seconds: float) -> None:
        """Add to the time of *stage*: processor time of all processes together."""
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds

    def results(self) -> tuple[StageResult, ...]:
        return tuple(
            StageResult(stage, self._states.get(stage, StageState.SKIPPED), round(self._seconds.get(stage, 0.0), 6))
            for stage in self._stages
        )


class Stopwatch:
    """Processor seconds of this thread since it was made or last read.

    What checking costs, not how busy a machine is.
    """

    def __init__(self) -> None:
        self._last = thread_time()

    def lap(self) -> float:
        now = thread_time()
        seconds, self._last = now - self._last, now
        return seconds
