"""The history of accepted policies; the one with the highest sequence is in force."""

from datetime import datetime

from domain.errors import NotFound
from persistence.database import Connection, rows
from persistence.models import PolicyVersionRow
from persistence.number_series import reserve


async def latest_policy_sequence(connection: Connection | None = None) -> int | None:
    """The number of the version in force; none before the first."""
    found = await rows("SELECT MAX(sequence) AS latest FROM policy_version", [], connection)
    return found[0]["latest"]


async def accepted_policy(sequence: int, connection: Connection | None) -> str:
    """The whole text of a version; raises `NotFound` when there is none with this number."""
    found = await rows("SELECT policy FROM policy_version WHERE sequence = ?", [sequence], connection)
    if not found:
        raise NotFound("policy version")
    return found[0]["policy"]


async def policy_with_version(version: str) -> int | None:
    """The latest sequence under which this very policy was accepted."""
    found = await rows("SELECT MAX(sequence) AS sequence FROM policy_version WHERE version = ?", [version])
    return found[0]["sequence"]


async def policy_history(limit: int) -> list[PolicyVersionRow]:
    """Accepted versions, newest first."""
    return await PolicyVersionRow.all().order_by("-sequence").limit(limit)


async def add_policy(
    connection: Connection, *, version: str, policy: str, author_id: str | None, reason: str, moment: datetime
) -> int:
    """Put a version in force; answers its sequence."""
    sequence = await reserve(connection, "policy_version", 1)
    await PolicyVersionRow.create(
        using_db=connection.client,
        sequence=sequence,
        version=version,
        policy=policy,
        author_id=author_id,
        reason=reason,
        activated_at=moment,
    )
    return sequence
