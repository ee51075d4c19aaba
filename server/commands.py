"""The command line: `mandaat COMMAND`. A command that could not run says why in one sentence and ends with 2.

A command returns the text to print, and with it a number to end with: 0 fine (the default), 1 not, 2 could not run.
Each command lives with what it starts and is registered here.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from authz.policy_faults import PolicyFault, PolicyRefused
from domain.catalogue import problem_message
from domain.demo_world import PERSONAS, persona_named
from domain.errors import DomainError
from domain.months import system_clock
from persistence import migration
from persistence.migration import MigrationRefused
from server import serving, working
from server.audit_commands import audit_app
from server.checking_commands import FileNotWritten, check, generate
from server.demo import prepare_demo
from server.demo_issuer import DemoIssuer
from server.key_files import KeyFileRefused
from server.languages import terminal_language
from server.logs import configure_logs
from server.policy_commands import FileNotRead, policy_app
from server.schema_commands import schema_app
from server.serving import NotReadyToServe
from server.settings import SettingsRefused, load_settings
from server.settings_page import settings_page

COULD_NOT_RUN = 2
REFUSALS: tuple[type[Exception], ...] = (
    SettingsRefused,
    KeyFileRefused,
    NotReadyToServe,
    FileNotRead,
    FileNotWritten,
    MigrationRefused,
    DomainError,
)
"""What a command raises to say that it could not run; the text is for the person at the keyboard."""

app = App(name="mandaat", help="Filing office for monthly performance files.", version_flags=[])


app.command(check)
app.command(generate)
app.command(schema_app)
app.command(policy_app)
app.command(audit_app)

_PERSONA_NAMES = ", ".join(persona.name for persona in PERSONAS)


def _is_persona(_type: object, name: str) -> None:
    if persona_named(name) is None:
        raise ValueError(f"expected one of {_PERSONA_NAMES}")


@app.command
def token(persona: Annotated[str, Parameter(validator=_is_persona, help=f"One of {_PERSONA_NAMES}.")], /) -> str:
    """Print a bearer token for a persona of the demo world, good for twelve hours; never in production."""
    issuer = DemoIssuer.open(load_settings(), clock=system_clock)
    return issuer.token_for(next(each for each in PERSONAS if each.name == persona))


@app.command
async def serve() -> None:
    """Serve GraphQL and the pages beside it; on the embedded database with a worker of its own."""
    chosen = load_settings()
    configure_logs(chosen.log_level)
    await serving.serve(chosen)


@app.command
async def worker(*, embedded: bool = False) -> None:
    """Check collective files in a process of its own; as many of them as you like on PostgreSQL.

    Parameters
    ----------
    embedded
        End when standard input closes, as the worker that `serve` brings along does.
    """
    chosen = load_settings()
    configure_logs(chosen.log_level)
    await working.work(chosen, embedded=embedded)


@app.command
async def migrate() -> str:
    """Bring the database to what this version needs; safe to run twice, or by several at once."""
    applied = await migration.migrate(load_settings().database_url)
    return "\n".join(f"applied {name}" for name in applied) or "up to date"


@app.command
async def demo() -> str:
    """Migrate the database, load the demo world when it is empty, and print a token for each persona."""
    return await prepare_demo(load_settings(), clock=system_clock)


@app.command
def settings() -> str:
    """Print the page of all settings (docs/settings.md)."""
    return settings_page()


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
    except REFUSALS as refused:
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
    sys.exit(run(sys.argv[1:]))
