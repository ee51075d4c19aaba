"""What each phase of checking a file takes: phases follow each other, so that together they are the whole time."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """In the order in which they come first; those from PIECES to LINES take turns, piece by piece.

    FETCH: the bytes are at hand and are those that came in. PLAN: how the file is cut. PIECES: waiting for processes
    that check. REGISTER: beside what the department knows. LINES: waiting for the database to take lines. PUBLISH: one
    transaction. SWEEP: taking away lines that were not published.
    """

    FETCH = "fetch"
    PLAN = "plan"
    PIECES = "pieces"
    REGISTER = "register"
    LINES = "lines"
    PUBLISH = "publish"
    SWEEP = "sweep"


@dataclass(slots=True)
class Phases:
    """Seconds on the clock, and processor seconds of this process alone, by phase."""

    wall: defaultdict[Phase, float] = field(default_factory=lambda: defaultdict[Phase, float](float))
    cpu: defaultdict[Phase, float] = field(default_factory=lambda: defaultdict[Phase, float](float))
    _phase: Phase = Phase.FETCH
    _wall: float = field(default_factory=time.perf_counter)
    _cpu: float = field(default_factory=time.process_time)

    def enter(self, phase: Phase) -> None:
        """End the phase before and begin *phase*."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.wall[self._phase] += wall - self._wall
        self.cpu[self._phase] += cpu - self._cpu
        self._phase, self._wall, self._cpu = phase, wall, cpu

    def rounded(self) -> dict[str, tuple[float, float]]:
        """By name: both times so far, for a log."""
        self.enter(self._phase)
        return {str(phase): (round(self.wall[phase], 3), round(self.cpu[phase], 3)) for phase in self.wall}
