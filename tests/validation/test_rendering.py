"""Reports as people and programs get them: complete, in four languages, safe to open, without personal numbers."""

import csv
import io
import json
from pathlib import Path

import pytest
from collective_files import checked, collective_file, employee, part, promotor, written

from domain.findings import Finding, FindingCount, Report
from domain.vocabulary import Language, Severity, Verdict
from validation.reporting.rendering import CSV_COLUMNS, report_as_csv, report_as_json, report_as_text
from validation.reporting.sentences import finding_sentences, said_of
from validation.schema.diagnosis import CODES


@pytest.fixture
def report(tmp_path: Path) -> Report:
    text = collective_file(promotor(part("1", employee(insz="8507300332X")) + part("2", employee())))
    return checked(written(tmp_path, text))


def test_text_says_where_what_and_how_to_mend_it(report: Report) -> None:
    lines = list(report_as_text(report, Language.NL))

    assert lines[:3] == [
        f"INVALID · {report.rule_set}",
        "envelope DONE · well-formed DONE · schema DONE · rules DONE · register SKIPPED · whole-file DONE",
        "BLOCKING XSD.pattern: 1",
    ]
    assert lines[4] == "17:9: BLOCKING XSD.pattern: INSZ heeft de waarde 85*******2X; verwacht: 11 cijfers."


def test_json_has_stable_keys(report: Report) -> None:
    document = json.loads(report_as_json(report, Language.EN))

    assert list(document) == [
        *("format", "verdict", "ruleSet", "language", "stages", "counts", "isCapped", "header", "parts", "findings"),
    ]
    [finding] = document["findings"]
    assert finding["place"] == {
        "line": 17,
        "column": 9,
        "byteOffset": finding["place"]["byteOffset"],
        "path": "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[1]/Werknemer[1]/INSZ",
    }
    assert (finding["expected"], finding["expectedInWords"], finding["part"]) == ("[0-9]{11}", "11 digits", 1)
    assert [found["outcome"] for found in document["parts"]] == ["NOT_LOADED", "LOADED"]


def test_csv_has_one_row_a_finding_under_the_names_of_its_columns(report: Report) -> None:
    rows = list(csv.reader(io.StringIO(report_as_csv(report, Language.FR))))

    assert rows[0] == list(CSV_COLUMNS)
    assert rows[1][:4] == ["BLOCKING", "XSD.pattern", "17", "9"]
    assert len(rows) == 2


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1"])
def test_csv_calculates_nothing_in_a_spreadsheet(value: str) -> None:
    finding = Finding("XSD.pattern", Severity.BLOCKING, value=value, expected="x", values={"field": "INSZ"})
    report = Report(
        Verdict.INVALID,
        stages=(),
        counts=(FindingCount("XSD.pattern", Severity.BLOCKING, 1),),
        findings=(finding,),
        is_capped=False,
        rule_set="1",
    )

    rows = list(csv.reader(io.StringIO(report_as_csv(report, Language.NL))))

    assert rows[1][CSV_COLUMNS.index("value")] == f"'{value}"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", [f"XSD.{kind}" for kind in CODES])
def test_every_schema_error_has_its_sentences(code: str, language: Language) -> None:
    finding = Finding(code, Severity.BLOCKING, value="GEVONDEN", expected="VERWACHT", values={"field": "VELD"})

    said = said_of(finding, language)

    assert set(finding_sentences(language)[code]) == {"message", "advice"}
    assert "{" not in said.message + said.advice
    assert said.message.endswith(".")


@pytest.mark.parametrize("language", list(Language))
def test_patterns_are_said_in_words(language: Language) -> None:
    finding = Finding("XSD.pattern", Severity.BLOCKING, expected="[0-9]{11}", values={"field": "INSZ"})

    assert "[0-9]" not in said_of(finding, language).message
    assert "11" in said_of(finding, language).message
