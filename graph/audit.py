"""The audit trail: who did or tried what, for whom, on what; for who audits, at the department."""

from datetime import datetime
from typing import Any, Self

import strawberry

from domain.errors import InvalidValue
from domain.vocabulary import Action
from filing.subjects import AtDepartment
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.guard import Scoped
from graph.nodes import key_of
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.rights import reached_by
from persistence.audit import Outcome
from persistence.audit_log import AuditWanted, audit_entries, count_audit_entries, details_of, moment_of
from persistence.models import AuditEntryRow
from persistence.pages import Page, PageRequest

strawberry.enum(Outcome, name="AuditOutcome", description="Whether it was done, or refused for want of a right.")


@reached_by(Action.READ_AUDIT)
@strawberry.type(description="One value that mattered.")
class AuditDetail:
    name: str = strawberry.field(description="What it is.")
    value: str | None = strawberry.field(description="The value as text; several with commas between.")

    @classmethod
    def of(cls, name: str, value: Any) -> Self:
        if isinstance(value, list):
            return cls(name=name, value=", ".join(str(one) for one in value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - read from JSON
        return cls(name=name, value=None if value is None else str(value))


@reached_by(Action.READ_AUDIT)
@strawberry.type(description="Something that was done or refused; entries are chained and never change.")
class AuditEntry:
    row: strawberry.Private[AuditEntryRow]
    sequence: int = strawberry.field(description="Its place in the chain, from 1, in the order of what was committed.")
    at: datetime = strawberry.field(description="When.")
    action: str = strawberry.field(description="The name of the mutation, or of what happened.")
    outcome: Outcome = strawberry.field(description="Done or refused.")
    object_kind: str = strawberry.field(description="The kind of thing that it was done with.")
    object_id: str | None = strawberry.field(description="Its key in the database; null when there was none.")
    policy_version: str = strawberry.field(description="`Policy.version` by which it was decided.")
    details: list[AuditDetail] = strawberry.field(description="Values that mattered, by name; no national numbers.")
    hash: str = strawberry.field(description="SHA-256 over the entry and the hash before it, hexadecimal.")

    @classmethod
    def from_row(cls, row: AuditEntryRow) -> Self:
        return cls(
            row=row,
            sequence=row.sequence,
            at=moment_of(row),
            action=row.action,
            outcome=Outcome(row.outcome),
            object_kind=row.object_kind,
            object_id=row.object_id,
            policy_version=row.policy_version,
            details=[AuditDetail.of(name, value) for name, value in sorted(details_of(row).items())],
            hash=row.hash,
        )

    @strawberry.field(description="The person; null when the program or the operator of the machine did it.")
    async def user(self, info: Info) -> User | None:
        return await user_with(info.context, self.row.user_id) if self.row.user_id else None

    @strawberry.field(description="The organisation that he acted for; null without a person.")
    async def organisation(self, info: Info) -> Organisation | None:
        return await organisation_with(info.context, self.row.organisation_id) if self.row.organisation_id else None


@strawberry.input(description="Narrows the audit trail; what is left out does not narrow.")
class AuditFilter:
    action: str | None = strawberry.field(default=None, description="Only this action, for example `mandateGrant`.")
    outcome: Outcome | None = strawberry.field(default=None, description="Only with this outcome.")
    since: datetime | None = strawberry.field(
        default=None, name="from", description="From this moment on, inclusive; with a time zone."
    )
    until: datetime | None = strawberry.field(
        default=None, description="Before this moment, exclusive; with a time zone."
    )
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this person, by his id.")

    def to_wanted(self) -> AuditWanted:
        """The same in the words of the database; raises `NotFound` for an id that is not a person's."""
        return AuditWanted(
            action=self.action,
            outcome=self.outcome,
            since=_zoned(self.since, "from"),
            until=_zoned(self.until, "until"),
            user_id=key_of(self.user_id, "User") if self.user_id else None,
        )


@strawberry.type
class AuditQueries:
    @strawberry.field(
        description="The audit trail, newest first; empty for who may not read it.",
        extensions=[Scoped(Action.READ_AUDIT)],
    )
    async def audit_log(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: AuditFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[AuditEntry]:
        wanted = filter.to_wanted() if filter else AuditWanted()
        request = PageRequest.read(int, first=first, after=after, last=last, before=before)
        if not await info.context.loaders.permits(AtDepartment(), Action.READ_AUDIT):
            nothing: Page[AuditEntryRow] = Page(items=(), cursors=(), has_next=False, has_previous=False)
            return connection_of(nothing, AuditEntry.from_row, _none)
        page = await audit_entries(wanted, request)
        return connection_of(page, AuditEntry.from_row, lambda: count_audit_entries(wanted))


async def _none() -> int:
    return 0


def _zoned(moment: datetime | None, field: str) -> datetime | None:
    """Raises `InvalidValue` for a moment without a zone, which could mean any of several."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidValue(field, found=moment.isoformat(), expected="a moment with a time zone")
    return moment
