"""Text where only elements may stand breaks the schema, wherever the file is cut around it."""

import re
from pathlib import Path

import pytest
from collective_files import checked
from judging import judge

from domain.vocabulary import Verdict

SAMPLE = Path(__file__).parents[2] / "samples/valid.xml"
TEXT = SAMPLE.read_text(encoding="utf-8")
ROOT, PROMOTOR, PART = (
    "/CollectiefPrestatiebestand",
    "/CollectiefPrestatiebestand/Promotor[1]",
    "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[1]",
)
PLACES = [
    pytest.param("Hoofding", ROOT, id="before the first promotor"),
    pytest.param("Promotor", ROOT, id="behind a promotor"),
    pytest.param("Prestatiestaat", PROMOTOR, id="behind a part"),
    pytest.param("Werknemer", PART, id="behind an employee"),
]


def with_text(behind: str, stray: str) -> str:
    """The sample with *stray* behind the first end tag of that name."""
    end = f"</{behind}>"
    return TEXT.replace(end, end + stray, 1)


@pytest.mark.parametrize("stray", ["x", "<![CDATA[x]]>", "&#120;"])
@pytest.mark.parametrize(("behind", "parent"), PLACES)
def test_text_is_told_at_the_start_tag_of_the_element_in_which_it_stands(
    tmp_path: Path, behind: str, parent: str, stray: str
) -> None:
    path = tmp_path / "stray.xml"
    path.write_text(with_text(behind, stray), encoding="utf-8")
    name = parent.rpartition("/")[2].partition("[")[0]
    start = TEXT.index(f"<{name}")
    line, column = TEXT.count("\n", 0, start) + 1, start - TEXT.rfind("\n", 0, start)

    report = checked(path)

    told = [(one.place.path, one.place.line, one.place.column) for one in report.findings if one.place is not None]
    assert report.verdict is Verdict.INVALID
    assert {finding.code for finding in report.findings} == {"XSD.unexpected-text"}
    assert told == [(parent, line, column)]
    judge(path)


@pytest.mark.parametrize("name", ["Promotor", "Prestatiestaat", "Werknemer"])
def test_each_text_counts_however_the_file_is_cut(tmp_path: Path, name: str) -> None:
    path = tmp_path / "stray.xml"
    spoilt, planted = re.subn(f"</{name}>", f"</{name}>x", TEXT)
    path.write_text(spoilt, encoding="utf-8")

    report = checked(path)

    assert {count.code: count.count for count in report.counts} == {"XSD.unexpected-text": planted}
    judge(path)
