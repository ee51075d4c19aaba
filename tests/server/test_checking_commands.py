"""`mandaat check` and `mandaat generate`: no server, no database, no account; how a command ends is its answer."""

import csv
import io
import json
from pathlib import Path

import pytest

from server.commands.main import run

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def test_a_file_without_a_fault_ends_with_0_and_says_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES / "valid.xml")]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith("NOT_FULLY_CHECKED")
    assert "register SKIPPED" in printed.out
    assert printed.out.splitlines()[-1].startswith("Not checked: what only the server knows")
    assert list(Path.cwd().iterdir()) == []


def test_a_file_with_a_fault_ends_with_1_and_names_rule_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES / "rules/N-401.xml"), "--language", "nl"]) == 1

    printed = capsys.readouterr()
    assert printed.out.startswith("INVALID")
    assert "BLOCKING N-401" in printed.out
    assert "/CollectiefPrestatiebestand/" in printed.out
    assert printed.out.splitlines()[-1].startswith("Niet gecontroleerd: ")


@pytest.mark.parametrize(("name", "code"), [("F-001", "F-001"), ("F-006", "F-006")])
def test_a_file_that_would_be_refused_ends_with_1(capsys: pytest.CaptureFixture[str], name: str, code: str) -> None:
    assert run(["check", str(SAMPLES / f"rules/{name}.xml")]) == 1
    assert f"FILE {code}" in capsys.readouterr().out


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

    report = json.loads(capsys.readouterr().out)
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
