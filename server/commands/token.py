"""`mandaat token`: a bearer token for a persona of the demo world."""

from typing import Annotated

from cyclopts import Parameter

from domain.demo_world import PERSONAS, persona_named
from domain.months import system_clock
from server.demo_issuer import DemoIssuer
from server.settings_at_start import load_settings

_PERSONA_NAMES = ", ".join(persona.name for persona in PERSONAS)


def _is_persona(_type: object, name: str) -> None:
    if persona_named(name) is None:
        raise ValueError(f"expected one of {_PERSONA_NAMES}")


def token(persona: Annotated[str, Parameter(validator=_is_persona, help=f"One of {_PERSONA_NAMES}.")], /) -> str:
    """Print a bearer token for a persona of the demo world, good for twelve hours; never in production."""
    issuer = DemoIssuer.open(load_settings(), clock=system_clock)
    return issuer.token_for(next(each for each in PERSONAS if each.name == persona))
