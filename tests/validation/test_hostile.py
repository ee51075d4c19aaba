"""What hostile and odd files come to: each file of the folder, with exactly the codes that it deserves.

The numbers in front of the names are those of the abuse cases in the threat model.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from collective_files import checked, places
from judging import judge

from validation.gate import HEAD_BYTES, read_head
from validation.refusal import FileRefused

FOLDER = Path(__file__).parent / "hostile"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


def named(names: Iterable[str]) -> list[Any]:
    """As parameters, with the abuse case in front: `a_21-doctype.xml`."""
    return [pytest.param(name, id=_labelled(name)) for name in names]


def _labelled(name: str) -> str:
    abuse = EXPECTED[name].get("abuse", "")
    return f"{abuse.lower().replace('-', '_')}-{name}".lstrip("-")


@pytest.mark.parametrize("name", named(sorted(EXPECTED)))
def test_hostile_files_are_refused_and_odd_ones_read(name: str) -> None:
    report = checked(FOLDER / name)

    codes = {finding.code for finding in report.findings}
    assert (str(report.verdict), sorted(codes)) == (EXPECTED[name]["verdict"], sorted(EXPECTED[name]["codes"]))


@pytest.mark.parametrize("name", named(sorted(EXPECTED)))
def test_however_it_is_cut_and_read_the_same_is_found_at_the_same_place(name: str) -> None:
    judge(FOLDER / name)


@pytest.mark.parametrize("name", named(sorted(EXPECTED)))
def test_no_finding_shows_a_whole_number_of_a_person(name: str) -> None:
    report = checked(FOLDER / name)

    assert "85073003328" not in repr(report)
    assert "85.07.30-033.28" not in repr(report)


@pytest.mark.parametrize(
    "name",
    named(
        name
        for name in sorted(EXPECTED)
        # In the body, behind the root or spelled otherwise it is not well-formed, and no DOCTYPE to any parser.
        if name.startswith("doctype")
        and name
        not in (
            "doctype-in-body.xml",
            "doctype-in-comment-only.xml",
            "doctype-in-lower-case.xml",
            "doctype-after-root.xml",
        )
    ),
)
def test_the_gate_alone_refuses_every_doctype_of_a_head(name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_head((FOLDER / name).read_bytes()[:HEAD_BYTES], is_whole=True)

    assert [finding.values["problem"] for finding in refusal.value.findings] == ["DOCTYPE"]


def test_every_file_of_the_folder_is_expected() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "expected.toml"}


def test_every_abuse_by_a_file_is_tried() -> None:
    assert {outcome.get("abuse") for outcome in EXPECTED.values()} == {None, "A-21", "A-22", "A-23", "A-24"}


def test_odd_spellings_read_as_the_plain_one() -> None:
    def said(name: str) -> object:
        report = checked(FOLDER / name)
        return [(part.promotor, part.convention, part.totals) for part in report.parts]

    good = [name for name, outcome in EXPECTED.items() if not outcome["codes"]]
    assert len(good) > 10
    assert {name: said(name) for name in good} == dict.fromkeys(good, said("valid.xml"))


def test_an_element_of_no_namespace_is_told_apart_from_its_namesakes() -> None:
    assert places(checked(FOLDER / "part-without-namespace.xml"), "XSD.") == [
        (27, 5, "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat")
    ]


def test_what_only_lxml_refuses_is_told_where_it_stands() -> None:
    [(line, column, path)] = places(checked(FOLDER / "namespace-that-is-no-uri.xml"), "F-001")

    assert (line, path) == (17, "/")
    assert column > len("      <Werknemer")
