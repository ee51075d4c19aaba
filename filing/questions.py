"""Questions about rights: may I do this, and if not, what is missing; who may do this on a convention."""

from dataclasses import dataclass

from authz.decision_table import DecisionTable
from domain.caller import Caller
from domain.decisions import Decision
from domain.errors import InvalidValue
from domain.months import Month
from domain.vocabulary import Action, Mode, OrganisationKind, Relation, Role
from filing.office import Office
from filing.subjects import OnConvention, OnOrganisation
from persistence.conventions import convention_id_with_number
from persistence.grantees import Stakeholder, stakeholders_of
from persistence.standing import convention_seen_from

_NOWHERE = ""
"""The id of no convention: on it nobody holds anything."""

_ON_CONVENTIONS = frozenset({Relation.OWNER, Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT})


@dataclass(frozen=True, slots=True)
class RightAsked:
    """May I do *action*: on a convention, in a *month*, to production or to test; or, without one, here at all."""

    action: Action
    convention_number: str | None = None
    month: Month | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Grantee:
    """A person who may do what was asked, for which organisation, and by which of his roles there."""

    user_id: str
    organisation_id: str
    roles: tuple[Role, ...]


async def explain_right(office: Office, caller: Caller, asked: RightAsked) -> Decision:
    """The decision with its reason.

    A convention that *caller* does not see, and with which his organisation has nothing to do, answers as one that
    does not exist; but an employee of its promotor or of a mandated secretariat learns which role he lacks. Raises
    `InvalidValue` when the answer depends on the convention and none was given.
    """
    if asked.convention_number is None:
        return await _explain_here(office, caller, asked.action)
    found = await convention_id_with_number(asked.convention_number)
    convention_id = found or _NOWHERE
    seen = await convention_seen_from(convention_id, caller.organisation_id)
    is_in_sight = (
        seen.is_owner
        or any(not mandate.is_revoked for mandate in seen.mandates)
        or await office.gate.permits(caller, Action.READ_CONVENTION, OnConvention(convention_id))
    )
    subject = OnConvention(convention_id if is_in_sight else _NOWHERE, asked.month, asked.mode)
    return await office.gate.decide(caller, asked.action, subject)


async def who_can(office: Office, caller: Caller, action: Action, convention_number: str) -> list[Grantee]:
    """Everybody who may do *action* on the convention now, by organisation and name; nobody else's people.

    None for who may not read the convention and its mandates, as for a convention that does not exist. A secretariat,
    which sees there only its own mandates, does not learn of the people of another one. Who does not see the convention
    himself can do nothing on it.
    """
    convention_id = await convention_id_with_number(convention_number) or _NOWHERE
    table, held = await office.gate.pairs_on(caller, [OnConvention(convention_id)])
    pairs = held[0]
    if not (table.permits(pairs, Action.READ_CONVENTION) and table.permits(pairs, Action.READ_MANDATES)):
        return []
    not_by_mandate = [
        pair for pair in pairs if pair[1] not in (Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT)
    ]
    sees_all_mandates = table.permits(not_by_mandate, Action.READ_MANDATES)
    return [
        Grantee(one.user_id, one.organisation_id, _roles_for(table, one, action))
        for one in await stakeholders_of(convention_id, office.clock())
        if table.permits(one.pairs, action)
        and table.permits(one.pairs, Action.READ_CONVENTION)
        and (
            sees_all_mandates
            or one.organisation_kind is not OrganisationKind.SECRETARIAT
            or one.organisation_id == caller.organisation_id
        )
    ]


async def _explain_here(office: Office, caller: Caller, action: Action) -> Decision:
    """The decision on what belongs to the caller's own organisation, or to the department when that is his."""
    decision = await office.gate.decide(caller, action, OnOrganisation(caller.organisation_id))
    if decision.allowed:
        return decision
    table = await office.policy.table()
    if any(relation in _ON_CONVENTIONS for _, relation in table.granting_pairs(action)):
        raise InvalidValue("conventionNumber", found="", expected="the number of a convention")
    return decision


def _roles_for(table: DecisionTable, one: Stakeholder, action: Action) -> tuple[Role, ...]:
    granting = table.granting_pairs(action)
    return tuple(sorted({role for role, relation in one.pairs if (role, relation) in granting}))
