"""Mandates: by which a promotor lets a social secretariat act under a convention; seen, given and taken back."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain.errors import InvalidValue
from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, Language, MandateLevel
from filing.mandates import GrantMandate, MandateOverlaps, SecretariatBlocked, grant_mandate, revoke_mandate
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Context, Info
from graph.guard import Intention, Scoped
from graph.nodes import Node, behind_door, key_of, opaque_id, reference_to
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
from persistence.mandates import MandateWanted, count_visible_mandates, visible_mandates
from persistence.models import MandateRow
from persistence.pages import LARGEST_PAGE, PageRequest

strawberry.enum(MandateLevel, description="How far a mandate reaches (niveau): SUBMIT includes UPLOAD.")


@reached_by(Action.READ_MANDATES)
@strawberry.type(description="The first mandate (mandaat, koppeling): a secretariat may act under a convention.")
class Mandate(Node):
    row: strawberry.Private[MandateRow]
    level: MandateLevel = strawberry.field(description="How far it reaches: SUBMIT (aanbieden) includes UPLOAD.")
    first_month: Month = strawberry.field(description="First month that it covers, inclusive.")
    last_month: Month | None = strawberry.field(description="Last month, inclusive; null while open-ended.")
    granted_at: datetime = strawberry.field(description="When it was given.")
    revoked_at: datetime | None = strawberry.field(description="When it was taken back; null while it was not.")

    @classmethod
    def from_row(cls, row: MandateRow) -> Self:
        return cls(
            id=opaque_id("Mandate", row.id),
            row=row,
            level=row.level,
            first_month=Month.parse(row.first_month),
            last_month=Month.parse(row.last_month) if row.last_month else None,
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
        )

    @strawberry.field(
        description="The convention that it is for; null when the caller may not see that.",
        graphql_type=reference_to("Convention", "graph.conventions"),
    )
    async def convention(self, info: Info) -> Node | None:
        return await behind_door(info.context, "Convention", self.row.convention_id)

    @strawberry.field(description="The social secretariat that may act (sociaal secretariaat).")
    async def secretariat(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.row.secretariat_id)

    @strawberry.field(description="The person who gave it, for the promotor.")
    async def granted_by(self, info: Info) -> User:
        return await user_with(info.context, self.row.granted_by)

    @strawberry.field(description="Whether it is not revoked and covers the present month, in Brussels.")
    def is_in_force(self, info: Info) -> bool:
        period = MonthPeriod(self.first_month, self.last_month)
        return self.revoked_at is None and period.covers(Month.at(info.context.office.clock()))


async def mandates_of_convention(context: Context, convention_id: str, request: PageRequest) -> Connection[Mandate]:
    """The mandates on one convention; the same page of many conventions is one query."""
    page = await context.loaders.mandates_of_conventions.load((convention_id, request))
    return connection_of(page, Mandate.from_row, lambda: context.loaders.mandate_counts.load(convention_id))


@strawberry.input(description="Narrows a list of mandates; what is left out does not narrow.")
class MandateFilter:
    convention_numbers: list[str] | None = strawberry.field(
        default=None, description="Only on conventions with these numbers, at most 200."
    )
    secretariat: EnterpriseNumber | None = strawberry.field(default=None, description="Only of this secretariat.")
    level: MandateLevel | None = strawberry.field(default=None, description="Only of exactly this level.")
    in_force_in: Month | None = strawberry.field(
        default=None, description="Only those that cover this month and are not revoked."
    )

    def to_wanted(self) -> MandateWanted:
        """The same in the words of the database; raises `InvalidValue` for too many numbers."""
        numbers = tuple(self.convention_numbers) if self.convention_numbers is not None else None
        if numbers is not None and len(numbers) > LARGEST_PAGE:
            raise InvalidValue("conventionNumbers", found=str(len(numbers)), expected=f"at most {LARGEST_PAGE}")
        return MandateWanted(
            convention_numbers=numbers, secretariat=self.secretariat, level=self.level, in_force_in=self.in_force_in
        )


@strawberry.input(description="A mandate to give.")
class MandateGrantInput:
    convention_number: str = strawberry.field(description="Number of a convention of the acting promotor.")
    secretariat: EnterpriseNumber = strawberry.field(description="The social secretariat that may act.")
    level: MandateLevel = strawberry.field(description="How far the mandate reaches.")
    first_month: Month = strawberry.field(description="First month, inclusive; not before the convention begins.")
    last_month: Month | None = strawberry.field(
        default=None, description="Last month, inclusive; left out or null: as long as the convention."
    )

    def to_request(self) -> GrantMandate:
        return GrantMandate(
            convention_number=self.convention_number,
            secretariat=self.secretariat,
            level=self.level,
            first_month=self.first_month,
            last_month=self.last_month,
        )


@strawberry.input(description="A mandate to take back.")
class MandateRevokeInput:
    mandate_id: strawberry.ID = strawberry.field(description="Its id.")


@public_type("tells the caller what he did")
@strawberry.type(description="The mandate was given.")
class MandateGranted:
    mandate: Mandate = strawberry.field(description="The new mandate.")


@public_type("tells the caller what he did")
@strawberry.type(description="The mandate was taken back; no write that begins later rests on it.")
class MandateRevoked:
    mandate: Mandate = strawberry.field(description="The mandate as it is now.")


@problem_for(MandateOverlaps)
@public_type(OWN_REQUEST)
@strawberry.type(description="The secretariat holds a mandate already that covers some of these months.")
class MandateOverlap(Problem):
    existing_id: strawberry.ID = strawberry.field(description="The id of the mandate in the way.")

    @classmethod
    def from_error(cls, error: MandateOverlaps, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), existing_id=opaque_id("Mandate", error.existing_id))

    @strawberry.field(description="The mandate in the way; null when the caller may not see it.")
    async def existing(self, info: Info) -> Mandate | None:
        row = await info.context.loaders.mandates.load(key_of(self.existing_id, "Mandate"))
        return Mandate.from_row(row) if row else None


@problem_for(SecretariatBlocked)
@public_type(OWN_REQUEST)
@strawberry.type(name="SecretariatBlocked", description="The secretariat is blocked and cannot get a mandate now.")
class SecretariatBlockedProblem(Problem):
    pass


MandateGrantPayload = Annotated[
    MandateGranted
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | MandateOverlap
    | SecretariatBlockedProblem,
    strawberry.union("MandateGrantPayload", description="The mandate, or why it was not given."),
]
MandateRevokePayload = Annotated[
    MandateRevoked | NotFoundProblem | NotAllowedProblem | WrongStateProblem,
    strawberry.union("MandateRevokePayload", description="The revoked mandate, or why it still stands."),
]


@strawberry.type
class MandateQueries:
    @strawberry.field(
        description="Mandates within sight, newest first, revoked ones included. A secretariat sees its own.",
        extensions=[Scoped(Action.READ_MANDATES)],
    )
    async def mandates(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: MandateFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[Mandate]:
        scope = info.context.scope(Action.READ_MANDATES)
        wanted = filter.to_wanted() if filter else MandateWanted()
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        page = await visible_mandates(scope, wanted, request)
        return connection_of(page, Mandate.from_row, lambda: count_visible_mandates(scope, wanted))


@strawberry.type
class MandateMutations:
    @strawberry.mutation(
        description="Let a social secretariat act under a convention (mandaat geven).",
        extensions=[Intention(Action.GRANT_MANDATE)],
    )
    async def mandate_grant(self, info: Info, input: MandateGrantInput) -> MandateGrantPayload:  # noqa: A002 - contract
        granted = await grant_mandate(info.context.office, info.context.caller, input.to_request())
        return MandateGranted(mandate=Mandate.from_row(granted))

    @strawberry.mutation(
        description="Take a mandate back (mandaat intrekken); it is never deleted.",
        extensions=[Intention(Action.REVOKE_MANDATE)],
    )
    async def mandate_revoke(self, info: Info, input: MandateRevokeInput) -> MandateRevokePayload:  # noqa: A002 - contract
        revoked = await revoke_mandate(info.context.office, info.context.caller, key_of(input.mandate_id, "Mandate"))
        return MandateRevoked(mandate=Mandate.from_row(revoked))
