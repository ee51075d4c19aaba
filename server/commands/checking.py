"""`mandaat check` and `mandaat generate`: collective files without a server, a database or an account."""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from domain.demo_world import ALFA, last_ended_month
from domain.errors import CouldNotRun
from domain.findings import Report, StageState
from domain.identifiers import EnterpriseNumber
from domain.months import Month, day_in_brussels, system_clock
from domain.vocabulary import Language, Mode, Verdict
from server.commands.check_progress import progress_bar, told
from server.commands.check_screen import CheckScreen
from server.commands.files import FileNotWritten
from server.languages import terminal_language
from validation.making.generate import write_collective_file
from validation.making.people import ordinary_person, varied_person
from validation.masking import on_one_line
from validation.reporting.as_csv import report_as_csv
from validation.reporting.as_html import report_as_html
from validation.reporting.as_json import report_as_json
from validation.reporting.as_xml import report_as_xml
from validation.reporting.document import ReportDocument, part_told
from validation.reporting.file_facts import file_facts
from validation.reporting.words import Words
from validation.runner import check_file, run_in
from validation.settling import settle

_MEGABYTE = 1_000_000
_WORTH_MORE_PROCESSES_BYTES = 8 * _MEGABYTE
"""Below this, starting another interpreter takes longer than it saves."""
_PROCESSES = min(4, os.cpu_count() or 1)
_PIECES_AHEAD = 2 * _PROCESSES
_ENVIRONMENTS = {Mode.TEST: "T", Mode.PRODUCTION: "P"}
COULD_NOT_CHECK = 2


class ReportFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XML = "xml"
    HTML = "html"


class OneFileOnly(CouldNotRun):
    """A document of this format is about one file; several were given."""


def check(
    file: Annotated[Path, Parameter(help="A collective file.")],
    /,
    *files: Annotated[Path, Parameter(help="More of them, for text and csv.")],
    format: Annotated[ReportFormat, Parameter(help="How the report is written.")] = ReportFormat.TEXT,  # noqa: A002
    language: Annotated[Language | None, Parameter(help="Language of the sentences; that of the terminal.")] = None,
) -> tuple[str | None, int]:
    """Check collective files as the server does, but for what only the server knows.

    Ends with 0 when nothing keeps a file or a part of it from being submitted, 1 when something does, 2 when a file
    could not be checked.
    """
    paths = (file, *files)
    if files and format not in (ReportFormat.TEXT, ReportFormat.CSV):
        raise OneFileOnly(f"a report in the format {format} is about one file, and {len(paths)} were given")
    words = Words(language or terminal_language(os.environ))
    documents: dict[Path, ReportDocument] = {}
    for path in paths:
        try:
            documents[path] = _checked(path, words)
        except OSError as error:
            sys.stderr.write(f"mandaat: {on_one_line(str(path))} cannot be read: {error.strerror}\n")
    codes = [_exit_code(documents[path].report) if path in documents else COULD_NOT_CHECK for path in paths]
    return (_written(documents, codes, format, words) if documents else None), max(codes)


def generate(
    *,
    megabytes: Annotated[int, Parameter(validator=Number(gte=1, lte=2_000), help="Size, in millions of bytes.")],
    output: Annotated[Path, Parameter(help="The file to write; what stands there is lost.")],
    month: Annotated[str | None, Parameter(help="Month of the performances, as 2026-10; the last that ended.")] = None,
    sender: Annotated[str, Parameter(help="Enterprise number of the sender.")] = str(ALFA),
    mode: Annotated[Mode, Parameter(help="What the file says that it is for.")] = Mode.PRODUCTION,
    varied: Annotated[bool, Parameter(help="Let hardly any two employees be alike.", negative="")] = False,
) -> str:
    """Write a collective file of a given size without a fault, always the same, about people who do not exist."""
    try:
        described = write_collective_file(
            output,
            size_bytes=megabytes * _MEGABYTE,
            month=last_ended_month(system_clock()) if month is None else Month.parse(month),
            sender=str(EnterpriseNumber.parse(sender)),
            environment=_ENVIRONMENTS[mode],
            person=varied_person if varied else ordinary_person,
        )
    except OSError as error:
        raise FileNotWritten(f"{output} cannot be written: {error.strerror}") from error
    return (
        f"{output}: {described.promotors} promotors, {described.conventions} conventions, "
        f"{described.employees} employees ({described.different_employees} different), {described.lines} lines"
    )


def _checked(path: Path, words: Words) -> ReportDocument:
    moment = system_clock()
    size_bytes = path.stat().st_size
    description = words("progress", "checking", file=on_one_line(path.name))
    # Hashing lets go of the interpreter, so it costs no time beside the check.
    with ThreadPoolExecutor(1) as beside, progress_bar(description, size_bytes) as advance:
        facts = beside.submit(file_facts, path)
        today = day_in_brussels(moment)
        if size_bytes < _WORTH_MORE_PROCESSES_BYTES:
            report = check_file(path, today=today, run=told(map, advance))
        else:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(_PROCESSES, mp_context=context, initializer=settle) as processes:
                report = check_file(path, today=today, run=told(run_in(processes, ahead=_PIECES_AHEAD), advance))
        return ReportDocument(report, facts.result(), moment, tuple(part_told(part) for part in report.parts))


def _written(
    documents: Mapping[Path, ReportDocument],
    codes: Sequence[int],
    format: ReportFormat,  # noqa: A002 - the name of the option
    words: Words,
) -> str:
    output: Any = sys.stdout
    if isinstance(output, TextIOWrapper):
        # A document says that it is UTF-8, whatever the locale; text loses what the terminal cannot show.
        if format is ReportFormat.TEXT:
            output.reconfigure(errors="replace")
        else:
            output.reconfigure(encoding="utf-8", newline="\n")
    (path, document), *others = documents.items()
    match format:
        case ReportFormat.JSON:
            return report_as_json(document, words.language).decode()
        case ReportFormat.XML:
            return report_as_xml(document, words.language).decode()
        case ReportFormat.HTML:
            return report_as_html(document, words.language, content=path).decode()
        case ReportFormat.CSV:
            return report_as_csv(documents.values(), words.language)
        case ReportFormat.TEXT:
            screen = CheckScreen(words)
            for each, told_of in documents.items():
                screen.add(each, told_of)
            if others or len(codes) > 1:
                screen.add_total(files=len(codes), fine=codes.count(0), unknown=codes.count(COULD_NOT_CHECK))
            return screen.text


def _exit_code(report: Report) -> int:
    """A good file is NOT_FULLY_CHECKED here, because the register was not asked; a check that broke is no answer."""
    if any(stage.state is StageState.FAILED for stage in report.stages):
        return COULD_NOT_CHECK
    return 1 if report.verdict is Verdict.INVALID else 0
