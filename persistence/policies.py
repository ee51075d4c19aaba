"""The history of accepted policies; the one with the highest sequence is in force."""

from datetime import datetime

from domain.errors import NotFound
from persistence.database import Connection, rows
from persistence.models import PolicyVersionRow
from persistence.number_series import reserve
from persistence.pages import Page, PageRequest, page_of_rows

_SERIES = "policy_version"


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


async def policy_tests_with(sequence: int, connection: Connection | None = None) -> str | None:
    """What the version must answer, as it was accepted with it; none when it had no tests."""
    found = await rows("SELECT tests FROM policy_version WHERE sequence = ?", [sequence], connection)
    return found[0]["tests"] if found else None


async def policy_with_version(version: str, connection: Connection | None = None) -> int | None:
    """The latest sequence under which this very policy was accepted."""
    found = await rows("SELECT MAX(sequence) AS sequence FROM policy_version WHERE version = ?", [version], connection)
    return found[0]["sequence"]


async def policy_version_with(sequence: int) -> PolicyVersionRow:
    """A version as it was accepted; raises `NotFound` when there is none with this number."""
    row = await PolicyVersionRow.get_or_none(sequence=sequence)
    if row is None:
        raise NotFound("policy version")
    return row


async def policy_history(request: PageRequest) -> Page[PolicyVersionRow]:
    """Accepted versions, newest first; the keys of the page are their numbers."""
    return await page_of_rows(PolicyVersionRow.all(), request, column="sequence")


async def count_policies() -> int:
    return await PolicyVersionRow.all().count()


async def hold_policy_still(connection: Connection) -> None:
    """Wait for the writes that rest on the policy in force, and keep it from changing until this transaction ends.

    Before anything that only shares the policy: two that share it first and then want to change it block each other.
    """
    if connection.locks_rows:
        await rows("SELECT 1 FROM number_series WHERE name = ? FOR UPDATE", [_SERIES], connection)


async def add_policy(
    connection: Connection,
    *,
    version: str,
    policy: str,
    author_id: str | None,
    reason: str,
    moment: datetime,
    tests: str | None = None,
    changes: str | None = None,
) -> int:
    """Put a version in force, with what it must answer and what it changes; answers its sequence."""
    sequence = await reserve(connection, _SERIES, 1)
    await PolicyVersionRow.create(
        using_db=connection.client,
        sequence=sequence,
        version=version,
        policy=policy,
        author_id=author_id,
        reason=reason,
        activated_at=moment,
        tests=tests,
        changes=changes,
    )
    return sequence
