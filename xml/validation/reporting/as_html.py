"""A report as one page for people: no script, nothing fetched, readable on paper, on a phone and in the dark."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from domain.findings import StageState
from domain.months import BRUSSELS
from domain.vocabulary import Language, PartOutcome
from validation.reporting.document import PartTold, ReportDocument, schema_facts
from validation.reporting.grouping import grouped
from validation.reporting.markup import Markup, element, joined
from validation.reporting.page_of_findings import FindingsOnPage
from validation.reporting.words import Words
from validation.stages import Stage

PARTS = 200
"""How many parts the page lists: those with findings, or that are not loaded."""


def report_as_html(document: ReportDocument, language: Language, *, content: Path | None) -> bytes:
    """The whole page in UTF-8. *content* is the checked file, for the lines around each finding; none leaves them out.

    Raises `OSError` when it cannot be read.
    """
    if content is None:
        return _page(document, Words(language), None)
    with content.open("rb") as file:
        return _page(document, Words(language), file)


@cache
def _style() -> str:
    return files("validation").joinpath("reporting", "page.css").read_text(encoding="utf-8")


@cache
def page_policy() -> str:
    """The Content-Security-Policy of every page: its own style sheet, known by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _page(document: ReportDocument, words: Words, content: BinaryIO | None) -> bytes:
    title = words("page", "title", file=document.file.name)
    head = joined(
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{page_policy()}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="referrer" content="no-referrer">'),
        element("title", title),
        Markup(f"<style>{_style()}</style>"),
    )
    body = joined(
        _summary(document, words),
        _findings(document, words, content),
        _parts(document, words),
        _about(document, words),
        element("footer", words("page", "personal"), class_="soft"),
    )
    page = element("html", element("head", head), "\n", element("body", element("main", body)), lang=words.language)
    return f"<!DOCTYPE html>\n{page}\n".encode()


def _summary(document: ReportDocument, words: Words) -> Markup:
    report = document.report
    counts = [
        element(
            "li", element("b", words.number(count)), words("severity", severity), class_=severity if count else "none"
        )
        for severity, count in document.counts_by_severity().items()
    ]
    not_loaded = sum(part.outcome == PartOutcome.NOT_LOADED for part in document.parts)
    employees, lines = sum(part.employees for part in document.parts), sum(part.lines for part in document.parts)
    holds = [
        words.counted("parts", len(document.parts)),
        *([words.counted("not_loaded", not_loaded)] if not_loaded else []),
        *([words.counted("employees", employees), words.counted("lines", lines)] if lines else []),
    ]
    return element(
        "header",
        element("p", words("page", "heading"), class_="above"),
        element("h1", document.file.name),
        element(
            "div",
            element("strong", words("verdict", report.verdict)),
            element("p", words("meaning", report.verdict)),
            element("p", " · ".join(holds), class_="soft") if document.parts else None,
            element("p", words("page", "register"), class_="soft") if _is_without_register(document) else None,
            class_=f"verdict {report.verdict}",
        ),
        element("ul", *counts, class_="counts"),
    )


def _findings(document: ReportDocument, words: Words, content: BinaryIO | None) -> Markup:
    on_page = FindingsOnPage(words, capped=document.capped(), parts_at=document.parts_at(), content=content)
    findings = document.findings()
    kept, everything = len(findings), document.finding_count
    capped = words("page", "capped", kept=kept, count=everything) if kept < everything else None
    hidden = words("page", "lines_left_out") if content is None and findings else None
    return element(
        "section",
        element("h2", words("page", "findings")),
        element("p", capped, class_="soft") if capped else None,
        element("p", hidden, class_="soft") if hidden else None,
        *on_page.blocks(grouped(findings)),
    )


def _parts(document: ReportDocument, words: Words) -> Markup | None:
    told = [part for part in document.parts if part.outcome != PartOutcome.LOADED or part.blocking or part.warnings]
    if not told:
        return None
    fine = len(document.parts) - len(told)
    names = ("number", "promotor_column", "convention_column", "month_column", "employees_column", "lines_column")
    names = (*names, "blocking_column", "warnings_column", "outcome_column")
    head = element("tr", *(element("th", words("page", name), scope="col") for name in names))
    rows = [_part(part, words, is_offline=document.state is None) for part in told[:PARTS]]
    return element(
        "section",
        element("h2", words("page", "parts")),
        element("div", element("table", element("thead", head), element("tbody", *rows)), class_="wide"),
        element("p", words("page", "parts_cut", count=len(told) - PARTS), class_="soft") if len(told) > PARTS else None,
        element("p", words("page", "parts_left_out", count=fine), class_="soft") if fine else None,
    )


def _part(part: PartTold, words: Words, *, is_offline: bool) -> Markup:
    amounts = (part.employees, part.lines, part.blocking, part.warnings)
    return element(
        "tr",
        *(element("td", text) for text in (words.number(part.number), part.promotor, part.convention, part.month)),
        *(element("td", words.number(amount), class_="amount") for amount in amounts),
        element("td", words("outcome_offline" if is_offline else "outcome", part.outcome)),
    )


def _about(document: ReportDocument, words: Words) -> Markup:
    file, header, schema = document.file, document.report.header, schema_facts()
    declared = file.declared_encoding or words("page", "none_declared")
    detected = file.detected_encoding or words("page", "unknown")
    stages = ", ".join(
        f"{words('stage', stage.name)} {words('stage_state', stage.state)}" for stage in document.report.stages
    )
    facts: list[tuple[str, str | None]] = [
        ("file", file.name),
        ("size", words("page", "bytes", count=file.size_bytes)),
        ("sha256", file.sha256),
        ("encoding", words("page", "encodings", declared=declared, detected=detected)),
        ("reference", header and header.reference),
        ("sender", header and header.sender),
        ("software", header and header.software),
        ("state", document.state and words("file_state", document.state)),
        ("checked_at", document.checked_at.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M")),
        ("stages", f"{stages} ({words('page', 'took', seconds=f'{document.seconds:.2f}')})"),
        ("rule_set", document.report.rule_set),
        ("schema", f"{schema.name} {', '.join(schema.versions)}, SHA-256 {schema.sha256}"),
    ]
    told = [(name, text) for name, text in facts if text]
    rows = [joined(element("dt", words("page", name)), element("dd", text)) for name, text in told]
    return element("section", element("h2", words("page", "about")), element("dl", *rows))


def _is_without_register(document: ReportDocument) -> bool:
    """Whether this is a check without a server: all that can be asked without one was asked."""
    return document.state is None and any(
        stage.name == Stage.REGISTER and stage.state is StageState.SKIPPED for stage in document.report.stages
    )
