"""Phases: one ends where the next begins, whichever comes again, so that together they are the whole time."""

import time
from collections.abc import Iterator

import pytest

from filing.phases import Phase, Phases


def ticking(*moments: float) -> Iterator[float]:
    yield from moments


def test_phases_that_take_turns_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, used = ticking(101.0, 103.0, 107.0, 115.0), ticking(0.5, 0.75, 0.75, 1.0)
    monkeypatch.setattr(time, "perf_counter", clock.__next__)
    monkeypatch.setattr(time, "process_time", used.__next__)

    phases = Phases(_wall=100.0, _cpu=0.0)
    phases.enter(Phase.PIECES)
    phases.enter(Phase.LINES)
    phases.enter(Phase.PIECES)

    assert phases.rounded() == {"fetch": (1.0, 0.5), "pieces": (10.0, 0.5), "lines": (4.0, 0.0)}
