"""What `mandaat check` prints for a person: equal findings once, with the line of the file under them.

Coloured and wrapped on a terminal; plain and unwrapped anywhere else, and where NO_COLOR is set without colour.
"""

import io
import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from domain.findings import Finding, StageState
from domain.vocabulary import Severity, Verdict
from validation.masking import on_one_line
from validation.reporting.document import ReportDocument
from validation.reporting.grouping import Group, grouped
from validation.reporting.hints import probably_meant
from validation.reporting.lines_around import WIDTH, lines_around
from validation.reporting.sentences import said_of
from validation.reporting.words import Words

GROUPS = 50
FURTHER_PLACES = 5
"""How many groups are printed, and how many places of each after the first."""
_STYLES = {Severity.FILE: "bold red", Severity.BLOCKING: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_VERDICT_STYLES = {Verdict.VALID: "bold green", Verdict.INVALID: "bold red", Verdict.NOT_FULLY_CHECKED: "bold blue"}
_BEFORE_LINE = 11
"""Columns that the number of a line takes, with what stands before and behind it."""


class CheckScreen:
    """Collects what is printed; `text` is all of it."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._is_terminal = sys.stdout.isatty()
        self._text = io.StringIO()
        self._console = Console(
            file=self._text,
            force_terminal=self._is_terminal,
            color_system="auto" if self._is_terminal and not os.environ.get("NO_COLOR") else None,
            width=shutil.get_terminal_size().columns,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    @property
    def text(self) -> str:
        return self._text.getvalue()

    def add(self, path: Path, document: ReportDocument) -> None:
        """Everything about one file; raises `OSError` when its lines cannot be read any more."""
        self._head(path, document)
        groups = grouped(document.findings())
        with path.open("rb") as content:
            for group in groups[:GROUPS]:
                self._group(path, group, document, content)
        if len(groups) > GROUPS:
            self._line(self._words("page", "more_groups", count=len(groups) - GROUPS), before="\n")
        self._line(self._words("page", "register"), style="dim", before="\n")

    def add_total(self, *, files: int, fine: int, unknown: int) -> None:
        """After several files: how many of them are fine."""
        words = self._words(
            "page", "files_in_all", files=files, fine=fine, wrong=files - fine - unknown, unknown=unknown
        )
        self._line(words, style="bold", before="\n")

    def _head(self, path: Path, document: ReportDocument) -> None:
        words, report = self._words, document.report
        if self._text.tell():
            self._line("")
        self._line(on_one_line(str(path)), style="bold")
        verdict = Text().append(words("verdict", report.verdict), style=_VERDICT_STYLES[report.verdict])
        self._line(verdict.append(f"  {words('meaning', report.verdict)}"))
        if holds := words.holds(document.parts):
            self._line(holds)
        failed = [stage.name for stage in report.stages if stage.state is StageState.FAILED]
        for name in failed:
            self._line(f"{words('stage', name)}: {words('stage_state', StageState.FAILED)}", style="bold red")
        told = Text(" · ").join(
            Text(f"{words('severity', severity)} {words.number(count)}", style=_STYLES[severity])
            for severity, count in document.counts_by_severity().items()
            if count
        )
        if told:
            self._line(told)
        kept, everything = len(report.findings), document.finding_count
        if kept < everything:
            self._line(words("page", "capped", kept=kept, count=everything), style="dim")

    def _group(self, path: Path, group: Group, document: ReportDocument, content: BinaryIO) -> None:
        words, said = self._words, said_of(group.spoken, self._words.language)
        first, *others = group.findings
        title = Text().append(f"{words('severity', group.severity)} {group.code} ", style=_STYLES[group.severity])
        if others:
            title.append(f"×{words.number(len(group.findings))} ", style=_STYLES[group.severity])
        if group.code in (capped := document.capped()):
            title.append(f"({words('page', 'of_code', count=capped[group.code])}) ", style="dim")
        self._line(title.append(said.message, style="bold"), before="\n")
        self._place(path, first, content)
        further = others[:FURTHER_PLACES]
        if places := [_place(finding) for finding in further if finding.place is not None]:
            more = len(others) - len(further)
            rest = f" … {words('page', 'more_places', count=more)}" if more else ""
            self._line(f"{words('page', 'further')} {', '.join(places)}{rest}", style="dim", indent=2)
        meant = {probably_meant(finding) for finding in group.findings}
        if len(meant) == 1 and (one := meant.pop()) is not None:
            self._line(words("hint", "meant", meant=one), style="bold", indent=2)
        self._line(said.advice, indent=2)

    def _place(self, path: Path, finding: Finding, content: BinaryIO) -> None:
        place, about = finding.place, self._words.about(finding)
        if place is None:
            self._line(about or self._words("page", "no_place"), style="dim", indent=2)
            return
        where = Text().append(f"{on_one_line(str(path))}:{_place(finding)}", style="cyan")
        self._line(where.append(f"  {about}", style="dim") if about else where, indent=2)
        width = max(self._console.width - _BEFORE_LINE - 2, 20) if self._is_terminal else WIDTH
        for line in lines_around(content, place, around=0, width=min(width, WIDTH)):
            self._raw(f"{line.number:>8} │ {line.text}")
            if line.begin is not None and line.end is not None and line.end > line.begin:
                self._raw(f"{'':>8} │ {' ' * line.begin}", "^" * (line.end - line.begin))

    def _line(self, text: str | Text, *, style: str = "", indent: int = 0, before: str = "") -> None:
        """One line, wrapped under its indent on a terminal."""
        text = text if isinstance(text, Text) else Text(text)
        text.stylize_before(style)
        if before:
            self._console.print()
        if self._is_terminal:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False) if indent else text)
        else:
            self._console.print(Text(" " * indent) + text, soft_wrap=True)

    def _raw(self, text: str, marked: str = "") -> None:
        """A line of the file: never wrapped."""
        self._console.print(Text(text).append(marked, style="red"), soft_wrap=True)


def _place(finding: Finding) -> str:
    return "" if finding.place is None else f"{finding.place.line}:{finding.place.column}"
