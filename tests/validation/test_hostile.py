"""What hostile and odd files come to: each file of the folder, with exactly the codes that it deserves."""

import tomllib
from pathlib import Path

import pytest
from collective_files import checked

from validation.gate import HEAD_BYTES, read_head
from validation.refusal import FileRefused

FOLDER = Path(__file__).parent / "hostile"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_hostile_files_are_refused_and_odd_ones_read(name: str) -> None:
    report = checked(FOLDER / name)

    codes = {finding.code for finding in report.findings}
    assert (str(report.verdict), sorted(codes)) == (EXPECTED[name]["verdict"], sorted(EXPECTED[name]["codes"]))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_finding_shows_a_whole_number_of_a_person(name: str) -> None:
    report = checked(FOLDER / name)

    assert "85073003328" not in repr(report)
    assert "85.07.30-033.28" not in repr(report)


@pytest.mark.parametrize(
    "name",
    [
        "doctype.xml",
        "doctype-after-comment.xml",
        "doctype-default-attribute.xml",
        "doctype-entity-file.xml",
        "doctype-external.xml",
        "doctype-laughs.xml",
    ],
)
def test_the_gate_alone_refuses_every_doctype_of_a_head(name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_head((FOLDER / name).read_bytes()[:HEAD_BYTES], is_whole=True)

    assert [finding.values["problem"] for finding in refusal.value.findings] == ["DOCTYPE"]


def test_every_file_of_the_folder_is_expected() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "expected.toml"}


def test_odd_spellings_read_as_the_plain_one() -> None:
    def said(name: str) -> object:
        report = checked(FOLDER / name)
        return [(part.promotor, part.convention, part.totals) for part in report.parts]

    good = [name for name, outcome in EXPECTED.items() if not outcome["codes"]]
    assert len(good) > 10
    assert {name: said(name) for name in good} == dict.fromkeys(good, said("valid.xml"))
