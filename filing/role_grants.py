"""Giving people roles and taking them away; for a secretariat this is the second mandate.

Who may give which role where is said by the grant lines (p2) of the policy; this module adds what no policy changes:
a role fits its kind of organisation, and is held once.
"""

from dataclasses import dataclass
from datetime import date

from domain.caller import Caller
from domain.errors import DomainError, InvalidValue, NotFound, WrongState
from domain.identifiers import EnterpriseNumber
from domain.months import day_in_brussels
from domain.role_places import ROLE_PLACES
from domain.vocabulary import Action, Role
from filing.acts import record_act
from filing.office import Office
from filing.subjects import OnOrganisation
from persistence import role_grants
from persistence.database import Connection
from persistence.models import RoleGrantRow
from persistence.organisations import organisation_with_number
from persistence.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class GrantRole:
    """What is asked for; both days included, in Brussels. No first day is today, no last day is for ever."""

    user_id: str
    organisation: EnterpriseNumber
    role: Role
    valid_from: date | None
    valid_until: date | None


class RolesComeFromClaims(DomainError):
    """Here roles are those that the identity provider gives, so that a grant would be kept and never count."""

    code = "ROLES_COME_FROM_CLAIMS"


class RoleAlreadyGranted(DomainError):
    """The person has an unrevoked grant of this role in this organisation."""

    code = "ROLE_ALREADY_GRANTED"

    def __init__(self, existing: RoleGrantRow) -> None:
        super().__init__(path=("role",), role=existing.role, period=f"{existing.valid_from} – {_day(existing)}")
        self.existing_id = existing.id


async def grant_role(office: Office, caller: Caller, request: GrantRole) -> RoleGrantRow:
    """Give the role.

    Raises `InvalidValue` for days in the wrong order or a role that does not fit the organisation; `NotFound` for an
    unknown organisation or person; `GrantNotAllowed`; `RoleAlreadyGranted`; `RolesComeFromClaims`.
    """
    _refuse_without_effect(caller)
    moment = office.clock()
    valid_from = request.valid_from or day_in_brussels(moment)
    if request.valid_until is not None and request.valid_until < valid_from:
        raise InvalidValue("validUntil", found=str(request.valid_until), expected=f"{valid_from} or later")

    async def work(connection: Connection) -> RoleGrantRow:
        organisation = await organisation_with_number(request.organisation)
        if organisation is None:
            raise NotFound("organisation", path=("organisation",))
        receiver = OnOrganisation(organisation.id, request.user_id)
        await office.gate.require_grant(caller, request.role, receiver, connection)
        if organisation.kind not in ROLE_PLACES[request.role]:
            raise InvalidValue("role", found=request.role, expected=_roles_in(organisation.kind))
        if not await role_grants.hold_person(connection, request.user_id):
            raise NotFound("User", path=("userId",))
        existing = await role_grants.unrevoked_grant(
            connection, user_id=request.user_id, organisation_id=organisation.id, role=request.role
        )
        if existing is not None:
            raise RoleAlreadyGranted(existing)
        granted = await role_grants.add_role_grant(
            connection,
            user_id=request.user_id,
            organisation_id=organisation.id,
            role=request.role,
            valid_from=valid_from,
            valid_until=request.valid_until,
            granted_by=caller.user_id,
            moment=moment,
        )
        await record_act(
            office,
            caller,
            connection,
            "roleGrant",
            kind="RoleGrant",
            key=granted.id,
            moment=moment,
            details={
                "user": granted.user_id,
                "organisation": str(request.organisation),
                "role": request.role,
                "valid_from": str(valid_from),
                "valid_until": str(request.valid_until) if request.valid_until else None,
                "to_oneself": granted.user_id == caller.user_id,
            },
        )
        return granted

    return await unit_of_work(work)


async def revoke_role(office: Office, caller: Caller, grant_id: str) -> RoleGrantRow:
    """Take a role away, by the same right as giving it: no write that begins later rests on it.

    Raises `NotFound` for a grant that does not exist or that *caller* does not see; `GrantNotAllowed`; `WrongState`
    when it was revoked already; `RolesComeFromClaims`.
    """
    _refuse_without_effect(caller)
    moment = office.clock()
    sight = office.gate.scope(await office.policy.table(), caller, Action.READ_ROLES)

    async def work(connection: Connection) -> RoleGrantRow:
        grant = (await role_grants.role_grants_by_id(sight, [grant_id], connection)).get(grant_id)
        if grant is None:
            raise NotFound("RoleGrant")
        receiver = OnOrganisation(grant.organisation_id, grant.user_id)
        await office.gate.require_grant(caller, grant.role, receiver, connection)
        revoked = await role_grants.revoke(connection, grant.id, revoked_by=caller.user_id, moment=moment)
        if revoked is None:
            raise WrongState(found="REVOKED", expected="GRANTED")
        await record_act(
            office, caller, connection, "roleRevoke", kind="RoleGrant", key=grant.id, moment=moment, details={}
        )
        return revoked

    return await unit_of_work(work)


def _refuse_without_effect(caller: Caller) -> None:
    if caller.claimed_roles is not None:
        raise RolesComeFromClaims


def _roles_in(kind: object) -> str:
    return ", ".join(role for role, places in ROLE_PLACES.items() if kind in places)


def _day(grant: RoleGrantRow) -> str:
    return str(grant.valid_until) if grant.valid_until else "…"
