"""The procedure over a whole file: which stages ran, what the report says, and that nothing broken is ever valid."""

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from collective_files import TODAY, checked, collective_file, employee, part, promotor, written

from domain.findings import Slices, StageState
from domain.months import Month
from domain.vocabulary import PartOutcome, Severity, Verdict
from validation import checking
from validation.by_hand import check_parts
from validation.checked import RangeResult
from validation.checking import check_piece
from validation.cutting import splitting
from validation.cutting.planning import plan_file
from validation.file_check import FileCheck
from validation.frame import Piece
from validation.making.generate import write_collective_file
from validation.reading.part_content import Unpacked
from validation.refusal import FileRefused
from validation.register import UNKNOWN_CONVENTION
from validation.register_check import check_register_of
from validation.runner import check_file, check_pieces, run_in
from validation.stages import Stage, StageFailed

GOOD = Path(__file__).parent / "hostile" / "valid.xml"


def test_a_good_file_without_a_register_is_not_fully_checked() -> None:
    report = checked(GOOD)

    assert report.verdict is Verdict.NOT_FULLY_CHECKED
    assert [(stage.name, stage.state) for stage in report.stages] == [
        ("envelope", StageState.DONE),
        ("well-formed", StageState.DONE),
        ("schema", StageState.DONE),
        ("rules", StageState.DONE),
        ("register", StageState.SKIPPED),
        ("whole-file", StageState.DONE),
    ]
    assert [(found.convention, found.outcome, found.totals.lines) for found in report.parts] == [
        ("104233", PartOutcome.LOADED, 2)
    ]


def test_a_file_that_ends_early_skips_what_comes_after_and_says_so(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee())))
    report = checked(written(tmp_path, text[:-20]))

    assert report.verdict is Verdict.INVALID
    assert [stage.name for stage in report.stages if stage.state is StageState.DONE] == ["envelope"]
    assert [(finding.code, finding.severity) for finding in report.findings] == [("F-001", Severity.FILE)]


def test_a_rule_that_breaks_makes_its_stage_failed_and_the_log_tells_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(checking, "_month_faults", broken)

    report = checked(GOOD)

    assert report.verdict is Verdict.NOT_FULLY_CHECKED
    assert [stage.name for stage in report.stages if stage.state is StageState.FAILED] == ["rules"]
    assert "ZeroDivisionError: planted" in caplog.text


def test_a_failure_names_its_stage_to_whoever_runs_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "places_of", lambda *_: 1 / 0)
    plan = plan_file(GOOD)

    with pytest.raises(StageFailed) as failure:
        check_piece(GOOD, plan.head.frame, plan.pieces[0], today=TODAY)

    assert failure.value.stage == "rules"
    assert isinstance(failure.value.__cause__, ZeroDivisionError)


def test_control_totals_are_told_one_by_one(tmp_path: Path) -> None:
    report = checked(written(tmp_path, collective_file(promotor(part("1", employee())))))

    assert [finding.values["total"] for finding in report.findings if finding.code == "F-006"] == [
        *("promotoren", "conventies", "werknemers", "lijnen", "uren", "dagen")
    ]
    assert {found.outcome for found in report.parts} == {PartOutcome.NOT_LOADED}


def test_totals_are_not_compared_when_a_part_cannot_be_read(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee()) + part("2", employee(insz="X"))))

    report = checked(written(tmp_path, text))

    assert [(count.code, count.count) for count in report.counts] == [("XSD.pattern", 1)]
    assert [found.outcome for found in report.parts] == [PartOutcome.LOADED, PartOutcome.NOT_LOADED]


def test_a_key_that_stands_twice_keeps_both_parts_out(tmp_path: Path) -> None:
    text = GOOD.read_text()
    own = text[text.index("    <Prestatiestaat") : text.index("  </Promotor>")]
    path = written(tmp_path, text.replace(own, own + own))

    report = checked(path)

    assert [(finding.part, finding.values["other"]) for finding in report.findings if finding.code == "P-304"] == [
        (1, "2"),
        (2, "1"),
    ]
    assert {found.outcome for found in report.parts} == {PartOutcome.NOT_LOADED}


def test_searching_bytes_is_not_believed_when_a_parser_sees_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An end of a promotor in a comment, as an end it is taken for: the file is cut again, by a parser."""
    hidden = f"<!-- {promotor(part('0', employee()))} <nothing/> -->"
    text = collective_file(promotor(part("1", employee())) + promotor(hidden + part("2", employee())))
    path = written(tmp_path, text)
    begin = plan_file(path).pieces[0].origin.offset
    monkeypatch.setattr(splitting, "PIECE_BYTES", text.index(" <nothing/>") - begin)
    plan = plan_file(path)
    assert not plan.pieces[0].is_exact

    results = list(check_pieces(path, plan, FileCheck(plan, today=TODAY)))

    assert [result.piece.is_exact for result in results] == [True]
    assert [(found.number, found.head.convention) for result in results for found in result.parts] == [
        (1, "1"),
        (2, "2"),
    ]


def test_a_promotor_that_is_commented_out_ends_no_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = f"<!-- {promotor(part('0', employee())).strip()} -->"
    text = collective_file(promotor(part("1", employee())) + hidden + promotor(part("2", employee())))
    path = written(tmp_path, text)
    begin = plan_file(path).pieces[0].origin.offset
    monkeypatch.setattr(splitting, "PIECE_BYTES", text.index("-->") + 1 - begin)
    plan = plan_file(path)

    results = list(check_pieces(path, plan, FileCheck(plan, today=TODAY)))

    assert [(result.piece.is_exact, len(result.parts)) for result in results] == [(False, 1), (False, 1)]


def test_parts_are_counted_by_who_reads_them(tmp_path: Path) -> None:
    """Not by searching for their tags: one with a prefix of its own is one too."""
    aliased = part("2", employee()).replace("Prestatiestaat ", 'y:Prestatiestaat xmlns:y="urn:x-mandaat:collective:1" ')
    aliased = aliased.replace("</Prestatiestaat>", "</y:Prestatiestaat>")
    path = written(tmp_path, collective_file(promotor(part("1", employee())) + promotor(aliased)))

    report = check_file(path, today=TODAY)

    assert [(found.number, found.place.path) for found in report.parts] == [
        (1, "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[1]"),
        (2, "/CollectiefPrestatiebestand/Promotor[2]/Prestatiestaat[1]"),
    ]


def test_how_much_was_left_to_a_parser_is_told(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee())))
    other = text.replace("<Werknemer>", '<Werknemer xmlns="urn:x-mandaat:collective:1">')

    told = [check_file(written(tmp_path, each), today=TODAY).slices for each in (text, other)]

    assert told == [Slices(1, 0), Slices(1, 1)]


def test_parts_come_back_without_rows_when_nobody_loads_them() -> None:
    plan = plan_file(GOOD)

    with_rows, without = (
        next(check_pieces(GOOD, plan, FileCheck(plan, today=TODAY), keeps_rows=keeps_rows))
        for keeps_rows in (True, False)
    )

    assert [part.employees for part in without.parts] == [()] * len(with_rows.parts)
    assert [replace(part, employees=()) for part in with_rows.parts] == list(without.parts)


def test_pieces_out_of_order_are_not_taken(tmp_path: Path) -> None:
    plan = plan_file(GOOD)
    check = FileCheck(plan, today=TODAY)
    result = check_piece(GOOD, plan.head.frame, plan.pieces[0], today=TODAY)
    check.add(result)

    with pytest.raises(ValueError, match="order of the file"):
        check.add(result)


def test_pieces_missing_at_the_end_leave_their_stages_skipped() -> None:
    report = FileCheck(plan_file(GOOD), today=TODAY).report()

    assert report.verdict is Verdict.NOT_FULLY_CHECKED
    assert [stage.name for stage in report.stages if stage.state is StageState.DONE] == ["envelope"]


def test_the_register_is_asked_about_what_could_be_read(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee()) + part("2", employee(insz="X"))))
    path = written(tmp_path, text)
    plan = plan_file(path)
    check = FileCheck(plan, today=TODAY)
    result = check_piece(path, plan.head.frame, plan.pieces[0], today=TODAY)
    check.add(result)

    facts = [
        (found.part_without_lines(), found.path, UNKNOWN_CONVENTION)
        for found in result.parts
        if found.employees is not None
    ]
    check.add_register(check_register_of(path, plan.head.frame, result.piece, facts, today=TODAY))
    report = check.report()

    [unknown] = [finding for finding in report.findings if finding.code == "C-201"]
    assert (unknown.part, unknown.place and unknown.place.path) == (
        1,
        "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[1]/Conventienummer",
    )
    assert {stage.state for stage in report.stages} == {StageState.DONE}
    assert report.verdict is Verdict.INVALID


def test_several_processes_say_what_one_says(tmp_path: Path) -> None:
    path = tmp_path / "generated.xml"
    write_collective_file(path, size_bytes=1_500_000, month=Month(2026, 10), sender="0999000327", environment="P")
    path.write_bytes(path.read_bytes().replace(b"<Uren>", b"<Uren>X", 3))

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        shared = check_file(path, today=TODAY, run=run_in(executor, ahead=2))
    alone = check_file(path, today=TODAY)

    assert (shared.counts, shared.findings, shared.parts) == (alone.counts, alone.findings, alone.parts)


def test_what_was_found_before_a_failure_is_told_however_pieces_are_put_together() -> None:
    pieces = [replace(plan_file(GOOD).pieces[0], number=number) for number in range(1, 31)]
    told: list[int] = []

    def fails_at_the_23rd(piece: Piece) -> RangeResult:
        if piece.number == 23:
            raise StageFailed(Stage.RULES)
        return RangeResult(piece)

    with ThreadPoolExecutor(2) as executor, pytest.raises(StageFailed):
        told.extend(result.piece.number for result in run_in(executor, ahead=2)(fails_at_the_23rd, pieces))

    assert told == list(range(1, 23))


def test_results_and_refusals_cross_processes_unchanged(tmp_path: Path) -> None:
    plan = plan_file(GOOD)
    result = check_piece(GOOD, plan.head.frame, plan.pieces[0], today=TODAY)
    with pytest.raises(FileRefused) as refusal:
        plan_file(written(tmp_path, ""))

    assert pickle.loads(pickle.dumps((plan, result))) == (plan, result)  # noqa: S301 -- our own bytes
    assert pickle.loads(pickle.dumps(refusal.value)).findings == refusal.value.findings  # noqa: S301 -- our own bytes


def test_parts_by_hand_meet_the_same_rules_and_have_no_place() -> None:
    plan = plan_file(GOOD)
    [found] = check_piece(GOOD, plan.head.frame, plan.pieces[0], today=TODAY).parts
    part_by_hand = replace(found.part_without_lines(), employees=Unpacked(found.employees or ()))

    alone = check_parts([part_by_hand], None, today=TODAY, is_delivery=False)
    registered = check_parts([part_by_hand], {1: UNKNOWN_CONVENTION}, today=TODAY, is_delivery=False)

    assert (alone.verdict, alone.findings) == (Verdict.NOT_FULLY_CHECKED, ())
    assert [(finding.code, finding.place) for finding in registered.findings] == [("C-201", None)]
