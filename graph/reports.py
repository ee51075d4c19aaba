"""Reports: what checking a collective file said, whole and exact, with details up to a cap."""

from typing import Annotated, Self

import strawberry

from domain.findings import StageState
from domain.vocabulary import Severity, Verdict
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.findings import Finding
from graph.rights import public_type
from persistence.models import ReportRow
from persistence.pages import PageRequest
from persistence.reports import FindingsWanted

strawberry.enum(
    Verdict,
    description="VALID (geldig) only when every check ran and none found a FILE or BLOCKING fault; INVALID (ongeldig);"
    " NOT_FULLY_CHECKED (niet volledig nagekeken) is never valid.",
)
strawberry.enum(
    StageState,
    description="DONE; SKIPPED: an earlier stage ended the run; FAILED: it should have run and could not.",
)

OF_ITS_FILE = "shown only on a collective file, which came through its own door; no INSZ in it"


@public_type(OF_ITS_FILE)
@strawberry.type(description="One step of checking, and what became of it.")
class ReportStage:
    name: str = strawberry.field(description="envelope, well-formed, schema, rules, register or whole-file.")
    state: StageState = strawberry.field(description="What became of it.")
    seconds: float = strawberry.field(
        description="Processor time that it took in all processes together, in seconds: its cost, not how long anybody"
        " waited; for that see `receivedAt` and `finishedAt` of the file."
    )


@public_type(OF_ITS_FILE)
@strawberry.type(description="Exactly how many findings there are of one code, also beyond the cap on details.")
class FindingCount:
    code: str = strawberry.field(description="Number of the rule, or of the schema facet.")
    severity: Severity = strawberry.field(description="How grave they are.")
    count: int = strawberry.field(description="How many.")


@strawberry.input(description="Narrows the findings of a report; what is left out does not narrow.")
class FindingFilter:
    part_number: int | None = strawberry.field(default=None, description="Only of the part with this number.")
    severity: Severity | None = strawberry.field(default=None, description="Only of this severity.")
    code: str | None = strawberry.field(default=None, description="Only of this code, for example `N-401`.")

    def to_wanted(self) -> FindingsWanted:
        return FindingsWanted(part=self.part_number, severity=self.severity, code=self.code)


@public_type(OF_ITS_FILE)
@strawberry.type(description="The outcome of checking a collective file (verslag).")
class Report:
    row: strawberry.Private[ReportRow]
    verdict: Verdict = strawberry.field(description="What it comes to.")
    stages: list[ReportStage] = strawberry.field(description="Every step of checking, in order.")
    counts: list[FindingCount] = strawberry.field(description="Exact numbers of findings, the gravest first.")
    is_capped: bool = strawberry.field(description="Whether there are more findings than are kept in detail.")
    rule_set: str = strawberry.field(description="Version of the rules that were applied.")

    @classmethod
    def from_row(cls, row: ReportRow) -> Self:
        return cls(
            row=row,
            verdict=row.verdict,
            stages=[
                ReportStage(name=one["name"], state=StageState(one["state"]), seconds=one["seconds"])
                for one in row.stages
            ],
            counts=[
                FindingCount(code=one["code"], severity=Severity(one["severity"]), count=one["count"])
                for one in row.counts
            ],
            is_capped=row.is_capped,
            rule_set=row.rule_set,
        )

    @strawberry.field(description="The findings that are kept in detail, in the order of the file.")
    async def findings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[  # noqa: A002 - the name in the contract
            FindingFilter | None, strawberry.argument(description="Narrows them.")
        ] = None,
    ) -> Connection[Finding]:
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        wanted = filter.to_wanted() if filter else FindingsWanted()
        loaders, language = info.context.loaders.collective, info.context.language
        number: int = self.row.pk
        page = await loaders.findings.load((number, wanted, request))
        return connection_of(
            page,
            lambda finding: Finding.from_finding(finding, language),
            lambda: loaders.finding_counts.load((number, wanted)),
        )
