"""`mandaat check` and `mandaat generate`: no server, no database, no account; how a command ends is its answer."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from server.commands.main import run

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    # Samples are about October 2026, which can be filed for three months.
    monkeypatch.setattr("server.commands.checking.system_clock", lambda: datetime(2026, 11, 5, 8, tzinfo=UTC))


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is a terminal of 60 columns with colours."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_file_without_a_fault_ends_with_0_and_says_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES / "valid.xml")]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.splitlines()[1].startswith("Not fully checked  Nothing was found that blocks")
    assert printed.out.splitlines()[-1].startswith("Not checked: what only the server knows")
    assert list(Path.cwd().iterdir()) == []


def test_a_file_with_a_fault_ends_with_1_and_shows_rule_place_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = SAMPLES / "rules/N-401.xml"

    assert run(["check", str(path), "--language", "nl"]) == 1

    printed = capsys.readouterr().out
    assert printed.splitlines()[1].startswith("Niet in orde")
    assert printed.splitlines()[-1].startswith("Niet gecontroleerd: ")
    place = re.search(
        rf"^Blokkerend N-401 .*\n  {re.escape(str(path))}:([0-9]+):([0-9]+)  (.*)\n(.*)\n(.*)$", printed, re.M
    )
    assert place is not None
    line, column, about, text, marks = place.groups()
    assert path.read_text(encoding="utf-8").splitlines()[int(line) - 1][int(column) - 1 :].startswith("<INSZ>")
    assert about.startswith("promotor 0999000")
    assert re.fullmatch(rf" +{line} │ <INSZ>[0-9]{{2}}\*+[0-9]{{2}}</INSZ>", text)
    assert re.fullmatch(r" +│ \^+", marks)


@pytest.mark.parametrize(("name", "code"), [("F-001", "F-001"), ("F-006", "F-006")])
def test_a_file_that_would_be_refused_ends_with_1(capsys: pytest.CaptureFixture[str], name: str, code: str) -> None:
    assert run(["check", str(SAMPLES / f"rules/{name}.xml")]) == 1
    assert f"Refuses the file {code}" in capsys.readouterr().out


def test_equal_findings_are_printed_once_with_their_number_and_first_places(capsys: pytest.CaptureFixture[str]) -> None:
    text = (SAMPLES / "valid.xml").read_text(encoding="utf-8").replace("<Dagen>", "<Dagen>x")
    Path("wrong.xml").write_text(text, encoding="utf-8")
    count = text.count("<Dagen>x")

    assert run(["check", "wrong.xml"]) == 1

    printed = capsys.readouterr().out
    assert printed.count("XSD.datatype") == 1
    assert f"Blocking XSD.datatype ×{count} Dagen has the value x" in printed
    assert re.search(rf"^  Also at ([0-9]+:13, ){{4}}[0-9]+:13 … and {count - 6} more$", printed, re.M)
    assert "│ <Dagen>x18.0</Dagen>" in printed


def test_a_terminal_gets_colours_and_wrapped_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)

    assert run(["check", str(SAMPLES / "rules/F-006.xml")]) == 1

    printed = capsys.readouterr().out
    assert "\x1b[1;31mNot in order\x1b[0m" in printed
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    assert max(len(line) for line in plain.splitlines() if "F-006.xml" not in line) <= 60


@pytest.mark.parametrize("name", ["NO_COLOR", "elsewhere"])
def test_no_colour_is_printed_where_none_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "NO_COLOR":
        on_a_terminal(monkeypatch)
        monkeypatch.setenv("NO_COLOR", "1")

    assert run(["check", str(SAMPLES / "rules/F-006.xml")]) == 1

    assert "\x1b" not in capsys.readouterr().out


def test_a_bar_stands_on_a_terminal_while_a_large_file_is_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["generate", "--megabytes", "5", "--output", "large.xml"]) == 0
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    capsys.readouterr()

    assert run(["check", "large.xml", "--format", "json"]) == 0

    printed = capsys.readouterr()
    assert "Checking large.xml" in printed.err
    assert json.loads(printed.out)["countsBySeverity"]["BLOCKING"] == 0


def test_several_files_are_told_one_after_the_other_and_the_worst_decides(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(SAMPLES / name) for name in ("valid.xml", "rules/N-401.xml")]

    assert run(["check", *files]) == 1
    assert (
        capsys.readouterr().out.splitlines()[-1] == "2 files: 1 without a fault that blocks, 1 with one, 0 not checked."
    )

    assert run(["check", "absent.xml", *files]) == 2
    printed = capsys.readouterr()
    assert printed.err == "mandaat: absent.xml cannot be read: No such file or directory\n"
    assert printed.out.splitlines()[-1] == "3 files: 1 without a fault that blocks, 1 with one, 1 not checked."


def test_several_files_make_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(SAMPLES / f"rules/{name}.xml") for name in ("N-401", "F-006")]

    assert run(["check", *files, "--format", "csv"]) == 1

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {(row["file"], row["code"]) for row in rows if row["severity"] in ("FILE", "BLOCKING")} == {
        ("N-401.xml", "N-401"),
        ("F-006.xml", "F-006"),
    }


@pytest.mark.parametrize("format_", ["json", "xml", "html"])
def test_a_document_is_about_one_file(capsys: pytest.CaptureFixture[str], format_: str) -> None:
    assert run(["check", "one.xml", "other.xml", "--format", format_]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"mandaat: a report in the format {format_} is about one file, and 2 were given\n"


def test_the_report_as_xml_and_as_a_page_are_whole_documents(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SAMPLES / "rules/N-401.xml")

    assert run(["check", path, "--format", "xml", "--language", "de"]) == 1
    xml = capsys.readouterr().out
    assert run(["check", path, "--format", "html", "--language", "de"]) == 1
    page = capsys.readouterr().out

    assert ET.fromstring(xml).get("language") == "de"  # noqa: S314 - our own
    assert page.startswith('<!DOCTYPE html>\n<html lang="de">')
    assert page.endswith("</html>\n")
    assert "Blockierend" in page


def test_the_report_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES / "rules/N-401.xml"), "--format", "json", "--language", "fr"]) == 1

    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "INVALID"
    assert report["language"] == "fr"
    assert [finding["code"] for finding in report["findings"] if finding["severity"] == "BLOCKING"] == ["N-401"]


def test_the_report_as_csv_has_one_row_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES / "rules/N-401.xml"), "--format", "csv"]) == 1

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["code"] for row in found if row["severity"] == "BLOCKING"] == ["N-401"]


@pytest.mark.parametrize("name", ["absent.xml", "."])
def test_a_file_that_cannot_be_read_ends_with_2_and_says_why(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["check", name]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"mandaat: {name} cannot be read: ")


def test_a_generated_file_has_the_size_that_was_asked_and_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--megabytes", "1", "--output", "large.xml"]) == 0

    assert "employees" in capsys.readouterr().out
    assert 1_000_000 <= Path("large.xml").stat().st_size < 1_100_000
    assert run(["check", "large.xml"]) == 0


def test_the_same_file_is_generated_each_time() -> None:
    for name in ("one.xml", "other.xml"):
        assert run(["generate", "--megabytes", "1", "--output", name, "--month", "2026-10"]) == 0

    assert Path("one.xml").read_bytes() == Path("other.xml").read_bytes()


def test_a_large_file_is_checked_by_several_processes_with_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--megabytes", "9", "--output", "large.xml"]) == 0
    text = Path("large.xml").read_text(encoding="utf-8")
    Path("large.xml").write_text(text.replace("<Prestatiecode>50<", "<Prestatiecode>9x<"), encoding="utf-8")
    capsys.readouterr()

    assert run(["check", "large.xml", "--format", "json"]) == 1

    printed = capsys.readouterr()
    assert printed.err == ""
    report = json.loads(printed.out)
    wrong = {count["code"]: count["count"] for count in report["counts"] if count["severity"] == "BLOCKING"}
    assert sum(wrong.values()) == text.count("<Prestatiecode>50<")
    assert [stage["name"] for stage in report["stages"] if stage["state"] != "DONE"] == ["register"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--megabytes", "0", "--output", "large.xml"], "megabytes"),
        (["--megabytes", "1", "--output", "absent/large.xml"], "absent/large.xml cannot be written: "),
        (["--megabytes", "1", "--output", "large.xml", "--month", "2026-13"], "2026-13"),
        (["--megabytes", "1", "--output", "large.xml", "--sender", "0999000328"], "0999000328"),
    ],
)
def test_a_file_that_cannot_be_made_ends_with_2_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(["generate", *arguments]) == 2

    assert told in capsys.readouterr().err.replace("\n", " ")
    assert list(Path.cwd().iterdir()) == []
