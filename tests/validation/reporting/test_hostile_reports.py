"""What a hostile file says comes out of every form of its report as text, and as nothing else (A-24)."""

import csv
import io
import json
import tomllib
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree
from reports import document_of

from domain.vocabulary import Language
from validation.reporting.as_csv import report_as_csv
from validation.reporting.as_html import report_as_html
from validation.reporting.as_json import report_as_json
from validation.reporting.as_xml import report_as_xml

FOLDER = Path(__file__).parents[1] / "hostile"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
INJECTIONS = sorted(name for name, outcome in EXPECTED.items() if outcome.get("abuse") == "A-24")
ACTIVE = {"script", "img", "iframe", "object", "embed", "link", "form", "a", "svg", "base"}
STEERING = {"Cc", "Cf", "Co", "Cs"}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def _is_text(shown: str) -> bool:
    return not any(unicodedata.category(char) in STEERING for char in shown if char not in "\r\n\t")


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_24_the_page_holds_nothing_that_a_browser_runs_or_fetches(name: str) -> None:
    page = report_as_html(document_of(FOLDER / name), Language.NL, content=FOLDER / name).decode()

    tags = Tags(page)
    assert tags.names.isdisjoint(ACTIVE)
    assert not any(attribute.startswith("on") or attribute in ("src", "href") for attribute in tags.attributes)
    assert _is_text(page)


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_24_no_cell_is_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(report_as_csv([document_of(FOLDER / name)], Language.NL))))

    cells = [cell for row in rows for cell in row]
    assert len(rows) == 1 + len(document_of(FOLDER / name).report.findings)
    assert not any(cell.lstrip(" \"'").startswith(("=", "+", "-", "@", "\t")) for cell in cells if cell[:1] != "'")
    assert not any(cell.startswith(("=", "+", "@")) for joined in cells for cell in joined.split(";"))
    assert all(_is_text(cell) for cell in cells)


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_24_documents_for_programs_stay_well_formed_and_say_what_was_found(name: str) -> None:
    document = document_of(FOLDER / name)
    said = [finding.value for finding in document.findings()]

    in_json = json.loads(report_as_json(document, Language.EN))
    in_xml = etree.fromstring(report_as_xml(document, Language.EN))

    assert [finding["value"] for finding in in_json["findings"]] == said
    assert len(in_xml.findall(".//{*}Finding")) == len(said)
    assert _is_text(json.dumps(in_json, ensure_ascii=False))
