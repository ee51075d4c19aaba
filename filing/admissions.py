"""Admitting senders to production after they have tested, and suspending that."""

from dataclasses import dataclass
from datetime import date

from domain.caller import Caller
from domain.errors import DomainError, InvalidValue, NotFound, WrongState
from domain.identifiers import EnterpriseNumber
from domain.vocabulary import Action, OrganisationKind
from filing.acts import record_act
from filing.office import Office
from filing.subjects import AtDepartment
from persistence import admissions
from persistence.database import Connection
from persistence.models import AdmissionRow
from persistence.organisations import organisation_with_number
from persistence.unit_of_work import unit_of_work

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class GrantAdmission:
    """Who is admitted, from which day in Brussels on, and on which evidence, in words."""

    organisation: EnterpriseNumber
    admitted_from: date
    evidence: str


@dataclass(frozen=True, slots=True)
class SuspendAdmission:
    admission_id: str
    reason: str


class AlreadyAdmitted(DomainError):
    """The organisation has an admission that is not suspended."""

    code = "ALREADY_ADMITTED"

    def __init__(self, existing: AdmissionRow) -> None:
        super().__init__(path=("organisation",), admitted_from=existing.admitted_from)
        self.existing_id = existing.id


async def grant_admission(office: Office, caller: Caller, request: GrantAdmission) -> AdmissionRow:
    """Admit an organisation to production.

    Raises `InvalidValue` without evidence or for the department itself; `NotAllowed`; `NotFound` for an unknown
    organisation; `AlreadyAdmitted`.
    """
    evidence = _said(request.evidence, "evidence")
    moment = office.clock()

    async def work(connection: Connection) -> AdmissionRow:
        await office.gate.require_in_write(
            caller, Action.ADMIT, AtDepartment(), connection, thing="admission", seen_by=None
        )
        organisation = await organisation_with_number(request.organisation)
        if organisation is None:
            raise NotFound("organisation", path=("organisation",))
        if organisation.kind is OrganisationKind.DEPARTMENT:
            raise InvalidValue(
                "organisation", found=request.organisation, expected="a promotor or a social secretariat"
            )
        await admissions.hold_organisation(connection, organisation.id)
        existing = await admissions.unsuspended_admission(connection, organisation.id)
        if existing is not None:
            raise AlreadyAdmitted(existing)
        admitted = await admissions.add_admission(
            connection,
            organisation=organisation,
            admitted_from=request.admitted_from,
            evidence=evidence,
            admitted_by=caller.user_id,
            moment=moment,
        )
        await record_act(
            office,
            caller,
            connection,
            "admissionGrant",
            kind="Admission",
            key=admitted.id,
            moment=moment,
            details={"organisation": str(request.organisation), "admitted_from": str(request.admitted_from)},
        )
        return admitted

    return await unit_of_work(work)


async def suspend_admission(office: Office, caller: Caller, request: SuspendAdmission) -> AdmissionRow:
    """Suspend an admission: no upload to production that begins later rests on it.

    Raises `InvalidValue` without a reason; `NotAllowed`; `NotFound`; `WrongState` when it was suspended already.
    """
    reason = _said(request.reason, "reason")
    moment = office.clock()

    async def work(connection: Connection) -> AdmissionRow:
        await office.gate.require_in_write(
            caller, Action.ADMIT, AtDepartment(), connection, thing="admission", seen_by=None
        )
        admission = await admissions.admission_with_id(connection, request.admission_id)
        if admission is None:
            raise NotFound("Admission")
        await admissions.hold_organisation(connection, admission.organisation_id)
        suspended = await admissions.suspend(
            connection, admission.id, reason=reason, suspended_by=caller.user_id, moment=moment
        )
        if suspended is None:
            raise WrongState(found="SUSPENDED", expected="ADMITTED")
        await record_act(
            office,
            caller,
            connection,
            "admissionSuspend",
            kind="Admission",
            key=admission.id,
            moment=moment,
            details={"reason": reason},
        )
        return suspended

    return await unit_of_work(work)


def _said(text: str, field: str) -> str:
    """Words without the space around them; raises `InvalidValue` when there are none, too many, or a zero character."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST_TEXT or "\x00" in said:
        raise InvalidValue(field, found=f"{len(said)} characters", expected=f"1 to {LONGEST_TEXT} characters")
    return said
