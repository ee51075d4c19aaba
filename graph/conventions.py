"""Conventions: the agreements under which performances are delivered, and the way to everything that hangs on them."""

from decimal import Decimal
from typing import Annotated

import strawberry

from domain.amounts import hundredths
from domain.errors import InvalidValue
from domain.months import Month
from domain.vocabulary import Action
from filing.subjects import OnConvention
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.financial_reports import FinancialReport
from graph.guard import Requires, Scoped
from graph.mandates import Mandate, mandates_of_convention
from graph.nodes import Node, opaque_id
from graph.organisations import Organisation
from graph.performance_files import PerformanceFile, PerformanceFileOfConventionFilter, performance_files_of_convention
from graph.rights import reached_by
from graph.vocabulary import Programme
from persistence.conventions import (
    ConventionWanted,
    convention_by_number,
    count_visible_conventions,
    visible_conventions,
)
from persistence.models import ConventionRow
from persistence.pages import LARGEST_PAGE, PageRequest
from persistence.performance_files import FilesWanted


@reached_by(Action.READ_CONVENTION)
@strawberry.type(description="An agreement under which performances are delivered (conventie).")
class Convention(Node):
    row: strawberry.Private[ConventionRow]
    number: str = strawberry.field(description="Its number, at most 20 characters; not to be taken apart.")
    programme: Programme = strawberry.field(description="The employment programme that it belongs to.")
    valid_from: Month = strawberry.field(description="First month that it holds, inclusive.")
    valid_until: Month | None = strawberry.field(description="Last month, inclusive; null while open-ended.")
    approved_full_time_equivalents: Decimal = strawberry.field(
        description="Approved contingent (VTE), full-time equivalents with two decimals."
    )

    @classmethod
    def from_row(cls, row: ConventionRow) -> "Convention":
        return cls(
            id=opaque_id("Convention", row.id),
            row=row,
            number=row.number,
            programme=row.programme,
            valid_from=Month.parse(row.valid_from_month),
            valid_until=Month.parse(row.valid_until_month) if row.valid_until_month else None,
            approved_full_time_equivalents=hundredths(row.approved_full_time_equivalents_hundredths),
        )

    def subject(self) -> OnConvention:
        return OnConvention(self.row.id)

    @strawberry.field(description="The organisation whose convention it is (promotor).")
    async def promotor(self, info: Info) -> Organisation:
        row = await info.context.loaders.organisations.load(self.row.promotor_id)
        if row is None:
            raise LookupError(f"convention {self.row.id} has no promotor")
        return Organisation.from_row(row)

    @strawberry.field(
        description="Mandates on it, newest first, revoked ones included; a secretariat sees its own."
        " Null when the caller may not see mandates on it.",
        extensions=[Requires(Action.READ_MANDATES)],
    )
    async def mandates(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Mandate] | None:
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        return await mandates_of_convention(info.context, self.row.id, request)

    @strawberry.field(
        description="Its performance files that the caller may consult, newest first, one for each version of a month.",
        extensions=[Scoped(Action.CONSULT)],
    )
    async def performance_files(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: PerformanceFileOfConventionFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[PerformanceFile]:
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        wanted = filter.to_wanted() if filter else FilesWanted()
        return await performance_files_of_convention(info.context, self.row.id, wanted, request)

    @strawberry.field(
        description="What its accepted months are worth, newest month first; null when the caller may not know.",
        extensions=[Requires(Action.READ_FINANCIAL_REPORTS)],
    )
    async def financial_reports(
        self,
        info: Info,
        year: Annotated[
            int | None,
            strawberry.argument(description="Only months of this year, 2000 to 2099; else the latest twelve."),
        ] = None,
    ) -> list[FinancialReport] | None:
        if year is not None and not 2000 <= year <= 2099:
            raise InvalidValue("year", found=str(year), expected="2000 to 2099")
        reports = await info.context.loaders.performance.financial_reports.load((self.row.id, year))
        return [FinancialReport.from_report(report) for report in reports]

    @strawberry.field(
        description="What the caller may do with it, for a month when one is given, in alphabetical order."
    )
    async def viewer_actions(self, info: Info, month: Month | None = None) -> list[Action]:
        return sorted(await info.context.loaders.actions(OnConvention(self.row.id, month)))


@strawberry.input(description="Narrows a list of conventions; what is left out does not narrow.")
class ConventionFilter:
    numbers: list[str] | None = strawberry.field(default=None, description="Only these numbers, at most 200.")
    programme: Programme | None = strawberry.field(default=None, description="Only of this programme.")
    valid_in: Month | None = strawberry.field(default=None, description="Only those that hold in this month.")

    def to_wanted(self) -> ConventionWanted:
        """The same in the words of the database; raises `InvalidValue` for too many numbers."""
        numbers = tuple(self.numbers) if self.numbers is not None else None
        if numbers is not None and len(numbers) > LARGEST_PAGE:
            raise InvalidValue("numbers", found=str(len(numbers)), expected=f"at most {LARGEST_PAGE}")
        return ConventionWanted(numbers=numbers, programme=self.programme, valid_in=self.valid_in)


@strawberry.type
class ConventionQueries:
    @strawberry.field(
        description="The convention with this number; null when there is none within sight.",
        extensions=[Scoped(Action.READ_CONVENTION)],
    )
    async def convention(
        self, info: Info, number: Annotated[str, strawberry.argument(description="Its number.")]
    ) -> Convention | None:
        row = await convention_by_number(info.context.scope(Action.READ_CONVENTION), number)
        return Convention.from_row(row) if row else None

    @strawberry.field(
        description="Conventions within sight, oldest first.", extensions=[Scoped(Action.READ_CONVENTION)]
    )
    async def conventions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: ConventionFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[Convention]:
        scope = info.context.scope(Action.READ_CONVENTION)
        wanted = filter.to_wanted() if filter else ConventionWanted()
        page = await visible_conventions(
            scope, wanted, PageRequest.read(first=first, after=after, last=last, before=before)
        )
        return connection_of(page, Convention.from_row, lambda: count_visible_conventions(scope, wanted))
