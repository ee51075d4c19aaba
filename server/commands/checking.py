"""`mandaat check` and `mandaat generate`: collective files without a server, a database or an account."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from domain.demo_world import ALFA, last_ended_month
from domain.findings import Report, StageState
from domain.identifiers import EnterpriseNumber
from domain.months import Month, day_in_brussels, system_clock
from domain.vocabulary import Language, Mode, Verdict
from server.commands.files import FileNotRead, FileNotWritten
from server.languages import terminal_language
from validation.making.generate import write_collective_file
from validation.making.people import ordinary_person, varied_person
from validation.reporting.rendering import report_as_csv, report_as_json, report_as_text
from validation.runner import check_file, run_in

_MEGABYTE = 1_000_000
_WORTH_MORE_PROCESSES_BYTES = 8 * _MEGABYTE
"""Below this, starting another interpreter takes longer than it saves."""
_PROCESSES = min(4, os.cpu_count() or 1)
_PIECES_AHEAD = 2 * _PROCESSES
_ENVIRONMENTS = {Mode.TEST: "T", Mode.PRODUCTION: "P"}
_ONLY_ON_THE_SERVER = {
    Language.NL: "Niet gecontroleerd: wat alleen de server weet (mandaten, conventies, fiches, eerdere prestaties).",
    Language.FR: "Non contrôlé : ce que seul le serveur sait (mandats, conventions, fiches, prestations antérieures).",
    Language.DE: "Nicht geprüft: was nur der Server weiß (Mandate, Konventionen, Fichen, frühere Leistungen).",
    Language.EN: "Not checked: what only the server knows (mandates, conventions, fiches, earlier performances).",
}


class ReportFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def check(
    file: Annotated[Path, Parameter(help="A collective file.")],
    /,
    *,
    format: Annotated[ReportFormat, Parameter(help="How the report is written.")] = ReportFormat.TEXT,  # noqa: A002
    language: Annotated[Language | None, Parameter(help="Language of the sentences; that of the terminal.")] = None,
) -> tuple[str, int]:
    """Check a collective file as the server does, but for what only the server knows.

    Ends with 0 when nothing keeps it or a part of it from being submitted, 1 when something does, 2 when it could not
    be checked.
    """
    try:
        report = _checked(file)
    except OSError as error:
        raise FileNotRead(f"{file} cannot be read: {error.strerror}") from error
    return _written(report, format, language or terminal_language(os.environ)), _exit_code(report)


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


def _checked(file: Path) -> Report:
    today = day_in_brussels(system_clock())
    if file.stat().st_size < _WORTH_MORE_PROCESSES_BYTES:
        return check_file(file, today=today)
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as processes:
        return check_file(file, today=today, run=run_in(processes, ahead=_PIECES_AHEAD))


def _written(report: Report, format: ReportFormat, language: Language) -> str:  # noqa: A002 - the name of the option
    match format:
        case ReportFormat.JSON:
            return report_as_json(report, language).decode()
        case ReportFormat.CSV:
            return report_as_csv(report, language)
        case ReportFormat.TEXT:
            return "\n".join([*report_as_text(report, language), "", _ONLY_ON_THE_SERVER[language]])


def _exit_code(report: Report) -> int:
    """A good file is NOT_FULLY_CHECKED here, because the register was not asked; a check that broke is no answer."""
    if any(stage.state is StageState.FAILED for stage in report.stages):
        return 2
    return 1 if report.verdict is Verdict.INVALID else 0
