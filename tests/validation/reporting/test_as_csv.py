"""CSV for spreadsheets: one row a finding, and no cell that calculates."""

import csv
import io
from pathlib import Path

import pytest
from collective_files import collective_file, employee, part, promotor, written
from reports import document_of, document_with

from domain.findings import Finding
from domain.vocabulary import Language, Severity
from validation.reporting.as_csv import CSV_COLUMNS, report_as_csv
from validation.reporting.document import ReportDocument


def rows_of(*documents: ReportDocument) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report_as_csv(documents, Language.FR))))


def with_value(value: str) -> ReportDocument:
    return document_with(Finding("XSD.pattern", Severity.BLOCKING, value=value, expected="x", values={"field": "INSZ"}))


def test_there_is_one_row_a_finding_with_its_file(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee(insz="8507300332X"))))
    first, second = (document_of(written(tmp_path, text, name)) for name in ("one.xml", "other.xml"))

    rows = rows_of(first, second)

    assert tuple(rows[0]) == CSV_COLUMNS
    assert [(row["file"], row["severity"], row["code"], row["line"], row["column"]) for row in rows] == [
        (name, "BLOCKING", "XSD.pattern", "17", "9") for name in ("one.xml", "other.xml")
    ]
    assert (rows[0]["spec_key"], rows[0]["layer"], rows[0]["field"]) == ("cvc-pattern-valid", "schema", "INSZ")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", '"=1"', "\uff1d1", "\n=1", "\r=1"])
def test_no_cell_calculates_in_a_spreadsheet(value: str) -> None:
    assert rows_of(with_value(value))[0]["value"] == f"'{value}"


@pytest.mark.parametrize(
    ("value", "written"), [("a;=1+1", "a;'=1+1"), ('a; "@SUM(A1)', "a; \"'@SUM(A1)"), ("a\t-1", "a\t'-1")]
)
def test_no_cell_calculates_where_a_semicolon_or_a_tab_begins_the_next_one(value: str, written: str) -> None:
    assert rows_of(with_value(value))[0]["value"] == written


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee(insz="8507300332X"))))

    assert rows_of(document_of(written(tmp_path, text)))[0]["byte_offset"].isdigit()
