"""Making the demo: a migrated database with the demo world in it, sample files for the current months, and tokens."""

from pathlib import Path

from domain.demo_world import PERSONAS, last_ended_month
from domain.months import system_clock
from filing.demo import file_previous_month, load_demo_world
from persistence.migration import migrate
from server.demo_issuer import DemoIssuer
from server.offices import open_office
from server.settings import SettingsRefused, variable_of
from server.settings_at_start import load_settings
from validation.making.samples import write_samples

SAMPLES = Path("var/samples")


async def demo() -> str:
    """Migrate the database, load the demo world when it is empty, and print a token for each persona."""
    settings, clock = load_settings(), system_clock
    if not settings.demo_data:
        raise SettingsRefused([f"{variable_of('demo_data')} is off; expected on, to load the demo world"])
    issuer = DemoIssuer.open(settings, clock=clock)
    await migrate(settings.database_url)
    async with open_office(settings, clock=clock) as office:
        if await load_demo_world(clock):
            await file_previous_month(office)
    write_samples(SAMPLES, last_ended_month(clock()))
    width = max(len(persona.name) for persona in PERSONAS)
    lines = [f"{persona.name:<{width}}  {issuer.token_for(persona)}" for persona in PERSONAS]
    address = f"http://{settings.host}:{settings.port}/graphql"
    return "\n".join(
        [
            "Tokens, good for twelve hours (again with `mandaat token NAME`):",
            *lines,
            "",
            f"Sample files: {SAMPLES}/ (try valid.xml first)",
            f"GraphQL and its IDE: {address}",
        ]
    )
