"""Putting what was done in the audit trail: in the transaction of the act, so that neither stands without the other."""

from collections.abc import Mapping
from datetime import datetime

from domain.caller import Caller
from filing.office import Office
from persistence.audit import AuditEntry, Detail, Outcome, append
from persistence.database import Connection


async def record_act(
    office: Office,
    caller: Caller,
    connection: Connection,
    intention: str,
    *,
    kind: str,
    key: str,
    moment: datetime,
    details: Mapping[str, Detail],
) -> None:
    """Write that *caller* did *intention*, the name of the mutation, with the thing of *kind* that has *key*.

    Last in its transaction: the trail is locked from here to the commit.
    """
    table = await office.policy.table()
    entry = AuditEntry(
        at=moment,
        user_id=caller.user_id,
        organisation_id=caller.organisation_id,
        action=intention,
        object_kind=kind,
        object_id=key,
        outcome=Outcome.DONE,
        policy_version=table.version,
        details=details,
    )
    await append(connection, entry)
