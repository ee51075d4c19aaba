"""Pieces count from their own begin; in a report every line, column and number is one of the file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from collective_files import TODAY, collective_file, employee, part, pieces_by_parser, promotor, results_of, written
from two_readings import rows_of

from validation.broken_off import BROKE_OFF, BrokenOff
from validation.checked import RangeResult
from validation.configuration import rule_settings
from validation.cutting import splitting
from validation.cutting.planning import plan_file
from validation.extent import Extent
from validation.file_check import FileCheck
from validation.frame import Frame
from validation.making.respelling import SPELLINGS, write_respelled
from validation.refusal import FileRefused
from validation.register import UNKNOWN_CONVENTION
from validation.register_check import RegisterResult, check_register_of
from validation.runner import check_pieces

PEOPLE = employee() + employee(insz="93051822361")
FILE = collective_file(
    promotor(part("é-1", PEOPLE) + part("2", employee(insz="X")))
    + promotor(part("3", PEOPLE.replace("22.0", "99.0")))
    + promotor(part("4", PEOPLE) + part("5", PEOPLE), number="9999000228")
    + promotor(part("6", PEOPLE).replace("Programma>", "Programme>") + part("7", PEOPLE))
)
"""Four promotors, with faults of the schema and of rules, one of them in a head and one in a promotor."""


@pytest.mark.parametrize("respell", SPELLINGS.values(), ids=SPELLINGS)
def test_small_pieces_say_what_the_whole_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, respell: Callable[[str], str]
) -> None:
    path = tmp_path / "respelled.xml"
    write_respelled(written(tmp_path, FILE), path, respell)
    head, exact = pieces_by_parser(path)
    monkeypatch.setattr(splitting, "PIECE_BYTES", 1_000)

    apart = results_of(path, head, plan_file(path).pieces)
    whole = results_of(path, head, exact)

    assert (len(apart) >= 3, len(whole)) == (True, 1)
    assert not any(result.piece.is_exact for result in apart)
    assert [found.number for result in apart for found in result.parts] == [1, 2, 3, 7]
    assert _told(apart) == _told(whole)


def test_a_file_with_more_promotors_than_it_may_hold_is_refused_before_they_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, FILE)
    monkeypatch.setattr(splitting, "PIECE_BYTES", 1_000)
    plan = plan_file(path, limits=replace(rule_settings().limits, promotors=2))
    taken: list[RangeResult] = []

    with pytest.raises(FileRefused) as refusal:
        taken += check_pieces(path, plan, FileCheck(plan, today=TODAY))

    [finding] = refusal.value.findings
    assert (finding.code, finding.expected, finding.values) == ("F-007", "2", {"limit": "promotoren"})


def test_a_file_that_searching_bytes_has_cut_has_no_more_parts_than_room_for_them(tmp_path: Path) -> None:
    plan = plan_file(written(tmp_path, FILE))

    few = replace(plan, limits=replace(plan.limits, conventions=2))

    assert (plan.most_parts, few.most_parts) == (len(FILE.encode()) // len("<Prestatiestaat/>"), 4)


def test_a_check_that_breaks_off_says_where_the_next_piece_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, FILE)
    monkeypatch.setattr(splitting, "PIECE_BYTES", 1_000)
    plan = plan_file(path)
    check = FileCheck(plan, today=TODAY)
    check.add(next(check_pieces(path, plan, check)))

    check.break_off(BrokenOff.MEMORY)

    [finding] = [finding for finding in check.report().findings if finding.code == BROKE_OFF]
    assert finding.place is not None
    end = FILE.index("</Promotor>") + len("</Promotor>")
    assert (finding.place.line, finding.place.column, finding.place.byte_offset) == (
        FILE.count("\n", 0, end) + 1,
        end - FILE.rindex("\n", 0, end),
        len(FILE[:end].encode()),
    )


def test_the_register_tells_places_in_the_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, FILE)
    head, exact = pieces_by_parser(path)
    monkeypatch.setattr(splitting, "PIECE_BYTES", 1_000)

    apart, whole = (
        [
            finding
            for result in results_of(path, head, pieces)
            for finding in _beside_an_empty_register(path, head.frame, result).findings
        ]
        for pieces in (plan_file(path).pieces, exact)
    )

    assert [finding.part for finding in apart] == [1, 3, 7]
    assert apart == whole


def _beside_an_empty_register(path: Path, frame: Frame, result: RangeResult) -> RegisterResult:
    facts = [
        (found.part_without_lines(), found.path, UNKNOWN_CONVENTION)
        for found in result.parts
        if found.employees is not None
    ]
    return check_register_of(path, frame, result.piece, facts, today=TODAY)


@pytest.mark.parametrize(
    ("before", "following", "together"),
    [
        (Extent(3, 5, 1, 2), Extent(2, 7, 1, 1), Extent(5, 7, 2, 3)),
        (Extent(3, 5, 1, 2), Extent(0, 7, 1, 1), Extent(3, 12, 2, 3)),
    ],
    ids=["a new line", "the same line"],
)
def test_extents_add_up(before: Extent, following: Extent, together: Extent) -> None:
    assert before.then(following) == together


def _told(results: list[RangeResult]) -> tuple[Any, ...]:
    parts = [found for result in results for found in result.parts]
    return (
        [replace(found, employees=None, lines_before=0) for found in parts],
        [rows_of(found) for found in parts],
        {ordinal for result in results for ordinal in result.broken_promotors},
        [finding for result in results for finding in result.findings],
    )
