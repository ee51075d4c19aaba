"""The fast path takes only what the schema takes, and reads the same in it; what it misses is for the parser."""

import re
from pathlib import Path

import pytest
from collective_files import DATED, INSZ, collective_file, employee, part, pieces_by_parser, promotor, written
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from two_readings import read_twice

from domain.identifiers import has_insz_check_digits, has_insz_date_range
from validation.cutting import scanning
from validation.cutting.planning import plan_file
from validation.making.generate import write_collective_file
from validation.making.samples import FIXED_MONTH, write_samples
from validation.reading import contents
from validation.reading.spelled import Forms

SECOND = "90471512592"
TWO_CONTRACTS = f"""      <Werknemer>
        <INSZ>{SECOND}</INSZ>
        <Werkgever>0999000327</Werkgever>
        <Tewerkstelling volgnr="1" begin="2024-03-01" einde="2026-10-15">
          <Arbeidsregime Q="19.00" S="38.00"/>
        </Tewerkstelling>
        <Tewerkstelling einde="2026-12-31" begin="2026-10-16" volgnr="2">
          <Arbeidsregime S="38.00" Q="38.00"></Arbeidsregime>
          {DATED}
        </Tewerkstelling>
      </Werknemer>
"""
PLAIN = collective_file(
    promotor(part("1", employee() + employee(insz=SECOND, lines="")) + part("2", "", programme="DAC"))
    + promotor(part("3", TWO_CONTRACTS + employee(lines=DATED)), number="0999000129")
)
REPLACED = 'ref="C-1_a.b:c/d" statusAanlevering="2" vervangt="1.2"'


def compact(text: str) -> str:
    return re.sub(r">\s+<", "><", text)


def prefixed(text: str) -> str:
    return re.sub(r"<(/?)(\w)", r"<\1ns2:\2", text).replace("xmlns=", "xmlns:ns2=")


CANONICAL = {
    "as documented": PLAIN,
    "on one line": compact(PLAIN),
    "with a prefix": prefixed(PLAIN),
    "with a prefix on one line": compact(prefixed(PLAIN)),
    "from Windows": PLAIN.replace("\n", "\r\n"),
    "with tabs": PLAIN.replace("  ", "\t"),
    "as .NET closes empty elements": PLAIN.replace('"/>', '" />'),
    "with empty elements in two tags": PLAIN.replace('S="38.00"/>', 'S="38.00"></Arbeidsregime>'),
    "with attributes in another order": PLAIN.replace('Q="19.00" S="38.00"', 'S="38.00" Q="19.00"').replace(
        'volgnr="1" begin="2024-03-01">', 'begin="2024-03-01" volgnr="1">'
    ),
    "that replaces": PLAIN.replace('statusAanlevering="1"', REPLACED, 1),
    "with faults of rules": PLAIN.replace("<Dagen>22.0", "<Dagen>31.0").replace(SECOND, INSZ[:-1] + "9"),
    "with a person twice": collective_file(promotor(part("1", employee() * 2))),
    "that is late": PLAIN.replace("2026-10<", "2026-08<"),
    "with negative amounts": PLAIN.replace("<Uren>83", "<Uren>-83"),
    "with people without lines": collective_file(
        promotor(part("1", employee(lines="") + employee(lines="") + employee() + employee(lines="")))
    ),
    "with contracts without lines": PLAIN.replace(DATED, "").replace(SECOND, INSZ),
    "with contracts out of order": PLAIN.replace('volgnr="2"', 'volgnr="1"'),
    "with two contracts of different weeks": PLAIN.replace(
        '"38.00"></Arbeidsregime>', f'"36.00"></Arbeidsregime>{DATED.replace("50", "1")}'
    ),
    "that begins in the month": PLAIN.replace("2024-03-01", "2026-10-19"),
    "in days only": PLAIN.replace("<Uren>83.60</Uren>", "").replace('Q="19.00"', 'Q="38.00"'),
    "with nobody": collective_file(promotor(part("1", "") + part("2", "\n"))),
}
RESPELLED = {
    "a comment": PLAIN.replace("<Dagen>22", "<!-- x --><Dagen>22"),
    "a comment in a value": PLAIN.replace("<Dagen>22", "<Dagen>2<!-- x -->2"),
    "a reference": PLAIN.replace("<Dagen>22", "<Dagen>&#50;2"),
    "CDATA": PLAIN.replace("<Dagen>22.0", "<Dagen><![CDATA[22.0]]>"),
    "single quotes": PLAIN.replace('Q="19.00"', "Q='19.00'"),
    "an attribute in two lines": PLAIN.replace('volgnr="1" begin', 'volgnr="1"\n begin'),
    "a line's number in its second line": PLAIN.replace("<Prestatielijn ", "<Prestatielijn\n "),
    "space before the end of a tag": PLAIN.replace("</Uren>", "</Uren >").replace("</Promotor>", "</Promotor >"),
    "instructions": PLAIN.replace("<Werknemer>", "<?x y?><Werknemer>"),
    "comments of several lines": PLAIN.replace("<Werknemer>", "<!-- één\n twee --> <!---->\n<Werknemer>"),
    "comments that hold tags": PLAIN.replace("<Werknemer>", "<!--</Prestatiestaat></Promotor>--><Werknemer>"),
    "references in attributes": PLAIN.replace('Q="19', 'Q="&#x31;9').replace('S="38.00"', "S='&#51;8.00'"),
}
OTHERWISE = {
    "two prefixes": prefixed(PLAIN)
    .replace("xmlns:ns2", 'xmlns:ns3="urn:x-mandaat:collective:1" xmlns:ns2')
    .replace("ns2:Uren", "ns3:Uren"),
    "a prefix that means more in a pattern": prefixed(PLAIN)
    .replace("ns2", "a.b")
    .replace("xmlns:a.b", 'xmlns:axb="urn:other" xmlns:a.b')
    .replace("a.b:Dagen", "axb:Dagen"),
    "another prefix": prefixed(PLAIN).replace("ns2:Dagen", "ns3:Dagen"),
    "a prefix as seen in shapes": prefixed(PLAIN).replace("ns2:Dagen", "ns_:Dagen"),
    "no prefix among prefixes": prefixed(PLAIN).replace("ns2:Dagen", "Dagen"),
    "a comment of two lines for a value": PLAIN.replace(">0999000228</O", "><!-- een\n twee --></O"),
    "no value": PLAIN.replace("<Dagen>22.0</Dagen>", "<Dagen></Dagen>"),
    "a name with a digit": PLAIN.replace("Dagen>", "Dag0n>"),
    "space around a value": PLAIN.replace("<Dagen>22.0", "<Dagen> 22.0 "),
    "another script": PLAIN.replace("<Conventienummer>1<", "<Conventienummer>é1<"),
    "a namespace of its own": PLAIN.replace("<Werknemer>", '<Werknemer xmlns="urn:x-mandaat:collective:1">', 1),
    "a declared default namespace": PLAIN.replace("<Werknemer>", '<Werknemer xmlns="urn:other">', 1),
    "a day that does not exist": PLAIN.replace("2024-03-01", "2025-02-29"),
    "a month that does not exist": PLAIN.replace("2026-10<", "2026-13<"),
    "an INSZ with a letter": PLAIN.replace(SECOND, SECOND[:-1] + "x"),
    "a shorter INSZ": PLAIN.replace(SECOND, SECOND[:-1]),
    "text between": PLAIN.replace("<Werknemer>", "x<Werknemer>", 1),
    "an attribute twice": PLAIN.replace('volgnr="1" begin', 'volgnr="1" volgnr="1" begin', 1),
    "an employee without employment": PLAIN.replace("</INSZ>", "</INSZ></Werknemer><Werknemer><INSZ>1</INSZ>", 1),
    "no employee before the next INSZ": PLAIN.replace("      <Werknemer>\n", "", 2).replace("<Werk", "\n<Werk", 1),
    "an employee that is not begun": re.sub(r"</Werknemer>\s*<Werknemer>\s*<INSZ>", "</Werknemer>", PLAIN, count=1),
    "a promotor without parts": PLAIN.replace("<Promotor>", "<Promotor></Promotor><Promotor>", 1),
    "a promotor twice begun": PLAIN.replace("<Promotor>", "<Promotor><Promotor>", 1),
    "a part in a part": PLAIN.replace("<Prestatiestaat ", "<Prestatiestaat><Prestatiestaat ", 1),
    "more lines than an honest employment has": collective_file(promotor(part("1", employee(lines=DATED * 1001)))),
    "more employees than a slice may hold": collective_file(promotor(part("1", employee(lines="") * 1001))),
}
# Values at the edges of the types, and what only looks like one.
VALUES = (
    *(
        "0",
        "1",
        "00",
        "01",
        "1.0",
        "1.00",
        "-1.0",
        "-0.00",
        "+1.0",
        "1.",
        ".0",
        "1e1",
        "1,0",
        "NaN",
        "",
        " ",
        "1 ",
        "\t1",
    ),
    *(
        "9999.99",
        "10000.00",
        "999.9",
        "1000.0",
        "999999",
        "1000000",
        "٣",
        "１",
        "2024-02-29",
        "2026-02-30",
        "2026-10-32",
    ),
    *("2026-13", "2026-00", "2026-10", "2026-10Z", "1999-12-31", "1899-12-31", "2026-10-05Z", "GESCO", "gesco", "4"),
    *(
        "0999000228",
        "2999000228",
        "85073003328",
        "85073003329",
        "00000000000",
        "1.1",
        "0.1",
        "&lt;",
        "&#49;",
        "]]>",
        "'",
    ),
    *("T", "P", "xmlns", "a" * 20, "a" * 21, "é", "\x7f", "\x0b", "\x00", ">", "/>", '"'),
)
TOKEN = re.compile(r"<[^>]*>|[^<>]+")


@pytest.mark.parametrize("text", CANONICAL.values(), ids=CANONICAL)
def test_usual_spellings_need_no_parser_and_read_the_same(tmp_path: Path, text: str) -> None:
    readings = read_twice(written(tmp_path, text))

    assert readings.fast == readings.exact
    assert (readings.missed, readings.slices) == (0, 1)


@pytest.mark.parametrize("text", RESPELLED.values(), ids=RESPELLED)
def test_other_spellings_of_the_same_need_no_parser_either(tmp_path: Path, text: str) -> None:
    readings = read_twice(written(tmp_path, text))

    assert readings.fast == readings.exact
    assert readings.missed == 0


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_anything_else_is_left_to_the_parser(tmp_path: Path, text: str) -> None:
    readings = read_twice(written(tmp_path, text))

    assert readings.fast == readings.exact
    assert (readings.missed, readings.slices) in {(1, 1), (2, 2)}


@pytest.mark.parametrize("spelling", [str, compact, prefixed])
def test_slices_that_continue_promotors_and_parts_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: "type[str]"
) -> None:
    monkeypatch.setattr(scanning, "PIECE_BYTES", 2_000)
    staff = "".join(employee(insz=f"850730{number:05d}") for number in range(30))
    text = collective_file(
        promotor(part("1", employee()) + part("2", staff) + part("3", staff) + part("4", ""))
        + promotor(part("5", staff), number="0999000129")
        + promotor(part("6", employee()), number="0999000327")
    )

    readings = read_twice(written(tmp_path, spelling(text)), pieces_by_parser)

    assert readings.fast == readings.exact
    assert readings.missed == 0
    assert readings.slices > 5


def test_a_slice_that_goes_on_with_a_part_that_breaks_the_schema_is_for_the_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PIECE_BYTES", 2_000)
    staff = employee().replace("22.0", "many") + employee() * 30
    path = written(tmp_path, collective_file(promotor(part("1", staff) + part("2", staff))))

    readings = read_twice(path, pieces_by_parser)

    assert readings.fast == readings.exact


def test_every_sample_reads_the_same(tmp_path: Path) -> None:
    write_samples(tmp_path, FIXED_MONTH)

    missed: list[str] = []
    for path in sorted(tmp_path.rglob("*.xml")):
        readings = read_twice(path)
        assert readings.fast == readings.exact, path.name
        missed += [path.name] if readings.missed else []

    assert missed == []


@settings(
    max_examples=250,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    base=st.sampled_from(sorted(CANONICAL | RESPELLED)),
    changes=st.lists(
        st.tuples(
            st.sampled_from(["value", "value", "value", "attribute", "drop", "double", "swap", "byte", "cut"]),
            st.integers(0, 10**6),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=3,
    ),
)
@example(base="as documented", changes=[("cut", 900, 0)])
def test_no_mutant_reads_otherwise_on_the_fast_path(
    tmp_path: Path, base: str, changes: list[tuple[str, int, int]]
) -> None:
    text = (CANONICAL | RESPELLED)[base]
    for kind, place, choice in changes:
        text = mutated(text, kind, place, choice)

    readings = read_twice(written(tmp_path, text, "mutant.xml"))

    assert readings.fast == readings.exact


def mutated(text: str, kind: str, place: int, choice: int) -> str:
    tokens = TOKEN.findall(text)
    at = place % len(tokens)
    other = choice % len(tokens)
    match kind:
        case "value":
            texts = [index for index, token in enumerate(tokens) if token[0] != "<" and token.strip()]
            tokens[texts[place % len(texts)]] = VALUES[choice % len(VALUES)]
        case "attribute":
            tags = [index for index, token in enumerate(tokens) if '="' in token]
            chosen = tags[place % len(tags)]
            tokens[chosen] = re.sub(
                r'"[^"]*"', f'"{VALUES[choice % len(VALUES)]}"', tokens[chosen], count=1 + choice % 2
            )
        case "drop":
            del tokens[at]
        case "double":
            tokens.insert(other, tokens[at])
        case "swap":
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case "byte":
            offset = place % len(text)
            return f"{text[:offset]}{chr(choice % 128)}{text[offset + choice % 2 :]}"
        case _:
            return text[: -1 - place % 400]
    return "".join(tokens)


def test_the_table_of_check_digits_says_what_the_rule_says() -> None:
    right, dates = contents._right_check(), contents._dates()
    numbers = [*range(20_000), *range(99_999_980_000, 100_000_000_000), *range(85_07_30_033_00, 85_07_30_034_00)]

    assert all(right[number % 9_700] == has_insz_check_digits(f"{number:011d}") for number in numbers)
    assert all((f"{date:04d}" in dates) == has_insz_date_range(f"00{date:04d}00000") for date in range(10_000))


def test_a_generated_file_needs_no_parser(tmp_path: Path) -> None:
    path = tmp_path / "generated.xml"
    write_collective_file(path, size_bytes=600_000, month=FIXED_MONTH, sender="0999000327", environment="T")

    readings = read_twice(path)

    assert readings.fast == readings.exact
    assert (readings.missed, readings.slices) == (0, len(plan_file(path).pieces))


def test_patterns_are_compiled_for_any_prefix() -> None:
    assert Forms("ns2:").part_end == "</ns2:Prestatiestaat>"
