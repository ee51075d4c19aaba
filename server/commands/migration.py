"""`mandaat migrate`: the database as this version needs it."""

from persistence import migration
from server.settings_at_start import load_settings


async def migrate() -> str:
    """Bring the database to what this version needs; safe to run twice, or by several at once."""
    applied = await migration.migrate(load_settings().database_url)
    return "\n".join(f"applied {name}" for name in applied) or "up to date"
