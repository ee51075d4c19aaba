"""docs/reports.md names every key and column of a report, and none that is not there."""

import json
import re
from pathlib import Path
from typing import Any

from collective_files import collective_file, employee, part, promotor, written
from reports import document_of

from domain.vocabulary import Language
from server.commands.checking import ReportFormat
from validation.collecting import DETAILS_PER_CODE
from validation.reporting.as_csv import CSV_COLUMNS
from validation.reporting.as_html import PARTS
from validation.reporting.as_json import report_as_json
from validation.reporting.page_of_findings import GROUPS

PAGE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")
WHOLE = {"countsBySeverity", "countsByLayer", "parts[].place"}
"""Objects that the page tells of as one."""


def _keys(value: Any, path: str = "") -> list[str]:
    if path in WHOLE:
        return [path]
    if isinstance(value, dict):
        return [key for name, one in value.items() for key in _keys(one, f"{path}.{name}" if path else name)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _keys(value[0], f"{path}[]")
    return [path]


def test_the_page_names_the_keys_of_the_json_in_their_order(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee(insz="8507300332X"))))

    document = json.loads(report_as_json(document_of(written(tmp_path, text)), Language.EN))

    assert re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE) == _keys(document)


def test_the_page_names_the_columns_of_the_csv_in_their_order() -> None:
    [columns] = re.findall(r"^The columns: (.*)\.$", PAGE, re.MULTILINE)

    assert tuple(re.findall(r"`(\w+)`", columns)) == CSV_COLUMNS


def test_the_page_names_formats_and_bounds_as_they_are() -> None:
    assert f"--format {'|'.join(ReportFormat)} --language {'|'.join(Language)}" in PAGE
    assert f"at most {DETAILS_PER_CODE:,} are told in detail" in PAGE
    assert f"at most {GROUPS} groups of findings, three places of each with the lines around, and {PARTS} parts" in PAGE
