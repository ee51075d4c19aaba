"""Work and memory stay in proportion to the bytes, whatever the shape of the file."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from collective_files import TODAY, checked, collective_file, employee, part, promotor, written

from domain.vocabulary import Verdict
from validation.checking import check_piece
from validation.cutting import scanning, splitting
from validation.cutting.planning import plan_file
from validation.file_check import FileCheck
from validation.runner import check_pieces

LINE = '<Prestatielijn volgnr="1"><Prestatiecode>1</Prestatiecode><Uren>X</Uren></Prestatielijn>'


def _seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        begin = process_time()
        work()
        best = min(best, process_time() - begin)
    return best


def test_ten_thousand_errors_under_one_parent_take_time_in_proportion(tmp_path: Path) -> None:
    """Told by a document tree at once, four times the errors would take sixteen times the time."""
    few, many = (
        written(tmp_path, collective_file(promotor(part("1", "<Werknemer/>" * count))), f"{count}.xml")
        for count in (2_500, 10_000)
    )

    report = checked(many)
    ratio = _seconds(lambda: checked(many)) / _seconds(lambda: checked(few))

    assert {(count.code, count.count) for count in report.counts} == {("XSD.missing-element", 10_000)}
    assert report.is_capped
    assert len(report.findings) == 1000
    assert ratio < 8


def test_no_slice_holds_more_siblings_than_the_bound(tmp_path: Path) -> None:
    path = written(tmp_path, collective_file(promotor(part("1", "<Werknemer/>" * 5_000))))

    plan = plan_file(path)
    results = list(check_pieces(path, plan, FileCheck(plan, today=TODAY)))

    assert [len(result.piece.slices) for result in results] == [5]
    assert results[0].piece.parts == 1


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (collective_file(promotor(part("1", employee(lines=LINE * 1_001)))), "Prestatielijn"),
        (collective_file(promotor(part("1", employee(lines="<!--" + "x" * 400_000 + "-->")))), "bytes (markup)"),
        (collective_file("<Promotor/>" * 12_000), "promotoren"),
        (collective_file("<a>" * 500 + "</a>" * 500), "levels"),
        (collective_file(promotor(part("1", employee() + "\n" * 5_000_000 + employee()))), "bytes"),
        (collective_file(promotor(part("1", employee(lines=" " * 3_000_000)))), "bytes (Werknemer)"),
    ],
    ids=["lines", "comment", "promotors", "levels", "space", "employee"],
)
def test_what_no_honest_file_has_is_refused_by_name(tmp_path: Path, text: str, limit: str) -> None:
    report = checked(written(tmp_path, text))

    assert report.verdict is Verdict.INVALID
    assert [(finding.code, finding.values["limit"]) for finding in report.findings] == [("F-007", limit)]


def test_memory_does_not_grow_with_the_size_of_one_promotor(tmp_path: Path) -> None:
    def peak(parts: int) -> int:
        text = collective_file(promotor("".join(part(str(number), employee() * 40) for number in range(parts))))
        path = written(tmp_path, text, f"{parts}.xml")
        del text
        tracemalloc.start()
        try:
            plan = plan_file(path)
            for piece in plan.pieces:
                check_piece(path, plan.head.frame, piece, today=TODAY)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "PIECE_BYTES", 64 * 1024)
        patch.setattr(splitting, "PIECE_BYTES", 64 * 1024)
        patch.setattr(splitting, "LARGEST_SLICE_BYTES", 64 * 1024)
        small, large = peak(20), peak(100)

    assert large < 1.5 * small
