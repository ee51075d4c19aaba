"""Who asks: a person acting for one organisation, fixed for the whole request."""

from dataclasses import dataclass

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, the organisation he acts for, and the roles that he holds in it today.

    *roles* are for showing and for coarse questions; a decision on an object reads them again with the object.
    """

    user_id: str
    user_name: str
    organisation_id: str
    organisation_name: str
    enterprise_number: EnterpriseNumber
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
