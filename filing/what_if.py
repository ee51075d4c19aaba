"""The same question for somebody else, another day, a draft policy, or with a role or mandate that is not there yet.

For the department's helpdesk and auditors only: it tells what another person may do.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from authz.explanation import Circumstances, MandateHeld, explain
from domain.caller import Caller
from domain.decisions import Decision
from domain.errors import InvalidValue, NotFound
from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, MandateLevel, Mode, Relation, Role
from filing.office import Office
from filing.policy_in_force import compile_policy, encoded
from filing.questions import RightAsked
from filing.subjects import AtDepartment
from persistence.conventions import convention_id_with_number
from persistence.organisations import organisation_with_number, users_by_id
from persistence.standing import (
    Asked,
    ConventionSeen,
    Position,
    convention_seen_from,
    position_of,
    relations_in,
    roles_gone,
)

_READERS = (Action.READ_ROLES, Action.READ_AUDIT)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Whom it is about, when, by which policy and with what beside what he has; none is as things are now.

    Another person needs the *organisation* that he acts for. *roles* and *mandate* are assumed to be there too.
    """

    user_id: str | None = None
    organisation: EnterpriseNumber | None = None
    moment: datetime | None = None
    policy: str | None = None
    roles: tuple[Role, ...] = ()
    mandate: MandateLevel | None = None


async def explain_what_if(office: Office, caller: Caller, asked: RightAsked, what_if: WhatIf) -> Decision:
    """The decision with its reason, as it would be.

    At another moment the periods of grants and mandates count as they are recorded now; what was revoked counts as
    never given. Raises `NotFound` for who may read neither roles nor the audit trail of everybody, and for a person or
    organisation that is not there; `InvalidValue`; `PolicyRefused` for a draft that is not acceptable.
    """
    await _require_reader(office, caller)
    organisation_id = caller.organisation_id
    if what_if.organisation is not None:
        organisation = await organisation_with_number(what_if.organisation)
        if organisation is None:
            raise NotFound("organisation")
        organisation_id = organisation.id
    elif what_if.user_id is not None and what_if.user_id != caller.user_id:
        raise InvalidValue("organisation", found="", expected="the organisation that the person acts for")
    user_id = what_if.user_id or caller.user_id
    if not await users_by_id([user_id]):
        raise NotFound("user")
    moment = what_if.moment or office.clock()
    position = await position_of(user_id, organisation_id, moment)
    if position is None:
        raise NotFound("organisation")
    if what_if.policy is not None:
        await office.gate.require(
            caller, Action.READ_POLICY, AtDepartment(), thing="policy", seen_by=Action.READ_POLICY
        )
        table = await compile_policy(encoded(what_if.policy), office.policy.model)
    else:
        table = await office.policy.table()
    seen = None
    if asked.convention_number is not None:
        convention_id = await convention_id_with_number(asked.convention_number)
        if convention_id is None:
            raise NotFound("convention")
        seen = await convention_seen_from(convention_id, organisation_id)
    gone = await roles_gone(user_id, organisation_id, moment)
    circumstances = replace(_circumstances(position, seen, asked, what_if, Month.at(moment)), roles_gone=gone)
    relations = _relations(position, seen, circumstances, asked)
    pairs = frozenset((role, relation) for role in circumstances.roles for relation in relations)
    return explain(table, pairs, asked.action, circumstances)


async def _require_reader(office: Office, caller: Caller) -> None:
    for action in _READERS:
        if await office.gate.permits(caller, action, AtDepartment()):
            return
    raise NotFound("user")


def _circumstances(
    position: Position, seen: ConventionSeen | None, asked: RightAsked, what_if: WhatIf, this_month: Month
) -> Circumstances:
    mandates = (
        [MandateHeld(one.level, MonthPeriod(one.first, one.last), one.revoked_on) for one in seen.mandates]
        if seen
        else []
    )
    if what_if.mandate is not None:
        mandates.append(MandateHeld(what_if.mandate, MonthPeriod(asked.month or this_month, None)))
    return Circumstances(
        organisation_kind=position.kind,
        this_month=this_month,
        roles=position.roles | set(what_if.roles),
        month=asked.month,
        mandates=tuple(mandates),
        is_owner=seen.is_owner if seen else False,
        is_own_organisation=seen is None,
        is_admitted=position.is_admitted or asked.mode is not Mode.PRODUCTION,
        is_blocked=position.is_blocked,
        is_convention_blocked=seen.is_blocked if seen else False,
    )


def _relations(
    position: Position, seen: ConventionSeen | None, known: Circumstances, asked: RightAsked
) -> list[Relation]:
    levels = [
        2 if one.level is MandateLevel.SUBMIT else 1
        for one in known.mandates
        if not one.is_revoked
        and (one.period.covers(asked.month) if asked.month else one.period.first <= known.this_month)
    ]
    facts = {
        "is_owner": known.is_owner,
        "level": max(levels, default=None),
        "kind": position.kind,
        "is_blocked": known.is_blocked,
        "convention_blocked": known.is_convention_blocked,
        "is_admitted": position.is_admitted,
    }
    relations = relations_in(facts, Asked("", asked.month, asked.mode is Mode.PRODUCTION))
    return relations if seen else [*relations, Relation.OWN_ORGANISATION]
