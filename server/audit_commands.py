"""`mandaat audit`: whether the audit trail is still what was written."""

from cyclopts import App

from persistence.audit import verify_chain
from server.offices import migrated_database
from server.settings import load_settings

audit_app = App(name="audit", help="The audit trail.")


@audit_app.command
async def verify() -> tuple[str, int]:
    """Read the whole chain and compute it anew; ends with 0 when it is whole, 1 when not, 2 when it could not run."""
    async with migrated_database(load_settings()):
        check = await verify_chain()
    if check.first_bad is None:
        return f"whole; entries: {check.entries}", 0
    return f"not whole: entry {check.first_bad} is not what was written, or is gone", 1
