"""The first mandate: a promotor lets a social secretariat act under a convention of his, and takes it back."""

from dataclasses import dataclass

from domain.caller import Caller
from domain.errors import DomainError, InvalidValue, NotFound, WrongState
from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, MandateLevel, OrganisationKind
from filing.acts import record_act
from filing.office import Office
from filing.subjects import OnConvention
from persistence import mandates
from persistence.database import Connection
from persistence.models import ConventionRow, MandateRow, OrganisationRow
from persistence.organisations import organisation_with_number
from persistence.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class GrantMandate:
    """What a promotor asks for; both months included, no last month reaches for ever."""

    convention_number: str
    secretariat: EnterpriseNumber
    level: MandateLevel
    first_month: Month
    last_month: Month | None


class MandateOverlaps(DomainError):
    """An unrevoked mandate of the same secretariat on the same convention covers some of these months already."""

    code = "MANDATE_OVERLAPS"

    def __init__(self, existing: MandateRow) -> None:
        period = f"{existing.first_month} – {existing.last_month or '…'}"
        super().__init__(path=("firstMonth",), period=period)
        self.existing_id = existing.id


class SecretariatBlocked(DomainError):
    """The secretariat that would get the mandate may not file anything."""

    code = "SECRETARIAT_BLOCKED"

    def __init__(self, secretariat: EnterpriseNumber) -> None:
        super().__init__(path=("secretariat",), secretariat=secretariat)


async def grant_mandate(office: Office, caller: Caller, request: GrantMandate) -> MandateRow:
    """Give the mandate, from this moment on.

    Raises `NotFound` for a convention that does not exist or that *caller* does not see, and for an unknown
    secretariat; `NotAllowed`; `InvalidValue` for months in the wrong order or outside the convention's, and for a
    receiver that is not a secretariat; `SecretariatBlocked`; `MandateOverlaps`.
    """
    period = MonthPeriod(request.first_month, request.last_month)
    moment = office.clock()

    async def work(connection: Connection) -> MandateRow:
        convention = await mandates.convention_to_mandate(connection, request.convention_number)
        await office.gate.require_in_write(
            caller,
            Action.GRANT_MANDATE,
            # A number that nobody has stands for a convention on which nobody holds anything.
            OnConvention(convention.id if convention else ""),
            connection,
            thing="convention",
            seen_by=Action.READ_CONVENTION,
        )
        if convention is None:
            raise NotFound("convention")
        receiver = await _receiver(request.secretariat, convention)
        _check_months(period, convention)
        existing = await mandates.overlapping_mandate(connection, convention.id, receiver.id, period)
        if existing is not None:
            raise MandateOverlaps(existing)
        granted = await mandates.add_mandate(
            connection,
            convention_id=convention.id,
            secretariat_id=receiver.id,
            level=request.level,
            period=period,
            granted_by=caller.user_id,
            moment=moment,
        )
        await record_act(
            office,
            caller,
            connection,
            "mandateGrant",
            kind="Mandate",
            key=granted.id,
            moment=moment,
            details={
                "convention": convention.number,
                "secretariat": str(request.secretariat),
                "level": request.level,
                "first_month": granted.first_month,
                "last_month": granted.last_month,
            },
        )
        return granted

    return await unit_of_work(work)


async def revoke_mandate(office: Office, caller: Caller, mandate_id: str) -> MandateRow:
    """Take a mandate back: no write that begins later rests on it.

    Raises `NotFound` for a mandate that does not exist or that *caller* does not see; `NotAllowed`; `WrongState` when
    it was revoked already.
    """
    moment = office.clock()
    sight = office.gate.scope(await office.policy.table(), caller, Action.READ_MANDATES)

    async def work(connection: Connection) -> MandateRow:
        mandate = (await mandates.mandates_by_id(sight, [mandate_id], connection)).get(mandate_id)
        if mandate is None:
            raise NotFound("Mandate")
        await office.gate.require_in_write(
            caller,
            Action.REVOKE_MANDATE,
            OnConvention(mandate.convention_id),
            connection,
            thing="Mandate",
            seen_by=Action.READ_MANDATES,
        )
        revoked = await mandates.revoke(connection, mandate.id, revoked_by=caller.user_id, moment=moment)
        if revoked is None:
            raise WrongState(found="REVOKED", expected="GRANTED")
        await record_act(
            office, caller, connection, "mandateRevoke", kind="Mandate", key=mandate.id, moment=moment, details={}
        )
        return revoked

    return await unit_of_work(work)


async def _receiver(number: EnterpriseNumber, convention: ConventionRow) -> OrganisationRow:
    receiver = await organisation_with_number(number)
    if receiver is None:
        raise NotFound("organisation", path=("secretariat",))
    if receiver.id == convention.promotor_id or receiver.kind is not OrganisationKind.SECRETARIAT:
        raise InvalidValue("secretariat", found=number, expected="the enterprise number of a social secretariat")
    if receiver.blocked_since is not None:
        raise SecretariatBlocked(number)
    return receiver


def _check_months(period: MonthPeriod, convention: ConventionRow) -> None:
    """The months of a mandate lie within those of its convention; an open end ends with the convention."""
    first, last = convention.valid_from_month, convention.valid_until_month
    expected = f"{first} – {last or '…'}"
    if str(period.first) < first or (last is not None and str(period.first) > last):
        raise InvalidValue("firstMonth", found=str(period.first), expected=expected)
    if last is not None and period.last is not None and str(period.last) > last:
        raise InvalidValue("lastMonth", found=str(period.last), expected=expected)
