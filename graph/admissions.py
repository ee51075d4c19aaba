"""Admissions: since when an organisation may send files to production, by whose decision and on which evidence."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from domain.identifiers import EnterpriseNumber
from domain.months import day_in_brussels
from domain.vocabulary import Action, Language
from filing.admissions import AlreadyAdmitted, GrantAdmission, SuspendAdmission, grant_admission, suspend_admission
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.guard import Intention, Scoped
from graph.nodes import Node, key_of, opaque_id
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.problems import (
    OWN_REQUEST,
    InvalidInputProblem,
    NotAllowedProblem,
    NotFoundProblem,
    Problem,
    WrongStateProblem,
    problem_fields,
    problem_for,
)
from graph.rights import public_type, reached_by
from persistence.admissions import AdmissionWanted, count_visible_admissions, visible_admissions
from persistence.models import AdmissionRow
from persistence.pages import PageRequest


@reached_by(Action.READ_QUALITY)
@strawberry.type(description="An organisation may send files to production (toelating tot productie).")
class Admission(Node):
    row: strawberry.Private[AdmissionRow]
    admitted_from: date = strawberry.field(description="First day, inclusive, in Brussels.")
    evidence: str = strawberry.field(description="On which the helpdesk decided, at most 2000 characters.")
    admitted_at: datetime = strawberry.field(description="When it was decided.")
    suspended_at: datetime | None = strawberry.field(description="When it was suspended; null while it was not.")
    suspension_reason: str | None = strawberry.field(description="Why it was suspended; null while it was not.")

    @classmethod
    def from_row(cls, row: AdmissionRow) -> Self:
        return cls(
            id=opaque_id("Admission", row.id),
            row=row,
            admitted_from=row.admitted_from,
            evidence=row.evidence,
            admitted_at=row.admitted_at,
            suspended_at=row.suspended_at,
            suspension_reason=row.suspension_reason,
        )

    @strawberry.field(description="The organisation that is admitted.")
    async def organisation(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.row.organisation_id)

    @strawberry.field(description="The person who decided it.")
    async def admitted_by(self, info: Info) -> User:
        return await user_with(info.context, self.row.admitted_by)

    @strawberry.field(description="Whether it is not suspended and its first day has come, in Brussels.")
    def is_in_force(self, info: Info) -> bool:
        return self.suspended_at is None and self.admitted_from <= day_in_brussels(info.context.office.clock())


@strawberry.input(description="Narrows a list of admissions; what is left out does not narrow.")
class AdmissionFilter:
    organisation: EnterpriseNumber | None = strawberry.field(default=None, description="Only of this organisation.")
    is_suspended: bool | None = strawberry.field(default=None, description="Only suspended ones, or only the others.")

    def to_wanted(self) -> AdmissionWanted:
        return AdmissionWanted(organisation=self.organisation, is_suspended=self.is_suspended)


@strawberry.input(description="An organisation to admit to production.")
class AdmissionGrantInput:
    organisation: EnterpriseNumber = strawberry.field(description="A promotor or a social secretariat.")
    admitted_from: date = strawberry.field(description="First day, inclusive, in Brussels.")
    evidence: str = strawberry.field(description="What its test files showed, 1 to 2000 characters.")

    def to_request(self) -> GrantAdmission:
        return GrantAdmission(organisation=self.organisation, admitted_from=self.admitted_from, evidence=self.evidence)


@strawberry.input(description="An admission to suspend.")
class AdmissionSuspendInput:
    admission_id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why, for the organisation to read, 1 to 2000 characters.")

    def to_request(self) -> SuspendAdmission:
        return SuspendAdmission(admission_id=key_of(self.admission_id, "Admission"), reason=self.reason)


@public_type("tells the caller what he did")
@strawberry.type(description="The organisation was admitted to production.")
class AdmissionGranted:
    admission: Admission = strawberry.field(description="The new admission.")


@public_type("tells the caller what he did")
@strawberry.type(description="The admission was suspended; no upload to production that begins later rests on it.")
class AdmissionSuspended:
    admission: Admission = strawberry.field(description="The admission as it is now.")


@problem_for(AlreadyAdmitted)
@public_type(OWN_REQUEST)
@strawberry.type(name="AlreadyAdmitted", description="The organisation has an admission that is not suspended.")
class AlreadyAdmittedProblem(Problem):
    existing_id: strawberry.ID = strawberry.field(description="The id of that admission.")

    @classmethod
    def from_error(cls, error: AlreadyAdmitted, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), existing_id=opaque_id("Admission", error.existing_id))


AdmissionGrantPayload = Annotated[
    AdmissionGranted | NotFoundProblem | NotAllowedProblem | InvalidInputProblem | AlreadyAdmittedProblem,
    strawberry.union("AdmissionGrantPayload", description="The admission, or why it was not given."),
]
AdmissionSuspendPayload = Annotated[
    AdmissionSuspended | NotFoundProblem | NotAllowedProblem | InvalidInputProblem | WrongStateProblem,
    strawberry.union("AdmissionSuspendPayload", description="The suspended admission, or why it still stands."),
]


@strawberry.type
class AdmissionQueries:
    @strawberry.field(
        description="Admissions within sight, newest first, suspended ones included.",
        extensions=[Scoped(Action.READ_QUALITY)],
    )
    async def admissions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: AdmissionFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[Admission]:
        scope = info.context.scope(Action.READ_QUALITY)
        wanted = filter.to_wanted() if filter else AdmissionWanted()
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        page = await visible_admissions(scope, wanted, request)
        return connection_of(page, Admission.from_row, lambda: count_visible_admissions(scope, wanted))


@strawberry.type
class AdmissionMutations:
    @strawberry.mutation(
        description="Admit an organisation to production (toelaten tot productie).",
        extensions=[Intention(Action.ADMIT)],
    )
    async def admission_grant(self, info: Info, input: AdmissionGrantInput) -> AdmissionGrantPayload:  # noqa: A002 - contract
        admitted = await grant_admission(info.context.office, info.context.caller, input.to_request())
        return AdmissionGranted(admission=Admission.from_row(admitted))

    @strawberry.mutation(
        description="Suspend an admission (toelating schorsen); it is never deleted.",
        extensions=[Intention(Action.ADMIT)],
    )
    async def admission_suspend(self, info: Info, input: AdmissionSuspendInput) -> AdmissionSuspendPayload:  # noqa: A002 - contract
        suspended = await suspend_admission(info.context.office, info.context.caller, input.to_request())
        return AdmissionSuspended(admission=Admission.from_row(suspended))
