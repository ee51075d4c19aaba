"""Files that are too much of something: refused or read in no time, in a process with little memory."""

from collections.abc import Generator
from pathlib import Path

import pytest
from collective_files import checked
from oversized import OVERSIZED

from domain.findings import Report
from server.check_process import CheckLimits, CheckProcess

LIMITS = CheckLimits(memory_bytes=160 * 1024 * 1024, cpu_seconds=20, wall_seconds=300)
"""Twice what they were seen to need. The seconds are only there to end what would never end."""

NO_TOTALS = "F-006"
"""Their control totals are all zero."""
EXPECTED = {
    "blanks-of-1-million": [NO_TOTALS],
    "digits-of-1-million": ["XSD.pattern"],
    "employments-with-16-thousand-lines": [NO_TOTALS, "L-506", "L-507", "L-511", "N-408"],
    "line-breaks-of-1-million": [NO_TOTALS],
    "name-of-200-thousand": ["F-001"],
    "namespaces-on-20-thousand-elements": ["XSD.unexpected-element"],
}
"""All others are refused as too large, F-007."""


@pytest.fixture(scope="module")
def child() -> Generator[CheckProcess]:
    process = CheckProcess(LIMITS)
    yield process
    process.close()
    process.join()


@pytest.mark.parametrize("name", sorted(OVERSIZED))
def test_a_22_what_is_too_much_ends_within_little_memory(name: str, child: CheckProcess, tmp_path: Path) -> None:
    path = tmp_path / "oversized.xml"
    path.write_text(OVERSIZED[name](), encoding="utf-8")

    report: Report = child.call(checked, (path,), {})

    assert sorted({count.code for count in report.counts}) == EXPECTED.get(name, ["F-007"])
    assert len(repr(report)) < 3_000_000
