"""From a verified token to a caller: who he is here, and the policy by which this request is decided."""

from dataclasses import dataclass, replace

from authz.decision_table import DecisionTable
from domain.caller import Caller
from domain.errors import DomainError
from domain.role_places import ROLE_PLACES
from domain.vocabulary import Role
from filing.office import Office
from persistence.callers import find_caller
from persistence.organisations import ensure_user
from persistence.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Identified:
    """A caller and the table that is pinned for his request; writes look again inside their transaction."""

    caller: Caller
    table: DecisionTable


class UnknownOrganisation(DomainError):
    """The token acts for an organisation that the department does not know."""

    code = "UNKNOWN_ORGANISATION"

    def __init__(self, enterprise_number: str) -> None:
        super().__init__(enterprise_number=enterprise_number)


async def identify(
    office: Office,
    *,
    subject: str,
    name: str,
    enterprise_number: str,
    claimed_roles: frozenset[Role] | None = None,
) -> Identified:
    """The caller behind a verified token; a person who comes for the first time gets a user of his own, without rights.

    *claimed_roles*: those that his token gives him, instead of those in the database; only roles that can be held in an
    organisation of this kind count. Raises `UnknownOrganisation`.
    """
    found = await find_caller(subject, enterprise_number, office.clock())
    if found is None:
        raise UnknownOrganisation(enterprise_number)
    if claimed_roles is not None:
        held = frozenset(role for role in claimed_roles if found.organisation_kind in ROLE_PLACES[role])
        found = replace(found, roles=held, claimed_roles=held)
    if found.policy_sequence is None:
        table = await office.policy.table()
    else:
        table = await office.policy.table_of(found.policy_sequence, None)
    if found.user_id is not None and found.user_name is not None:
        return Identified(found.as_caller(found.user_id, found.user_name), table)
    moment = office.clock()
    user_id = await unit_of_work(lambda connection: ensure_user(connection, subject=subject, name=name, moment=moment))
    return Identified(found.as_caller(user_id, name), table)
