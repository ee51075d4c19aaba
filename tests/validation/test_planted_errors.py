"""Errors that were planted are found, each exactly where it is, whichever way the file was cut; and nothing else is."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from collective_files import (
    LINE,
    checked,
    collective_file,
    employee,
    part,
    pieces_by_parser,
    place_of,
    places,
    promotor,
    results_of,
    written,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_readings import read_twice, rows_of

from domain.findings import Finding, StageState
from domain.vocabulary import Severity
from validation.cutting import scanning, splitting
from validation.cutting.planning import plan_file
from validation.frame import Head, Piece
from validation.making.generate import write_collective_file
from validation.making.respelling import SPELLINGS, write_respelled
from validation.making.samples import FIXED_MONTH
from validation.making.spoiling import Planted, write_spoilt

REGIME = "/Werknemer[1]/Tewerkstelling[1]/Arbeidsregime"
PART = "/CollectiefPrestatiebestand/Promotor[{}]/Prestatiestaat[{}]"


@pytest.mark.parametrize(
    ("right", "wrong", "code", "at", "path"),
    [
        ("<Programma>GESCO", "<Programma>GESKO", "XSD.enumeration", "<Programma>GESKO", "/Programma"),
        ("<INSZ>8507", "<INSZ>X507", "XSD.pattern", "<INSZ>X", "/Werknemer[1]/INSZ"),
        ("2026-10</", "2026-13</", "XSD.datatype", "<Prestatiemaand>", "/Prestatiemaand"),
        (' Q="19.00"', "", "XSD.missing-attribute", "<Arbeidsregime", REGIME),
        (' Q="19.00"', ' Q="19"', "XSD.pattern", "<Arbeidsregime", REGIME),
        (
            ' Q="19',
            ' q="1" Q="19',
            "XSD.unexpected-attribute",
            "<Arbeid",
            REGIME,
        ),
        ("<INSZ>", "<Naam>X</Naam><INSZ>", "XSD.unexpected-element", "<Naam>", "/Werknemer[1]/Naam"),
        ("<Tewerkstelling", "text<Tewerkstelling", "XSD.unexpected-text", "text<", "/Werknemer[1]"),
    ],
)
def test_each_kind_of_error_has_its_code_and_place(
    tmp_path: Path, right: str, wrong: str, code: str, at: str, path: str
) -> None:
    text = collective_file(promotor(part("104233", employee()).replace(right, wrong, 1)))

    report = checked(written(tmp_path, text))

    assert [finding.code for finding in report.findings] == [code]
    assert places(report, code) == [(*place_of(text, at), PART.format(1, 1) + path)]
    assert [finding.severity for finding in report.findings] == [Severity.BLOCKING]


def test_a_broken_part_is_not_read_and_its_neighbours_are(tmp_path: Path) -> None:
    broken = part("2", employee()).replace("GESCO", "GESKO")
    text = collective_file(promotor(part("1", employee()) + broken + part("3", employee())))

    report = checked(written(tmp_path, text))

    assert [finding.part for finding in report.findings] == [2]
    assert [(found.number, found.totals.lines) for found in report.parts] == [(1, 1), (3, 1)]


def test_an_error_of_a_promotor_blocks_all_its_parts_and_no_others(tmp_path: Path) -> None:
    broken = promotor(part("1", employee()) + part("2", employee())).replace(
        "<Ondernemingsnummer>0", "<Ondernemingsnummer>9"
    )
    text = collective_file(broken + promotor(part("3", employee()), number="0999000129"))

    report = checked(written(tmp_path, text))

    assert places(report, "XSD") == [
        (*place_of(text, "<Ondernemingsnummer>9"), "/CollectiefPrestatiebestand/Promotor[1]/Ondernemingsnummer")
    ]
    assert [(found.number, found.convention) for found in report.parts if found.totals.lines] == [(3, "3")]


def test_a_rule_finds_the_very_line(tmp_path: Path) -> None:
    lines = "\n          ".join(
        f'<Prestatielijn volgnr="{number}"><Prestatiecode>{code}</Prestatiecode>'
        "<Dagen>1.0</Dagen><Uren>3.80</Uren></Prestatielijn>"
        for number, code in ((1, "1"), (2, "999"), (3, "2"))
    )
    text = collective_file(promotor(part("1", employee() + employee(insz="90471512592", lines=lines))))

    report = checked(written(tmp_path, text))

    path = PART.format(1, 1) + "/Werknemer[2]/Tewerkstelling[1]/Prestatielijn[2]/Prestatiecode"
    assert places(report, "L-501") == [(*place_of(text, "<Prestatiecode>999"), path)]
    [found] = [finding for finding in report.findings if finding.code == "L-501"]
    assert (found.employee, found.line_number, found.convention) == ("90*******92", 3, "1")


@pytest.mark.parametrize(
    "astray",
    [
        lambda text: text.replace("  <Promotor>\n", f"  <Promotor>\n{employee()}"),
        lambda text: text.replace(2 * employee(), f"{employee()}<nowhere>{employee()}</nowhere>"),
    ],
    ids=["before the number of a promotor", "in an element that is not known"],
)
def test_an_employee_who_stands_where_none_may_is_in_nobodys_way(tmp_path: Path, astray: Callable[[str], str]) -> None:
    """The places of what is found in other parts are looked for in a text without most employees."""
    odd = employee(lines=LINE.replace("83.60", "-83.60").replace("22.0", "-22.0"))
    right, wrong = promotor(part("1", odd)), astray(promotor(part("2", employee() + employee())))
    text = collective_file(right + wrong)

    report = checked(written(tmp_path, text))

    assert not any(stage.state is StageState.FAILED for stage in report.stages)
    assert places(report, "L-508")[0] == (
        *place_of(text, "<Dagen>-22.0"),
        PART.format(1, 1) + "/Werknemer[1]/Tewerkstelling[1]/Prestatielijn[1]/Dagen",
    )


def test_lines_beyond_65535_are_counted_right(tmp_path: Path) -> None:
    text = collective_file(
        promotor(part("1", employee()))
        + "\n" * 70_000
        + promotor(part("2", employee().replace("<INSZ>8", "\n\n<INSZ>X")), number="0999000129")
    )

    report = checked(written(tmp_path, text))

    assert places(report, "XSD") == [(*place_of(text, "<INSZ>X"), PART.format(2, 1) + "/Werknemer[1]/INSZ")]
    assert places(report, "XSD")[0][0] > 70_000


def test_columns_count_characters_and_not_bytes(tmp_path: Path) -> None:
    text = collective_file(promotor(part("één", "<Werknemer><INSZ>X</INSZ></Werknemer>"))).replace("\n", " ")
    path = written(tmp_path, text)

    report = checked(path)

    assert [place[:2] for place in places(report, "XSD.pattern")] == [(1, text.index("<INSZ>X") + 1)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shape=st.lists(
        st.lists(st.lists(st.sampled_from(["ok", "insz", "hours", "code"]), max_size=4), min_size=1, max_size=3),
        min_size=1,
        max_size=5,
    ),
    piece_bytes=st.integers(200, 4000),
)
def test_searching_bytes_and_parsing_find_the_same_in_any_shape(
    tmp_path: Path, shape: list[list[list[str]]], piece_bytes: int
) -> None:
    """However small the pieces: cut by bytes, cut by a parser inside promotors and parts, or not cut at all."""
    text, planted = _planted(shape)
    path = written(tmp_path, text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "PIECE_BYTES", piece_bytes)
        patch.setattr(splitting, "LARGEST_SLICE_BYTES", 1 << 20)
        patch.setattr(scanning, "PIECE_BYTES", piece_bytes)
        plan = plan_file(path)
        assert not plan.pieces[0].is_exact
        by_bytes = _findings(path, plan.head, plan.pieces)
        head, pieces = pieces_by_parser(path)
        by_parser = _findings(path, head, pieces)

    assert [(found.code, found.place) for found in by_parser] == [(found.code, found.place) for found in by_bytes]
    assert by_parser == by_bytes
    assert [(found.code, found.place.line, found.place.column) for found in by_bytes if found.place] == planted


def test_a_large_promotor_is_cut_inside_and_read_as_one(tmp_path: Path) -> None:
    employees = [employee(insz=insz) for insz in ("85073003328", "93051822361", "80010100897")]
    text = collective_file(promotor(part("1", "".join(employees * 40)) + part("2", "".join(employees))))
    path = written(tmp_path, text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "PIECE_BYTES", 2_000)
        head, pieces = pieces_by_parser(path)
    results = results_of(path, head, pieces)

    assert len(pieces) == 2
    assert len(pieces[0].slices) > 5
    whole = results_of(path, head, plan_file(path).pieces)
    assert [[(found.head, rows_of(found)) for found in result.parts] for result in results] == [
        [(found.head, rows_of(found))] for found in whole[0].parts
    ]


def test_every_tenth_line_of_a_large_file_is_found_wrong_where_it_is(tmp_path: Path) -> None:
    """Beyond line 65,535 too: of each planted error the code, the line and the column, and nothing else."""
    right, wrong = tmp_path / "right.xml", tmp_path / "wrong.xml"
    write_collective_file(right, size_bytes=6_000_000, month=FIXED_MONTH, sender="0999000327", environment="T")
    planted = list(write_spoilt(right, wrong))

    report = checked(wrong, cap=100_000)

    found = [(each.code, each.place.line, each.place.column) for each in report.findings if each.place is not None]
    # Amounts of parts that could not be read are missing from the sums, and F-006 is not asked.
    assert found == [(each.code, each.line, each.column) for each in planted]
    assert planted[-1].line > 65_535
    assert {count.code: count.count for count in report.counts} == Counter(each.code for each in planted)


def test_beyond_the_cap_errors_are_counted_and_the_first_are_told(tmp_path: Path) -> None:
    """The pieces after the one that fills the report only count, and say so in no other way."""
    right, wrong = tmp_path / "right.xml", tmp_path / "wrong.xml"
    write_collective_file(right, size_bytes=1_500_000, month=FIXED_MONTH, sender="0999000327", environment="T")
    planted = list(write_spoilt(right, wrong))

    report = checked(wrong, cap=10)

    first = {(each.code, each.line) for code in _codes(planted) for each in _of(planted, code)[:10]}
    assert {(each.code, each.place.line) for each in report.findings if each.place is not None} == first
    assert {count.code: count.count for count in report.counts} == Counter(each.code for each in planted)
    assert report.is_capped


def test_a_hundred_thousand_errors_are_counted(tmp_path: Path) -> None:
    wrong = LINE.replace("22.0", "22")
    staff = "".join(employee(insz=f"850730{number:05d}", lines=wrong * 20) for number in range(50))
    path = written(tmp_path, collective_file("".join(promotor(part(str(number), staff)) for number in range(100))))

    report = checked(path)

    assert [(count.code, count.count) for count in report.counts] == [("XSD.pattern", 100_000)]
    assert len(report.findings) == 1_000


@pytest.mark.parametrize("respell", SPELLINGS.values(), ids=SPELLINGS)
def test_in_any_spelling_the_same_is_found_at_its_own_place(tmp_path: Path, respell: Callable[[str], str]) -> None:
    right, wrong, other = tmp_path / "right.xml", tmp_path / "wrong.xml", tmp_path / "other.xml"
    write_collective_file(right, size_bytes=150_000, month=FIXED_MONTH, sender="0999000327", environment="T")
    planted = list(write_spoilt(right, wrong))
    write_respelled(wrong, other, respell)

    report = checked(other)

    assert Counter(each.code for each in report.findings) == Counter(each.code for each in planted)
    readings = read_twice(other)
    assert readings.fast == readings.exact


def _codes(planted: list[Planted]) -> set[str]:
    return {each.code for each in planted}


def _of(planted: list[Planted], code: str) -> list[Planted]:
    return [each for each in planted if each.code == code]


def _findings(path: Path, head: Head, pieces: tuple[Piece, ...]) -> list[Finding]:
    results = results_of(path, head, pieces)
    assert not any(result.is_misplanned for result in results)
    # Not planted, but true of these shapes: the same person everywhere, and returns of nobody.
    others = ("N-405", "A-602")
    return [finding for result in results for finding in result.findings if finding.code not in others]


def _planted(shape: list[list[list[str]]]) -> tuple[str, list[tuple[str, int, int]]]:
    """A file of that shape, and the (code, line, column) of each error in it, in order."""
    promotors = "".join(
        promotor("".join(part(f"{p}-{q}", "".join(_employee(kind) for kind in kinds)) for q, kinds in enumerate(parts)))
        for p, parts in enumerate(shape)
    )
    text = collective_file(promotors)
    return text, list(_places(text, shape))


_WRONG = {
    "insz": ("XSD.pattern", "<INSZ>X", "<INSZ>8"),
    "hours": ("XSD.datatype", "<Uren>X", "<Uren>8"),
    "code": ("L-501", "<Prestatiecode>999", "<Prestatiecode>1"),
}


def _employee(kind: str) -> str:
    if kind == "ok":
        return employee()
    _, wrong, right = _WRONG[kind]
    return employee().replace(right, wrong, 1)


def _places(text: str, shape: list[list[list[str]]]) -> Iterator[tuple[str, int, int]]:
    seen = dict.fromkeys(_WRONG, 0)
    for parts in shape:
        for kinds in parts:
            is_readable = not {"insz", "hours"} & set(kinds)
            for kind in kinds:
                if kind == "ok":
                    continue
                code, wrong, _ = _WRONG[kind]
                seen[kind] += 1
                if kind != "code" or is_readable:
                    yield (code, *place_of(text, wrong, seen[kind]))
