"""The page for people: complete in itself, safe whatever a file holds, with the lines of the file and no INSZ."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from collective_files import INSZ, collective_file, employee, part, promotor, written
from reports import SAMPLES, document_of, document_with

from domain.findings import Finding, Place
from domain.vocabulary import Language, Severity
from validation.reporting.as_html import page_policy, report_as_html
from validation.reporting.page_of_findings import GROUPS, stretches_on_page

VOID = {"meta", "wbr"}
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Reads a page and holds it to be in order: every element is closed, in turn."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, list[str | None]] = {}
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def page_of(path: Path, language: Language = Language.EN, *, with_lines: bool = True, cap: int = 1000) -> bytes:
    return report_as_html(document_of(path, cap=cap), language, content=path if with_lines else None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    wrong = employee(insz="8507300332X")
    return written(tmp_path, collective_file(promotor(part("1", employee() + wrong * 30, programme="Gesko"))))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.xml")), ids=lambda path: path.stem)
def test_the_page_on_every_sample_is_in_order_in_every_language(path: Path, language: Language) -> None:
    page = Page(page_of(path, language))

    assert page.attributes["lang"] == [language]
    assert "{" not in page.text.replace(page_style(page), "")
    assert page.tags.count("h1") == 1


def page_style(page: Page) -> str:
    [style] = [text for text in page.texts if ":root" in text]
    return style


def test_the_page_fetches_nothing_and_runs_nothing(file: Path) -> None:
    page = Page(page_of(file))

    assert set(page.tags).isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "a"})
    assert set(page.attributes) <= {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    assert "url(" not in page_style(page)
    assert "@import" not in page_style(page)


def test_its_policy_allows_its_own_style_sheet_and_nothing_else(file: Path) -> None:
    page = Page(page_of(file))
    digest = base64.b64encode(hashlib.sha256(page_style(page).encode()).digest()).decode()

    assert page_policy() == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page_policy() in page.attributes["content"]


def test_nothing_from_a_file_becomes_markup(tmp_path: Path) -> None:
    path = tmp_path / "lines.xml"
    path.write_text(f"<a>\n{HOSTILE}\n</a>\n")
    place = Place(2, 1, 4, f"/F/{HOSTILE}")
    finding = Finding(
        *("XSD.pattern", Severity.BLOCKING, place, 1),
        *(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE, {"field": HOSTILE}),
    )

    page = Page(report_as_html(document_with(finding, name=HOSTILE), Language.NL, content=path))

    assert set(page.tags).isdisjoint({"script", "img"})
    assert page.text.count("alert(1)") >= 8


def test_equal_findings_stand_together_with_the_lines_around_the_first_ones(file: Path) -> None:
    page = Page(page_of(file))

    assert page.tags.count("pre") == 1 + 3
    assert "30 times" in page.text
    assert "INSZ has the value 85*******2X; expected: 11 digits." in page.text
    assert "Did you mean GESCO?" in page.text
    assert "<Programma>Gesko</Programma>" in page.text
    assert "and 10 more" in page.text


def test_no_insz_stands_on_the_page(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee() + employee(insz="8507300332X"))))
    page = page_of(written(tmp_path, text.replace('begin="2024-03-01"', 'begin="1 March"'))).decode()

    assert INSZ not in page
    assert "8507300332" not in page
    assert "&lt;INSZ&gt;85*******28&lt;/INSZ&gt;" in page


def test_without_the_content_it_says_why_there_are_no_lines(file: Path) -> None:
    page = Page(page_of(file, with_lines=False))

    assert "pre" not in page.tags
    assert "<Programma>" not in page.text
    assert "only to the organisation that sent it" in page.text


def test_exact_counts_stand_beside_what_is_kept(file: Path) -> None:
    page = Page(page_of(file, cap=5))

    assert "Details are kept of 6 of the 31 findings" in page.text
    assert "30 with this code in all" in page.text


def test_a_file_without_a_finding_says_so() -> None:
    page = Page(report_as_html(document_with(), Language.EN, content=None))

    assert "Nothing was found." in page.text
    assert "Every check was done" in page.text


def test_a_page_has_an_end_and_names_what_it_leaves_out() -> None:
    findings = [
        Finding("XSD.other", Severity.BLOCKING, Place(n + 1, 1, n, "/F"), expected=str(n), values={"field": "F"})
        for n in range(GROUPS + 7)
    ]

    page = Page(report_as_html(document_with(*findings), Language.EN, content=None))

    assert page.attributes["class"].count("group BLOCKING") == GROUPS
    assert "And 7 more kinds of findings" in page.text


def test_the_same_report_makes_the_same_page(file: Path) -> None:
    document = document_of(file)
    pages = {report_as_html(document, Language.NL, content=file) for _ in range(2)}

    assert len(pages) == 1


def test_the_page_on_a_file_of_one_line_stays_small(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee(insz="8507300332X") * 500)))
    path = written(tmp_path, re.sub(r"\n\s*", "", text))

    page = page_of(path)

    assert len(page) < 30_000
    assert max(len(line) for line in Page(page).text.splitlines()) < 5_000
    assert io.BytesIO(page).read(15) == b"<!DOCTYPE html>"


def test_the_page_reads_nothing_of_the_file_but_the_stretches_that_it_names(tmp_path: Path) -> None:
    people = "".join(
        employee(insz="8507300332X") + employee().replace("<Dagen>", f"<!-- {'x' * 9000} --><Dagen>", 1) * 2
        for _ in range(30)
    )
    file = written(tmp_path, collective_file(promotor(part("1", people))))
    document = document_of(file)
    whole = file.read_bytes()
    stretches = stretches_on_page(document.findings())
    excerpts = bytearray(len(whole))
    for first, end in stretches:
        excerpts[first:end] = whole[first:end]

    holes = tmp_path / "holes.xml"
    holes.write_bytes(excerpts)

    assert excerpts.count(0) > len(whole) / 2
    page = report_as_html(document, Language.EN, content=file)
    assert b"<pre>" in page
    assert report_as_html(document, Language.EN, content=holes) == page
