"""What a decision is about: a convention or something of it, an organisation, or the department itself."""

from dataclasses import dataclass

from domain.months import Month
from domain.vocabulary import Mode


@dataclass(frozen=True, slots=True)
class OnConvention:
    """A convention, or something of it in one *month*; *mode* where it is sent to production or to test."""

    convention_id: str
    month: Month | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class OnOrganisation:
    """An organisation, or something of it such as a role grant; *user_id* the person whom a grant is about."""

    organisation_id: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class AtDepartment:
    """Something that belongs to the department itself: the policy, the audit trail, admissions."""


Subject = OnConvention | OnOrganisation | AtDepartment
