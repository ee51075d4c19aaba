"""What the database keeps of policies, to prove what an edit changed, or that it changed nothing."""

from typing import Any

from persistence.database import rows


async def kept_of_policies() -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Versions, proposals and the audit trail, whole."""
    return (
        await rows("SELECT * FROM policy_version ORDER BY sequence"),
        await rows("SELECT * FROM policy_proposal ORDER BY id"),
        await rows("SELECT * FROM audit_entry ORDER BY sequence"),
    )
