"""The command line: `mandaat COMMAND`. A command that could not run says why in one sentence and ends with 2.

A command returns the text to print, and with it a number to end with: 0 fine (the default), 1 not, 2 could not run.
Each lives with what it starts and is imported only when it is asked for, so that a small command starts quickly and a
worker carries no web server along.
"""

import logging
import os
import sys
from collections.abc import Sequence

import structlog
from cyclopts import App, CycloptsError

from authz.policy_faults import PolicyFault, PolicyRefused
from domain.catalogue import problem_message
from domain.errors import CouldNotRun, DomainError
from server.languages import terminal_language

COULD_NOT_RUN = 2

app = App(name="mandaat", help="Filing office for monthly performance files.", version_flags=[])
for _name, _path, _help in (
    ("demo", "server.demo:demo", "Load the demo world and print a token for each persona."),
    ("serve", "server.serving:serve", "Serve GraphQL and the pages beside it."),
    ("worker", "server.working:worker", "Check collective files in a process of its own."),
    ("migrate", "server.commands.migration:migrate", "Bring the database to what this version needs."),
    ("token", "server.commands.token:token", "Print a bearer token for a persona of the demo world."),
    ("check", "server.commands.checking:check", "Check a collective file, offline."),
    ("generate", "server.commands.checking:generate", "Write a large valid collective file to try with."),
    ("policy", "server.commands.policy:policy_app", "Check, compare, activate and explain policies."),
    ("audit", "server.commands.audit:audit_app", "The audit trail."),
    ("receipt", "server.commands.receipts:receipt_app", "Receipts of collective files, offline."),
    ("schema", "server.commands.schema:schema_app", "The GraphQL schema as text."),
    ("settings", "server.settings_page:settings_page", "Print the page of all settings."),
):
    app.command(_path, name=_name, help=_help)


def run(arguments: Sequence[str]) -> int:
    """Run one command and answer what the process ends with."""
    try:
        answer: tuple[str | None, int] | str | None = app(
            arguments,
            exit_on_error=False,
            error_formatter=lambda error: f"mandaat: {error}",
            result_action="return_value",
        )
    except CycloptsError:
        return COULD_NOT_RUN  # its sentence has been printed
    except (CouldNotRun, DomainError) as refused:
        sys.stderr.write("".join(f"mandaat: {sentence}\n" for sentence in _sentences(refused)))
        return COULD_NOT_RUN
    text, code = answer if isinstance(answer, tuple) else (answer, 0)
    if text is not None:
        sys.stdout.write(text.rstrip("\n") + "\n")
    return code


def _sentences(refused: Exception) -> list[str]:
    """What to tell the person at the keyboard, in the language of his terminal where we have it."""
    language = terminal_language(os.environ)
    if isinstance(refused, PolicyRefused):
        return [f"{_place(fault)}: {fault.message(language)}" for fault in refused.errors]
    if isinstance(refused, DomainError):
        return [problem_message(refused.code, refused.values, language)]
    return str(refused).splitlines()


def _place(fault: PolicyFault) -> str:
    return "policy.csv" if fault.line is None else f"policy.csv:{fault.line}:{fault.column or 1}"


def main() -> None:
    # Who reads what a command prints, a person or a program, meets no log in it; what runs on sets up logs of its own.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(run(sys.argv[1:]))
