"""Performance files: what was filed for a convention and a month, in every version, and what became of it."""

from datetime import datetime
from decimal import Decimal
from typing import Self

import strawberry

from domain.amounts import hundredths, ten_thousandths, tenths
from domain.months import Month
from domain.performance import Totals as DomainTotals
from domain.states import PerformanceFileState
from domain.vocabulary import Action, Happening, Source
from filing.file_actions import actions_open_for
from filing.subjects import OnConvention
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Context, Info
from graph.findings import Finding
from graph.guard import RequiresAsOwner, Scoped
from graph.nodes import Node, behind_door, opaque_id, reference_to
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.performance_lines import PerformanceLine, shown_line
from graph.rights import public_type, reached_by
from persistence.file_readings import Reading
from persistence.pages import PageRequest
from persistence.performance_files import FilesWanted, count_visible_performance_files, visible_performance_files
from persistence.performance_files import PerformanceFile as FiledPerformance
from persistence.revision_contents import Step

strawberry.enum(
    PerformanceFileState,
    description="Where a performance file stands: DRAFT (ontwerp), TESTED (getest), SUBMITTED (aangeboden), ACCEPTED"
    " (aanvaard), REFUSED (geweigerd), WITHDRAWN (ingetrokken). TESTED holds for one revision only.",
)
strawberry.enum(Source, description="Where the lines of a revision come from.")
strawberry.enum(Happening, description="What can happen to a performance file.")


@public_type("part of a performance file or report in sight; sums, no persons")
@strawberry.type(description="What the lines add up to (totalen).")
class Totals:
    employees: int = strawberry.field(description="How many employees.")
    lines: int = strawberry.field(description="How many performance lines.")
    hours: Decimal = strawberry.field(description="Hours, two decimals.")
    days: Decimal = strawberry.field(description="Days, one decimal.")
    full_time_equivalents: Decimal = strawberry.field(
        description="Full-time equivalents (VTE) of subsidised performances, four decimals."
    )

    @classmethod
    def from_totals(cls, totals: DomainTotals) -> Self:
        return cls(
            employees=totals.employees,
            lines=totals.lines,
            hours=hundredths(totals.hours_hundredths),
            days=tenths(totals.days_tenths),
            full_time_equivalents=ten_thousandths(totals.full_time_equivalents_ten_thousandths),
        )


@reached_by(Action.CONSULT)
@strawberry.type(description="One thing that happened to a performance file.")
class PerformanceFileStep:
    step: strawberry.Private[Step]
    what: Happening = strawberry.field(description="What happened.")
    revision: int = strawberry.field(description="The revision that it happened to, or that it made.")
    state: PerformanceFileState = strawberry.field(description="The state afterwards.")
    at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="The reason that was given with a decision.")

    @classmethod
    def from_step(cls, step: Step) -> Self:
        return cls(step=step, what=step.what, revision=step.revision, state=step.state, at=step.at, reason=step.reason)

    @strawberry.field(description="The person who did it.")
    async def person(self, info: Info) -> User:
        return await user_with(info.context, self.step.user_id)

    @strawberry.field(description="The organisation that he acted for.")
    async def organisation(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.step.organisation_id)


@reached_by(Action.CONSULT)
@strawberry.type(description="That someone of another organisation read a performance file (inzage), in one request.")
class PerformanceFileReading:
    reading: strawberry.Private[Reading]
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def from_reading(cls, reading: Reading) -> Self:
        return cls(reading=reading, at=reading.at)

    @strawberry.field(description="The person who read it; a program that asked for itself is named as one.")
    async def person(self, info: Info) -> User:
        return await user_with(info.context, self.reading.user_id)

    @strawberry.field(description="The organisation that he acted for.")
    async def organisation(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.reading.organisation_id)


@reached_by(Action.CONSULT)
@strawberry.type(
    description="What is filed for a convention and a month (prestatiebestand, prestatiestaat), in one version. The"
    " first version counts once accepted; a later one replaces it then and never adds to it."
)
class PerformanceFile(Node):
    file: strawberry.Private[FiledPerformance]
    month: Month = strawberry.field(description="The month of the performances.")
    version: int = strawberry.field(description="From 1; a correction of an accepted version is the next one.")
    revision: int = strawberry.field(description="Changes of this version, from 1; name it to change or to submit.")
    state: PerformanceFileState = strawberry.field(description="Where it stands.")
    source: Source = strawberry.field(description="Where the lines of the current revision come from.")
    totals: Totals = strawberry.field(description="What the lines of the current revision add up to.")
    created_at: datetime = strawberry.field(description="When this version began.")
    tested_at: datetime | None = strawberry.field(description="When the current revision was tested; null if not.")
    submitted_at: datetime | None = strawberry.field(description="When it was last submitted; null if never.")
    decided_at: datetime | None = strawberry.field(description="When the department last decided; null if not.")
    decision_reason: str | None = strawberry.field(description="The reason given with that decision.")

    @classmethod
    def shown(cls, file: FiledPerformance, context: Context) -> Self:
        """The file for an answer; when it is another organisation's, the answer will be in the audit trail."""
        if file.promotor.id != context.caller.organisation_id:
            context.readings.performance_files.add(file.id)
        return cls(
            id=opaque_id("PerformanceFile", file.id),
            file=file,
            month=file.month,
            version=file.version,
            revision=file.revision,
            state=file.state,
            source=file.current.source,
            totals=Totals.from_totals(file.current.totals),
            promotor=Organisation.from_row(file.promotor),
            created_at=file.created_at,
            tested_at=file.current.tested_at,
            submitted_at=file.submitted_at,
            decided_at=file.decided_at,
            decision_reason=file.decision_reason,
        )

    def subject(self) -> OnConvention:
        return OnConvention(self.file.convention_id, self.month)

    @strawberry.field(
        description="The convention that it is for; null when the caller may not see that itself.",
        graphql_type=reference_to("Convention", "graph.conventions"),
    )
    async def convention(self, info: Info) -> Node | None:
        return await behind_door(info.context, "Convention", self.file.convention_id)

    promotor: Organisation = strawberry.field(description="The organisation whose convention it is (promotor).")

    @strawberry.field(description="Lines of the current revision, in their order.")
    async def lines(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PerformanceLine]:
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        current = self.file.current
        page = await info.context.loaders.performance.lines.load((current.id, request))

        async def count() -> int:
            return current.totals.lines

        return connection_of(page, shown_line, count)

    @strawberry.field(
        description="What the latest check of the current revision found: its test, else the check of the uploaded"
        " file, narrowed to this part of it. Empty while it was never checked."
    )
    async def findings(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Finding]:
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        loaders, language = info.context.loaders.performance, info.context.language
        # A revision that was never checked is described by a report that does not exist: no report has number 0.
        described = (self.file.current.report_id or 0, self.file.current.report_part)
        page = await loaders.findings.load((described, request))
        return connection_of(
            page,
            lambda finding: Finding.from_finding(finding, language),
            lambda: loaders.finding_counts.load(described),
        )

    @strawberry.field(description="What happened to this version, oldest first.")
    async def history(self, info: Info) -> list[PerformanceFileStep]:
        steps = await info.context.loaders.performance.histories.load(self.file.id)
        return [PerformanceFileStep.from_step(step) for step in steps]

    @strawberry.field(
        description="Who of another organisation read it (inzage), newest first; for the promotor himself, null for"
        " others.",
        extensions=[RequiresAsOwner(Action.CONSULT)],
    )
    async def readings(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PerformanceFileReading] | None:
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        loaders = info.context.loaders.performance
        page = await loaders.readings.load((self.file.id, request))
        return connection_of(
            page, PerformanceFileReading.from_reading, lambda: loaders.reading_counts.load(self.file.id)
        )

    @strawberry.field(
        description="What the caller may do with it in its present state, in alphabetical order. Whoever may SUBMIT"
        " may withdraw it while it is submitted."
    )
    async def viewer_actions(self, info: Info) -> list[Action]:
        allowed = await info.context.loaders.actions(self.subject())
        return sorted(allowed & actions_open_for(self.file, info.context.caller.user_id))


async def performance_file_in_sight(context: Context, file_id: str) -> PerformanceFile | None:
    """The file with this id, read anew; none when the caller may not consult it."""
    files = context.loaders.performance.files
    files.clear_all()
    file = await files.load(file_id)
    return PerformanceFile.shown(file, context) if file else None


async def performance_files_of_convention(
    context: Context, convention_id: str, wanted: FilesWanted, request: PageRequest
) -> Connection[PerformanceFile]:
    """The performance files of one convention; the same page of many conventions is one query."""
    loaders = context.loaders.performance
    page = await loaders.of_conventions.load((convention_id, (wanted, request)))
    return connection_of(
        page,
        lambda file: PerformanceFile.shown(file, context),
        lambda: loaders.counts_of_conventions.load((convention_id, wanted)),
    )


@strawberry.input(description="Narrows a list of performance files; what is left out does not narrow.")
class PerformanceFileFilter:
    convention_number: str | None = strawberry.field(default=None, description="Only under this convention.")
    month: Month | None = strawberry.field(default=None, description="Only for this month.")
    state: PerformanceFileState | None = strawberry.field(default=None, description="Only in this state.")

    def to_wanted(self) -> FilesWanted:
        return FilesWanted(convention_number=self.convention_number, month=self.month, state=self.state)


@strawberry.input(description="Narrows the performance files of a convention; what is left out does not narrow.")
class PerformanceFileOfConventionFilter:
    month: Month | None = strawberry.field(default=None, description="Only for this month.")
    state: PerformanceFileState | None = strawberry.field(default=None, description="Only in this state.")

    def to_wanted(self) -> FilesWanted:
        return FilesWanted(month=self.month, state=self.state)


@strawberry.type
class PerformanceFileQueries:
    @strawberry.field(
        description="Performance files that the caller may consult, newest first.", extensions=[Scoped(Action.CONSULT)]
    )
    async def performance_files(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: PerformanceFileFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[PerformanceFile]:
        scope = info.context.scope(Action.CONSULT)
        wanted = filter.to_wanted() if filter else FilesWanted()
        page = await visible_performance_files(
            scope, wanted, PageRequest.read(first=first, after=after, last=last, before=before)
        )
        return connection_of(
            page,
            lambda file: PerformanceFile.shown(file, info.context),
            lambda: count_visible_performance_files(scope, wanted),
        )
