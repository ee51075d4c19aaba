"""What the database knows that helps to explain a decision; read only when there is something to explain."""

from datetime import datetime

from authz.explanation import Circumstances, MandateHeld
from domain.caller import Caller
from domain.months import Month, MonthPeriod
from domain.vocabulary import Mode
from filing.subjects import OnConvention, OnOrganisation, Subject
from persistence.database import Connection
from persistence.standing import convention_seen_from, position_of, roles_gone


async def circumstances_of(
    caller: Caller, subject: Subject, moment: datetime, connection: Connection | None
) -> Circumstances:
    """How *caller* and his organisation stand to *subject* at *moment*."""
    position = await position_of(
        caller.user_id, caller.organisation_id, moment, connection, claimed=caller.claimed_roles
    )
    this_month = Month.at(moment)
    if position is None:
        return Circumstances(organisation_kind=caller.organisation_kind, this_month=this_month)
    # Roles that the token says have no history here.
    known = caller.claimed_roles is None
    gone = await roles_gone(caller.user_id, caller.organisation_id, moment, connection) if known else {}
    if not isinstance(subject, OnConvention):
        return Circumstances(
            organisation_kind=position.kind,
            this_month=this_month,
            roles=position.roles,
            roles_gone=gone,
            is_own_organisation=isinstance(subject, OnOrganisation)
            and subject.organisation_id == caller.organisation_id,
            is_blocked=position.is_blocked,
            is_self=isinstance(subject, OnOrganisation) and subject.user_id == caller.user_id,
        )
    seen = await convention_seen_from(subject.convention_id, caller.organisation_id, connection)
    return Circumstances(
        organisation_kind=position.kind,
        this_month=this_month,
        roles=position.roles,
        roles_gone=gone,
        month=subject.month,
        mandates=tuple(
            MandateHeld(mandate.level, MonthPeriod(mandate.first, mandate.last), mandate.revoked_on)
            for mandate in seen.mandates
        ),
        is_owner=seen.is_owner,
        is_admitted=position.is_admitted or subject.mode is not Mode.PRODUCTION,
        is_blocked=position.is_blocked,
        is_convention_blocked=seen.is_blocked,
    )
