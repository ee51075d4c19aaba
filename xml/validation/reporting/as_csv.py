"""The findings of reports as CSV, safe to open in a spreadsheet whatever separator it believes in.

Columns are a contract (docs/reports.md): new ones come at the end, none is renamed.
"""

import csv
import io
import re
from collections.abc import Iterable

from domain.vocabulary import Language
from validation.reporting.described import DescribedFinding
from validation.reporting.document import ReportDocument

CSV_COLUMNS = (
    *("severity", "code", "line", "column", "path", "part", "promotor", "convention", "month", "employee"),
    *("line_number", "value", "expected", "message", "advice"),
    *("hint", "field", "layer", "spec_key", "byte_offset", "first_path", "file"),
)
# What a spreadsheet takes for the start of a formula, the full-width forms as well.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# In half of Europe a semicolon begins the next cell, whatever our quotes say.
_FORMULA_IN_NEXT_CELL = re.compile("([;\t][\\s\"']*)([=+\\-@\uff1d\uff0b\uff0d\uff20])")


def report_as_csv(documents: Iterable[ReportDocument], language: Language) -> str:
    """One row a finding, in the order of the files, after a row of column names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for document in documents:
        for described in document.described(language):
            writer.writerow([_cell(value) for value in _row(described, document.file.name)])
    return text.getvalue()


def _row(described: DescribedFinding, file_name: str) -> tuple[object, ...]:
    finding, place = described.finding, described.finding.place
    return (
        finding.severity,
        finding.code,
        place and place.line,
        place and place.column,
        place and place.path,
        finding.part,
        finding.promotor,
        finding.convention,
        finding.month,
        finding.employee,
        finding.line_number,
        finding.value,
        described.expected,
        described.message,
        described.advice,
        described.hint,
        described.field,
        described.layer,
        described.spec_key,
        place and place.byte_offset,
        described.first_path,
        file_name,
    )


def _cell(value: object) -> object:
    """Text that a spreadsheet would calculate gets an apostrophe before it; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    value = _FORMULA_IN_NEXT_CELL.sub(r"\1'\2", value)
    return f"'{value}" if value.lstrip(" \"'").startswith(_FORMULA_STARTS) else value
