"""Who asks: a person acting for one organisation, fixed for the whole request."""

from dataclasses import dataclass

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, the organisation he acts for, and the roles that he holds in it today.

    *roles* are for showing and for coarse questions; a decision on an object reads them again with the object, unless
    they come from his token: *claimed_roles* is then what it gives him, and the database is not asked for roles.
    """

    user_id: str
    user_name: str
    organisation_id: str
    organisation_name: str
    enterprise_number: EnterpriseNumber
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    claimed_roles: frozenset[Role] | None = None
