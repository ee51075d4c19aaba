"""Putting refusals in the audit trail: who tried what, and what he lacked."""

from domain.decisions import GrantNotAllowed, NotAllowed
from domain.errors import DomainError, NotFound
from filing.identification import Identified
from filing.office import Office
from persistence.audit import AuditEntry, Outcome, append
from persistence.unit_of_work import unit_of_work

_REFUSALS = (NotAllowed, GrantNotAllowed, NotFound)


async def record_refusal(office: Office, identified: Identified, intention: str, error: DomainError) -> None:
    """Write an entry when *error* refused a right, or hid what the caller may not see; nothing for other errors.

    In a transaction of its own: the one that refused was rolled back. *intention* is the name of the mutation.
    """
    if not isinstance(error, _REFUSALS):
        return
    missing = [] if isinstance(error, NotFound) else [str(one.lack) for one in error.decision.missing]
    entry = AuditEntry(
        at=office.clock(),
        user_id=identified.caller.user_id,
        organisation_id=identified.caller.organisation_id,
        action=intention,
        object_kind=error.values.get("thing", "right"),
        object_id=None,
        outcome=Outcome.REFUSED,
        policy_version=identified.table.version,
        details={"code": error.code, "missing": missing},
    )
    await unit_of_work(lambda connection: append(connection, entry))
