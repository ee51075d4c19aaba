"""A report as one page for people: no script, nothing fetched, readable on paper, on a phone and in the dark."""

import base64
import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from domain.findings import StageState
from domain.months import BRUSSELS
from domain.vocabulary import Language, PartOutcome
from validation.reporting.document import PartTold, ReportDocument
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
    counts = [
        element(
            "li", element("b", words.number(count)), words("severity", severity), class_=severity if count else "none"
        )
        for severity, count in document.counts_by_severity().items()
    ]
    verdict, holds = document.report.verdict, words.holds(document.parts)
    return element(
        "header",
        element("p", words("page", "heading"), class_="above"),
        element("h1", document.file.name),
        element(
            "div",
            element("strong", words("verdict", verdict)),
            element("p", words("meaning", verdict)),
            element("p", holds, class_="soft") if holds else None,
            element("p", words("page", "register"), class_="soft") if _is_without_register(document) else None,
            class_=f"verdict {verdict}",
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
    fine, further = len(document.parts) - len(told), len(told) - PARTS
    # What matters first: a phone shows the first columns.
    columns = ("number", "convention_column", "month_column", "outcome_column", "blocking_column", "warnings_column")
    columns = (*columns, "promotor_column", "employees_column", "lines_column")
    head = element("tr", *(element("th", words("page", name), scope="col") for name in columns))
    rows = [_part(part, words, is_offline=document.state is None) for part in told[:PARTS]]
    return element(
        "section",
        element("h2", words("page", "parts")),
        element("div", element("table", element("thead", head), element("tbody", *rows)), class_="wide"),
        element("p", words.counted("further_parts", further), class_="soft") if further > 0 else None,
        element("p", words.counted("fine_parts", fine), class_="soft") if fine else None,
    )


def _part(part: PartTold, words: Words, *, is_offline: bool) -> Markup:
    amounts = [words.number(amount) if part.is_read else "–" for amount in (part.employees, part.lines)]
    return element(
        "tr",
        *(element("td", text) for text in (words.number(part.number), part.convention, part.month)),
        element("td", words("outcome_offline" if is_offline else "outcome", part.outcome)),
        *(element("td", words.number(count), class_="amount") for count in (part.blocking, part.warnings)),
        element("td", part.promotor),
        *(element("td", amount, class_="amount") for amount in amounts),
    )


def _about(document: ReportDocument, words: Words) -> Markup:
    file, header, schema = document.file, document.report.header, document.schema
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
        ("received_at", _moment(document.received_at)),
        ("checked_at", _moment(document.checked_at)),
        ("stages", f"{stages} ({words('page', 'took', seconds=f'{document.seconds:.2f}')})"),
        ("rule_set", document.report.rule_set),
        ("schema", f"{schema.name} {', '.join(schema.versions)}, SHA-256 {schema.sha256}"),
    ]
    told = [(name, text) for name, text in facts if text]
    rows = [joined(element("dt", words("page", name)), element("dd", text)) for name, text in told]
    return element("section", element("h2", words("page", "about")), element("dl", *rows))


def _moment(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M:%S")


def _is_without_register(document: ReportDocument) -> bool:
    """Whether this is a check without a server: all that can be asked without one was asked."""
    return document.state is None and any(
        stage.name == Stage.REGISTER and stage.state is StageState.SKIPPED for stage in document.report.stages
    )
