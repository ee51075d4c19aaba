"""Collective files: what a sender uploaded, how far checking is, and what became of each of its parts."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

import strawberry

from domain.amounts import hundredths, tenths
from domain.catalogue import problem_message
from domain.months import Month
from domain.states import CollectiveFileState
from domain.vocabulary import Action, DeliveryStatus, PartOutcome
from filing.publishing import Unfinished
from filing.receipts import Receipt as SignedReceipt
from filing.sending import files_in_sight
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Context, Info
from graph.findings import Finding
from graph.guard import ForCaller
from graph.nodes import Node, behind_door, opaque_id, reference_to
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.reports import OF_ITS_FILE, Report
from graph.rights import public_type, reached_by
from graph.vocabulary import Mode, Programme
from persistence.collective_files import (
    CollectiveFilesWanted,
    FileSight,
    count_visible_collective_files,
    visible_collective_files,
)
from persistence.models import CollectiveFilePartRow, CollectiveFileRow
from persistence.pages import PageRequest

strawberry.enum(
    CollectiveFileState,
    description="RECEIVED (ontvangen), CHECKING (wordt nagekeken), PROCESSED (verwerkt), REJECTED (afgewezen: a fault"
    " of the file as a whole, nothing loaded), NOT_FULLY_CHECKED (niet volledig nagekeken: nothing loaded).",
)
strawberry.enum(
    PartOutcome,
    description="LOADED (geladen), LOADED_WITH_BLOCKING_FINDINGS (a draft that must be corrected before it can be"
    " submitted), NOT_LOADED (niet geladen). For a file that is only tested: what would happen.",
)
strawberry.enum(DeliveryStatus, description="Status aanlevering: NEW (1), REPLACED (2), DELETED (3).")
strawberry.enum(Unfinished, name="UnfinishedReason", description="Why a collective file was not fully checked.")


@public_type(OF_ITS_FILE)
@strawberry.type(
    description="A receipt (ontvangstbewijs) that anyone can verify with the published keys:"
    " an Ed25519 JWS with detached payload over exactly `content`."
)
class Receipt:
    content: str = strawberry.field(description="The signed text, canonical JSON.")
    signature: str = strawberry.field(description="The JWS, its payload left out: `header..signature`.")


@public_type(OF_ITS_FILE)
@strawberry.type(description="What a part adds up to (totalen), as the file gives it.")
class PartTotals:
    employees: int = strawberry.field(description="How many employees.")
    lines: int = strawberry.field(description="How many performance lines.")
    hours: Decimal = strawberry.field(description="Hours, two decimals.")
    days: Decimal = strawberry.field(description="Days, one decimal.")


@public_type(OF_ITS_FILE)
@strawberry.type(description="One part of a collective file (prestatiestaat): promotor × convention × month.")
class CollectiveFilePart:
    row: strawberry.Private[CollectiveFilePartRow]
    report_id: strawberry.Private[int | None]
    number: int = strawberry.field(description="Which part of the file, from 1.")
    promotor_number: str = strawberry.field(description="Enterprise number of the promotor, as the file gives it.")
    convention_number: str = strawberry.field(description="Number of the convention, as the file gives it.")
    month: Month = strawberry.field(description="The month of the performances.")
    programme: Programme = strawberry.field(description="The employment programme, as the file gives it.")
    reference: str | None = strawberry.field(description="What the sender calls it.")
    delivery_status: DeliveryStatus = strawberry.field(description="First delivery, replacement or deletion.")
    outcome: PartOutcome = strawberry.field(description="What became of it.")
    totals: PartTotals = strawberry.field(description="What it adds up to.")
    blocking: int = strawberry.field(description="How many of its findings are BLOCKING.")
    warnings: int = strawberry.field(description="How many of its findings are WARNING.")

    @classmethod
    def from_row(cls, row: CollectiveFilePartRow, report_id: int | None) -> Self:
        hours: int = getattr(row, "hours_hundredths")  # noqa: B009 - tortoise leaves its type open
        days: int = getattr(row, "days_tenths")  # noqa: B009 - see above
        return cls(
            row=row,
            report_id=report_id,
            number=row.number,
            promotor_number=row.promotor_number,
            convention_number=row.convention_number,
            month=Month.parse(row.month),
            programme=row.programme,
            reference=row.reference,
            delivery_status=row.delivery_status,
            outcome=row.outcome,
            totals=PartTotals(employees=row.employees, lines=row.lines, hours=hundredths(hours), days=tenths(days)),
            blocking=row.blocking,
            warnings=row.warnings,
        )

    @strawberry.field(
        description="The performance file that it was loaded into; null when it was not, or when the caller may not"
        " consult that.",
        graphql_type=reference_to("PerformanceFile", "graph.performance_files"),
    )
    async def performance_file(self, info: Info) -> Node | None:
        key = self.row.performance_file_id
        return await behind_door(info.context, "PerformanceFile", key) if key else None

    @strawberry.field(description="Its findings, in the order of the file.")
    async def findings(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Finding]:
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        loaders, language = info.context.loaders.performance, info.context.language
        described = (self.report_id or 0, self.number)
        page = await loaders.findings.load((described, request))
        return connection_of(
            page,
            lambda finding: Finding.from_finding(finding, language),
            lambda: loaders.finding_counts.load(described),
        )


@reached_by(Action.UPLOAD)
@strawberry.type(
    description="An uploaded file (collectief bestand), kept unchanged; it may hold many promotors, conventions and"
    " months. In sight of the organisation that sent it and of the department only."
)
class CollectiveFile(Node):
    row: strawberry.Private[CollectiveFileRow]
    report_id: strawberry.Private[int | None]
    state: CollectiveFileState = strawberry.field(description="How far it is.")
    mode: Mode = strawberry.field(description="Whether it was sent to production or to test.")
    checks_only: bool = strawberry.field(description="Whether it is only checked, and nothing of it ever loaded.")
    reference: str = strawberry.field(description="The sender's reference (bestandsreferentie), from the file.")
    file_name: str = strawberry.field(description="The name that it was uploaded under; a label only.")
    sha256: str = strawberry.field(description="SHA-256 of its bytes, 64 hexadecimal digits.")
    bytes: int = strawberry.field(description="How many bytes it has.")
    received_at: datetime = strawberry.field(description="When it was taken in.")
    finished_at: datetime | None = strawberry.field(description="When its outcome was published; null until then.")
    progress: int = strawberry.field(description="How much of it is checked, in whole percents.")
    unfinished_reason: Unfinished | None = strawberry.field(
        description="Why it was not fully checked; null unless its state is NOT_FULLY_CHECKED."
    )

    @classmethod
    def from_row(cls, row: CollectiveFileRow) -> Self:
        size: int = getattr(row, "size_bytes")  # noqa: B009 - tortoise leaves its type open
        checked: int = getattr(row, "progress_bytes")  # noqa: B009 - see above
        unfinished = row.state is CollectiveFileState.NOT_FULLY_CHECKED and row.stage
        return cls(
            id=opaque_id("CollectiveFile", row.id),
            row=row,
            report_id=getattr(row, "report_id"),  # noqa: B009 - see above
            state=row.state,
            mode=row.mode,
            checks_only=row.checks_only,
            reference=row.reference,
            file_name=row.file_name,
            sha256=row.sha256,
            bytes=size,
            received_at=row.received_at,
            finished_at=row.finished_at,
            progress=100 if row.state.is_final else checked * 100 // max(size, 1),
            unfinished_reason=Unfinished(row.stage) if unfinished else None,
        )

    @strawberry.field(description="The organisation that sent it (verzender).")
    async def sender(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.row.sender_id)

    @strawberry.field(description="The person who uploaded it.")
    async def uploaded_by(self, info: Info) -> User:
        return await user_with(info.context, self.row.uploaded_by)

    @strawberry.field(description="Why it was not fully checked, in the language of the request.")
    def unfinished_message(self, info: Info) -> str | None:
        if self.unfinished_reason is None:
            return None
        return problem_message(f"UNFINISHED_{self.unfinished_reason}", {}, info.context.language)

    @strawberry.field(description="The signed receipt, from the moment that the bytes were safe (ontvangstbewijs).")
    def receipt(self) -> Receipt:
        signed = SignedReceipt.parse(self.row.receipt)
        return Receipt(content=signed.content, signature=signed.signature)

    def _note_reading(self, context: Context) -> None:
        """What checking said of another organisation's file is shown: the audit trail will say so."""
        if self.row.sender_id != context.caller.organisation_id:
            context.readings.collective_files.add(self.row.id)

    @strawberry.field(description="What checking found; null until it has ended.")
    async def report(self, info: Info) -> Report | None:
        self._note_reading(info.context)
        row = await info.context.loaders.collective.reports.load(self.report_id) if self.report_id else None
        return Report.from_row(row) if row else None

    @strawberry.field(description="Its parts in the order of the file, with what became of each; none until checked.")
    async def parts(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        outcome: Annotated[PartOutcome | None, strawberry.argument(description="Only parts with this outcome.")] = None,
    ) -> Connection[CollectiveFilePart]:
        self._note_reading(info.context)
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        loaders = info.context.loaders.collective
        page = await loaders.parts.load((self.row.id, outcome, request))
        return connection_of(
            page,
            lambda row: CollectiveFilePart.from_row(row, self.report_id),
            lambda: loaders.part_counts.load((self.row.id, outcome)),
        )


async def collective_file_in_sight(context: Context, file_id: str) -> CollectiveFile | None:
    """The file with this id, read anew; none when it is not in the caller's sight."""
    files = context.loaders.collective.files
    files.clear_all()
    row = await files.load(file_id)
    return CollectiveFile.from_row(row) if row else None


@strawberry.input(description="Narrows a list of collective files; what is left out does not narrow.")
class CollectiveFileFilter:
    states: list[CollectiveFileState] | None = strawberry.field(default=None, description="Only in these states.")
    mode: Mode | None = strawberry.field(default=None, description="Only those sent to production, or to test.")
    reference: str | None = strawberry.field(default=None, description="Only with this file reference.")

    def to_wanted(self) -> CollectiveFilesWanted:
        states = None if self.states is None else tuple(dict.fromkeys(self.states))
        return CollectiveFilesWanted(states=states, mode=self.mode, reference=self.reference)


@strawberry.type
class CollectiveFileQueries:
    @strawberry.field(
        description="Collective files within sight, newest first: those of the own organisation for who may upload,"
        " all for the department.",
        extensions=[ForCaller("shows a sender the files of his own organisation, and the department all")],
    )
    async def collective_files(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: CollectiveFileFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[CollectiveFile]:
        known = info.context.known
        sight: FileSight = files_in_sight(known.caller, known.table)
        wanted = filter.to_wanted() if filter else CollectiveFilesWanted()
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        page = await visible_collective_files(sight, wanted, request)
        return connection_of(page, CollectiveFile.from_row, lambda: count_visible_collective_files(sight, wanted))
