"""In which kind of organisation a role can be held; a grant elsewhere is refused, whoever gives it."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.vocabulary import OrganisationKind, Role

ROLE_PLACES: Mapping[Role, frozenset[OrganisationKind]] = MappingProxyType(
    {
        Role.PROMOTOR: frozenset({OrganisationKind.PROMOTOR}),
        Role.UPLOADER: frozenset({OrganisationKind.SECRETARIAT}),
        Role.SUBMITTER: frozenset({OrganisationKind.SECRETARIAT}),
        Role.LOCAL_ADMINISTRATOR: frozenset({OrganisationKind.PROMOTOR, OrganisationKind.SECRETARIAT}),
        Role.HELPDESK: frozenset({OrganisationKind.DEPARTMENT}),
        Role.CASE_HANDLER: frozenset({OrganisationKind.DEPARTMENT}),
        Role.AUDITOR: frozenset({OrganisationKind.DEPARTMENT}),
        Role.POLICY_ADMINISTRATOR: frozenset({OrganisationKind.DEPARTMENT}),
    }
)
