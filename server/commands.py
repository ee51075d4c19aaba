"""The command line: `mandaat COMMAND`. A command that could not run says why in one sentence and ends with 2.

A command returns the text to print, or a number to end with: 0 fine, 1 not, 2 could not run. Each command lives with
what it starts and is registered here.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from domain.demo_world import PERSONAS, persona_named
from domain.months import system_clock
from server.demo_issuer import DemoIssuer
from server.key_files import KeyFileRefused
from server.settings import SettingsRefused, load_settings
from server.settings_page import settings_page

COULD_NOT_RUN = 2
REFUSALS: tuple[type[Exception], ...] = (SettingsRefused, KeyFileRefused)
"""What a command raises to say that it could not run; the text is for the person at the keyboard."""

app = App(name="mandaat", help="Filing office for monthly performance files.", version_flags=[])


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
def settings() -> str:
    """Print the page of all settings (docs/settings.md)."""
    return settings_page()


def run(arguments: Sequence[str]) -> int:
    """Run one command and answer what the process ends with."""
    try:
        answer: object = app(
            arguments,
            exit_on_error=False,
            error_formatter=lambda error: f"mandaat: {error}",
            result_action="return_value",
        )
    except CycloptsError:
        return COULD_NOT_RUN  # its sentence has been printed
    except REFUSALS as refused:
        sys.stderr.write("".join(f"mandaat: {sentence}\n" for sentence in str(refused).splitlines()))
        return COULD_NOT_RUN
    if isinstance(answer, str):
        sys.stdout.write(answer.rstrip("\n") + "\n")
        return 0
    return answer if isinstance(answer, int) else 0


def main() -> None:
    sys.exit(run(sys.argv[1:]))
