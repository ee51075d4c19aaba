"""Text where only elements may stand breaks the schema, wherever the file is cut around it."""

import re
from collections import Counter
from pathlib import Path

import pytest
from collective_files import checked
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from judging import judge

from domain.vocabulary import Verdict
from validation.places.tree_places import offsets_of_texts
from validation.schema.compiled import errors_of, parse
from validation.schema.diagnosis import diagnose
from validation.schema.faults import Tree, primary

SAMPLE = Path(__file__).parents[2] / "samples/valid.xml"
TEXT = SAMPLE.read_text(encoding="utf-8")
ROOT = "/CollectiefPrestatiebestand"
PROMOTOR = f"{ROOT}/Promotor[1]"
PART = f"{PROMOTOR}/Prestatiestaat[1]"
EMPLOYEE = f"{PART}/Werknemer[1]"
EMPLOYMENT = f"{EMPLOYEE}/Tewerkstelling[1]"
LINE = f"{EMPLOYMENT}/Prestatielijn[1]"
PLACES = [
    pytest.param("Hoofding", ROOT, id="before the first promotor"),
    pytest.param("Promotor", ROOT, id="behind a promotor"),
    pytest.param("Prestatiestaat", PROMOTOR, id="behind a part"),
    pytest.param("Conventienummer", PART, id="in the head of a part"),
    pytest.param("Werknemer", PART, id="behind an employee"),
    pytest.param("INSZ", EMPLOYEE, id="in an employee"),
    pytest.param("Prestatielijn", EMPLOYMENT, id="behind a line"),
    pytest.param("Prestatiecode", LINE, id="in a line"),
]


SPOTS = [found.end() for found in re.finditer(r"<[^?][^>]*>", TEXT)][1:-1]
"""Behind every tag within the root."""


def with_text(behind: str, stray: str) -> str:
    """The sample with *stray* behind the first end tag of that name."""
    end = f"</{behind}>"
    return TEXT.replace(end, end + stray, 1)


@pytest.mark.parametrize(
    ("stray", "begin"),
    [
        ("x", ""),
        ("\n  \u00a0x\n", "\n  "),
        ("<![CDATA[x]]>", ""),
        ("<![CDATA[ x]]>", ""),
        ("<![CDATA[ ]]> x", "<![CDATA[ ]]> "),
        ("&#120;", ""),
        ("\n<!-- a comment -->x", "\n<!-- a comment -->"),
    ],
)
@pytest.mark.parametrize(("behind", "parent"), PLACES)
def test_text_is_told_where_it_begins_with_the_path_of_the_element_in_which_it_stands(
    tmp_path: Path, behind: str, parent: str, stray: str, begin: str
) -> None:
    path = tmp_path / "stray.xml"
    text = with_text(behind, stray)
    path.write_text(text, encoding="utf-8")
    at = text.index(stray, text.index(f"</{behind}>")) + len(begin)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)

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
    told = sorted(one.place.byte_offset for one in report.findings if one.place is not None)
    assert told == [found.end() - 1 for found in re.finditer(f"</{name}>x".encode(), path.read_bytes())]
    judge(path)


@pytest.mark.parametrize("name", ["Promotor", "Prestatiestaat", "Werknemer", "Tewerkstelling", "Prestatielijn", "INSZ"])
def test_each_text_is_told_also_where_libxml2_cuts_the_path_to_its_element(tmp_path: Path, name: str) -> None:
    prefix = 120 * "p"
    path = tmp_path / "stray.xml"
    prefixed = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", TEXT).replace("xmlns=", f"xmlns:{prefix}=")
    spoilt, planted = re.subn(f"</{prefix}:{name}>", r"\g<0>x", prefixed)
    path.write_text(spoilt, encoding="utf-8")

    report = checked(path)

    assert {count.code: count.count for count in report.counts} == {"XSD.unexpected-text": planted}
    assert all(finding.place is not None for finding in report.findings)
    judge(path)


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    planted=st.dictionaries(
        st.sampled_from(SPOTS),
        st.sampled_from(
            [
                "x",
                " y\n",
                "<![CDATA[z]]>",
                "<![CDATA[ ]]>",
                "&#120;",
                "&#32;",
                "a<!-- b -->c",
                " <!-- d --> ",
                "<?e f?>g",
                "\u00a0",
            ]
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_schema_tells_of_as_many_texts_as_are_found(planted: dict[int, str]) -> None:
    text = TEXT
    for spot in sorted(planted, reverse=True):
        text = text[:spot] + planted[spot] + text[spot:]
    document = text.encode()
    root = parse(document)
    tree = Tree(root)
    errors = [(tree.at(error.path), error) for error in primary(errors_of(root))]

    told = Counter(element for element, error in errors if diagnose(error, element).is_about_text)

    assert {element: len(each) for element, each in offsets_of_texts(root, document, told).items()} == told
