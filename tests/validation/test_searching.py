"""What rules found something about is found by searching its part, at the place where a parser finds it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from collective_files import DATED, LINE, checked, collective_file, employee, part, promotor, written

from domain.findings import Finding
from validation.cutting import scanning, splitting
from validation.making.generate import write_collective_file
from validation.making.people import MakePerson, ordinary_person, varied_person
from validation.making.respelling import SPELLINGS, write_respelled
from validation.making.samples import FIXED_MONTH
from validation.making.spoiling import write_spoilt
from validation.reading import locating
from validation.reading.spelled import NotCanonical

EMPLOYERS = employee().replace("</INSZ>", "</INSZ><Werkgever>0999000327</Werkgever>")
TWICE = employee(lines=LINE + LINE.replace(">1<", ">999<")).replace(
    "      </Werknemer>",
    '        <Tewerkstelling volgnr="1" begin="2024-03-01" einde="2024-02-01">'
    '<Arbeidsregime Q="1.00" S="1.00"></Arbeidsregime>'
    f'{DATED.replace("2026", "2025")}<Prestatielijn volgnr="1"><Prestatiecode>2</Prestatiecode></Prestatielijn>'
    '</Tewerkstelling><Tewerkstelling volgnr="3" begin="2024-03-01">'
    '<Arbeidsregime Q="9.00" S="1.00"/></Tewerkstelling>\n'
    "      </Werknemer>",
)
WRONG_TO_RULES = collective_file(
    promotor(part("1", (EMPLOYERS + TWICE) * 9) + part("2", employee(insz="85073003329")) + part("3", ""))
    + promotor(part("4", TWICE + EMPLOYERS).replace("2026-10<", "2027-10<"), number="0999000129")
)


def by_searching_and_by_walking(path: Path) -> Iterator[tuple[Finding, ...]]:
    """Of the second reading nothing is searched."""
    yield checked(path).findings
    with patch.object(locating, "searched", side_effect=NotCanonical):
        yield checked(path).findings


@pytest.fixture(params=[None, 700], ids=["whole", "small pieces"])
def piece_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is not None:
        # Too small for any promotor: a parser cuts parts too.
        monkeypatch.setattr(splitting, "PIECE_BYTES", request.param)
        monkeypatch.setattr(splitting, "LARGEST_SLICE_BYTES", request.param)
        monkeypatch.setattr(scanning, "PIECE_BYTES", request.param)


@pytest.mark.usefixtures("piece_bytes")
@pytest.mark.parametrize(
    "respell",
    [
        str,
        lambda text: text.replace("\n", ""),
        lambda text: (
            text.replace("<", "<p:").replace("<p:/", "</p:").replace("<p:?", "<?").replace("xmlns=", "xmlns:p=")
        ),
        lambda text: text.replace("<Prestatielijn", "<!-- <Werknemer><Prestatielijn> --><Prestatielijn"),
        lambda text: text.replace("</Conventienummer>", "é</Conventienummer>"),
        lambda text: text.replace("<Werknemer>", "<Werknemer >"),
    ],
    ids=["as it is", "one line", "prefix", "comments", "not ASCII", "spaces in tags"],
)
def test_every_place_is_that_of_a_parser(tmp_path: Path, respell: Callable[[str], str]) -> None:
    path = written(tmp_path, respell(WRONG_TO_RULES))

    by_searching, by_walking = by_searching_and_by_walking(path)

    assert by_searching == by_walking
    assert len({finding.code for finding in by_searching}) > 10


@pytest.mark.parametrize("person", [ordinary_person, varied_person])
def test_planted_errors_are_placed_alike(tmp_path: Path, person: MakePerson) -> None:
    right, wrong = tmp_path / "right.xml", tmp_path / "wrong.xml"
    write_collective_file(
        right, size_bytes=300_000, month=FIXED_MONTH, sender="0999000327", environment="T", person=person
    )
    list(write_spoilt(right, wrong))

    with patch.object(locating, "walk", side_effect=AssertionError("left to a parser")):
        found = checked(wrong).findings
    by_searching, by_walking = by_searching_and_by_walking(wrong)

    assert found == by_searching == by_walking


@pytest.mark.parametrize("respell", SPELLINGS.values(), ids=SPELLINGS)
def test_in_any_spelling_planted_errors_are_placed_alike(tmp_path: Path, respell: Callable[[str], str]) -> None:
    right, wrong, other = tmp_path / "right.xml", tmp_path / "wrong.xml", tmp_path / "other.xml"
    write_collective_file(right, size_bytes=60_000, month=FIXED_MONTH, sender="0999000327", environment="T")
    list(write_spoilt(right, wrong))
    write_respelled(wrong, other, respell)

    by_searching, by_walking = by_searching_and_by_walking(other)

    assert by_searching == by_walking
