"""What the database knows that helps to explain a decision; read only when there is something to explain."""

from datetime import datetime

from authz.explanation import Circumstances, MandateHeld
from domain.caller import Caller
from domain.months import Month, MonthPeriod
from domain.vocabulary import Mode
from filing.subjects import OnConvention, OnOrganisation, Subject
from persistence.database import Connection
from persistence.standing import (
    OrganisationPast,
    Position,
    convention_seen_from,
    past_of_organisation,
    position_of,
    roles_gone,
)


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
    is_admitted = position.is_admitted or not (isinstance(subject, OnConvention) and subject.mode is Mode.PRODUCTION)
    past = await past_behind(caller.organisation_id, position, is_admitted=is_admitted, connection=connection)
    if not isinstance(subject, OnConvention):
        return Circumstances(
            organisation_kind=position.kind,
            this_month=this_month,
            roles=position.roles,
            roles_gone=gone,
            is_own_organisation=isinstance(subject, OnOrganisation)
            and subject.organisation_id == caller.organisation_id,
            is_blocked=position.is_blocked,
            blocked_since=past.blocked_on,
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
        is_admitted=is_admitted,
        admission_gone_since=past.admission_gone_on,
        is_blocked=position.is_blocked,
        blocked_since=past.blocked_on,
        is_convention_blocked=seen.is_blocked,
        convention_blocked_since=seen.blocked_on,
    )


async def past_behind(
    organisation_id: str, position: Position, *, is_admitted: bool, connection: Connection | None
) -> OrganisationPast:
    """Since when a block, or a missing admission, stands in the way; asked only when one does."""
    if is_admitted and not position.is_blocked:
        return OrganisationPast()
    return await past_of_organisation(organisation_id, connection)
