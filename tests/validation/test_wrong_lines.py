"""Where only lines or values are wrong each text is shown to the schema once: what is said is what a parser says."""

from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from collective_files import DATED, LINE, checked, collective_file, employee, part, place_of, places, promotor, written
from two_readings import read_twice

from domain.findings import Report
from validation.making.generate import write_collective_file
from validation.making.people import varied_person
from validation.making.samples import FIXED_MONTH
from validation.making.spoiling import write_spoilt
from validation.reading import verdicts as verdicts_module
from validation.reading import wrong_lines as wrong_lines_module
from validation.reading.pieces import PieceReading
from validation.reading.recognising import known_texts
from validation.reading.verdicts import verdicts_under
from validation.reading.wrong_lines import lines_of_employees
from validation.said import said_of_employments

VALUES = (
    *("", " ", "0", "1", "1.0", "1.00", "-1.0", "+1.0", "1,0", "1e1", "NaN", "07.60", "9999.99", "10000.00", "1_0.00"),
    *("999", "1000", "00", "2026-10-06", "2026-02-30", "2026-13-01", "06-10-2026", "2026-10-06Z", "x" * 300, "]]", "'"),
    *("{value}", "=1+1", "is not accepted by the pattern 'x'", "a/b", "1 0", "7\n.60"),
)
RIGHT_TO_THE_SCHEMA = (" 7.60", "7.60\n", "\t7.60 ")
"""Of an amount."""
MANY = 16
FIELDS = ("Prestatiecode", "Dagen", "Uren", "Van", "Tot")
FULL = (
    '<Prestatielijn volgnr="1"><Prestatiecode>50</Prestatiecode><Dagen>2.0</Dagen><Uren>7.60</Uren>'
    "<Van>2026-10-05</Van><Tot>2026-10-06</Tot></Prestatielijn>"
)


def with_value(field: str, value: str) -> str:
    before, _, after = FULL.partition(f"<{field}>")
    return f"{before}<{field}>{value}</{field}>{after.partition(f'</{field}>')[2]}"


def without(field: str) -> str:
    before, _, after = FULL.partition(f"<{field}>")
    return before + after.partition(f"</{field}>")[2]


def element_of(field: str) -> str:
    begin, end = FULL.index(f"<{field}>"), FULL.index(f"</{field}>")
    return FULL[begin : end + len(f"</{field}>")]


SIMPLE = (
    *(with_value(field, value) for field in FIELDS for value in VALUES),
    *(FULL.replace('volgnr="1"', f'volgnr="{value}"') for value in VALUES),
    *(without(field) for field in FIELDS),
    *(FULL.replace(element_of(field), element_of(field) * 2) for field in FIELDS),
    *(without(field).replace("</Prestatielijn>", f"{element_of(field)}</Prestatielijn>") for field in FIELDS[:4]),
    *(without(field).replace('volgnr="1">', f'volgnr="1">{element_of(field)}') for field in FIELDS[1:]),
    *(FULL.replace(f"<{field}>", f'<{field} a="1" xml="2">') for field in FIELDS),
    *(FULL.replace(element_of(field), f"<{field}/>") for field in FIELDS),
    FULL.replace(' volgnr="1"', ""),
    FULL.replace(' volgnr="1"', ' begin="2026-10-01" volgnr="0"'),
    FULL.replace("<Dagen>", "<Naam>x</Naam><Dagen>"),
    FULL.replace("<Dagen>", f"<{'n' * 50}/><Dagen>"),
    FULL.replace("<Dagen>", "7<Dagen>"),
    FULL.replace("<Dagen>", "\n  <Dagen>\n").replace("<Uren>7", "\n<Uren>x"),
    FULL.replace("2.0", "2").replace("7.60", "7").replace("10-05", "10-5"),
    '<Prestatielijn volgnr="1"></Prestatielijn>',
    '<Prestatielijn volgnr="1">tekst</Prestatielijn>',
    '<Prestatielijn volgnr="1"><Prestatielijn/></Prestatielijn>',
    "<Prestatielijn></Prestatielijn>",
)
"""Wrong, and each ends where it seems to end."""
OTHER = (
    *(with_value("Uren", value) for value in RIGHT_TO_THE_SCHEMA),
    '<Prestatielijn volgnr="1"/>',
    f'<Prestatielijn volgnr="1">{LINE}</Prestatielijn>',
    FULL.replace("<Dagen>", "<Groep><Dagen>").replace("</Dagen>", "</Dagen></Groep>"),
    FULL.replace("2.0", "<Dagen>2.0</Dagen>"),
    FULL.replace("<Prestatielijn ", '<Prestatielijn xmlns="urn:x" '),
    FULL.replace("<Dagen>", '<Dagen xmlns="">'),
    FULL.replace("<Dagen>", '<x:Dagen xmlns:x="urn:x">').replace("</Dagen>", "</x:Dagen>"),
    FULL.replace("<Dagen>", '<Dagen xml:lang="nl">'),
    FULL.replace("2.0", "2&amp;0"),
    FULL.replace("2.0", "2&#44;0"),
    FULL.replace("2.0", "2<!-- , -->,0"),
    FULL.replace("2.0", "<![CDATA[2,0]]>"),
    FULL.replace("2.0", "2>0"),
    FULL.replace("2.0", "één"),
    FULL.replace('"1"', "'0'"),
    FULL.replace("</Dagen>", "</Dagen >").replace("2.0", "2,0"),
    FULL.replace("<Dagen>", f"<{'n' * 200}/><Dagen>"),
    f"<!-- {FULL} -->{FULL.replace('2.0', '2,0')}",
    f"<Naam/>{FULL.replace('2.0', '2,0')}",
    f"tekst{FULL.replace('2.0', '2,0')}",
    f"<Arbeidsregime/>{FULL.replace('2.0', '2,0')}",
)
"""Wrong too; some of them hide what is behind them, or do not end where they seem to."""


def file_of(*lines: str, head: Callable[[str], str] = str) -> str:
    """Among right lines, employees, parts and promotors; all *lines* in one part and each in one of its own."""
    right = employee(insz="90471512592", lines=DATED)
    between = f"\n          {LINE}"
    together = employee(lines=between.join((LINE, *lines, LINE))) + right
    further = employee(lines=lines[0]).replace(
        "        </Tewerkstelling>\n",
        '        </Tewerkstelling>\n        <Tewerkstelling volgnr="2" begin="2026-10-01">\n'
        f'<Arbeidsregime Q="19.00" S="38.00"/>{LINE}{lines[-1]}</Tewerkstelling>\n',
    )
    parts = [part("1", right), *(part(str(n), right + employee(lines=line)) for n, line in enumerate(lines, 2))]
    own = promotor("".join(parts) + head(part("98", further)), number="0999000129")
    return collective_file(promotor(part("1", right) + part("2", together)) + own + promotor(part("99", right + right)))


@pytest.mark.parametrize("first", range(0, len(SIMPLE), MANY))
def test_wrong_lines_are_said_to_be_wrong_as_a_parser_says_it(tmp_path: Path, first: int) -> None:
    path = written(tmp_path, file_of(*SIMPLE[first : first + MANY]))

    with patch.object(PieceReading, "_read_mixed", side_effect=AssertionError("left to a tree")):
        readings = read_twice(path)

    assert readings.fast == readings.exact


@pytest.mark.parametrize("line", OTHER)
def test_what_only_looks_like_a_wrong_line_is_left_to_a_parser(tmp_path: Path, line: str) -> None:
    readings = read_twice(written(tmp_path, file_of(line)))

    assert readings.fast == readings.exact


@pytest.mark.parametrize(
    "respell",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", ""),
        lambda text: (
            text.replace("<", "<p:").replace("<p:/", "</p:").replace("<p:?", "<?").replace("xmlns=", "xmlns:p=")
        ),
        lambda text: text.replace(">\n", "><!-- <Prestatielijn> -->\n"),
        lambda text: text.replace('">', '" >'),
        lambda text: text.replace("<Software", "<Software naam='é'"),
    ],
    ids=["carriage returns", "one line", "prefix", "comments", "spaces in tags", "as it is"],
)
def test_wrong_lines_are_found_at_their_places_in_any_spelling(tmp_path: Path, respell: Callable[[str], str]) -> None:
    lines = SIMPLE[::7]
    text = file_of(*lines, head=lambda found: found.replace("GESCO", "GESKO").replace("2026-10<", "2026-1<"))

    readings = read_twice(written(tmp_path, respell(text)))

    assert readings.fast == readings.exact


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("GESCO", ""),
        ("GESCO", "gesco"),
        ("2026-10<", "2026-13<"),
        ("<Conventienummer>98", "<Conventienummer>9 8"),
        ("<Conventienummer>98", f"<Conventienummer>{'9' * 21}"),
        ('statusAanlevering="1"', 'statusAanlevering="4"'),
        ('statusAanlevering="1"', 'ref="a b" statusAanlevering="1" vervangt="1"'),
        (' statusAanlevering="1"', ""),
        ("<Programma>GESCO</Programma>", ""),
        ("<Programma>", "<Naam/><Programma>"),
        ("<INSZ>8", "<INSZ>X"),
        ('Q="19.00"', 'Q="19"'),
        ('volgnr="2" begin', 'volgnr="0" begin'),
        ('begin="2026-10-01"', 'begin="2026-02-30"'),
        ("</Tewerkstelling>", "</Tewerkstelling>tekst"),
        ("</Werknemer>", "</Werknemer><Werknemer/>"),
    ],
)
def test_beside_another_error_of_their_part_wrong_lines_are_found_as_well(
    tmp_path: Path, right: str, wrong: str
) -> None:
    text = file_of(FULL.replace("2.0", "2,0"), head=lambda found: found.replace(right, wrong))

    readings = read_twice(written(tmp_path, text))

    assert readings.fast == readings.exact


def test_an_error_of_a_promotor_hides_wrong_lines_as_ever(tmp_path: Path) -> None:
    text = file_of(FULL.replace("2.0", "2,0"))
    for wrong in (
        text.replace("<Ondernemingsnummer>0999000228", "<Ondernemingsnummer>9", 1),
        text.replace("    <Prestatiestaat", "<Naam/><Prestatiestaat", 2),
        text.replace("<Promotor>", "<Promotor a='1'>"),
        text.replace("</Promotor>", "<Naam/></Promotor>"),
    ):
        readings = read_twice(written(tmp_path, wrong))

        assert readings.fast == readings.exact


def test_a_wrong_line_that_stands_twice_is_told_at_both_places(tmp_path: Path) -> None:
    wrong = FULL.replace("2.0", "2,0")
    text = collective_file(
        promotor(part("1", employee(lines=wrong)) + part("2", employee() + employee(lines=LINE + wrong)))
    )

    report = checked(written(tmp_path, text))

    above = (
        "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[{}]/Werknemer[{}]/Tewerkstelling[1]/Prestatielijn[{}]"
    )
    assert places(report, "XSD.datatype") == [
        (*place_of(text, "<Dagen>2,0"), f"{above.format(1, 1, 1)}/Dagen"),
        (*place_of(text, "<Dagen>2,0", 2), f"{above.format(2, 2, 2)}/Dagen"),
    ]


@pytest.mark.parametrize("cap", [3, 1_000])
def test_what_was_checked_before_changes_nothing(tmp_path: Path, cap: int) -> None:
    paths = list(_spoilt(tmp_path))
    cold = [_checked_cold(path, cap) for path in paths]

    warm = [checked(path, cap=cap) for path in (*reversed(paths), *paths)][len(paths) :]

    assert [_said(report) for report in warm] == [_said(report) for report in cold]


def test_what_is_remembered_of_wrong_lines_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_lines_module, "MOST_CHARACTERS", 20_000)
    monkeypatch.setattr(verdicts_module, "MOST_CHARACTERS", 20_000)
    _forget()
    for repeat in range(5):
        lines = [FULL.replace("2.0", f"{number},{repeat}") for number in range(100)]
        readings = read_twice(written(tmp_path, file_of(*lines)))
        assert readings.fast == readings.exact

    known, said = lines_of_employees(""), verdicts_under("")
    texts = (*known._right, *known._wrong, *known._right_lines, *known._openings, *known._betweens)
    assert sum(map(len, texts)) <= known._remembered <= 20_000
    assert sum(map(len, said._of_lines)) <= said._remembered <= 20_000
    _forget()


def _spoilt(folder: Path) -> Iterator[Path]:
    for name, more in (("alike", {}), ("varied", {"person": varied_person})):
        right, wrong = folder / f"{name}.xml", folder / f"{name}-wrong.xml"
        write_collective_file(
            right, size_bytes=300_000, month=FIXED_MONTH, sender="0999000327", environment="T", **more
        )
        list(write_spoilt(right, wrong))
        yield wrong
    yield written(folder, file_of(*SIMPLE), "simple.xml")


def _checked_cold(path: Path, cap: int) -> Report:
    _forget()
    return checked(path, cap=cap)


def _forget() -> None:
    for remembered in (lines_of_employees, verdicts_under, known_texts, said_of_employments):
        remembered.cache_clear()


def _said(report: Report) -> object:
    return report.verdict, report.counts, report.findings, report.is_capped, list(report.parts)
