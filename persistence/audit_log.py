"""Reading the audit trail in pages, newest first; who may read it at all is decided before."""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from persistence.audit import Outcome
from persistence.database import as_moment, rows
from persistence.models import AuditEntryRow
from persistence.pages import Page, PageRequest
from persistence.scope import Predicate
from persistence.visible_pages import count_of, visible_page

_STEP: Final = 1000


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """What the trail is narrowed to; none means all. From *since*, inclusive, to before *until*."""

    action: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    user_id: str | None = None


async def audit_entries(wanted: AuditWanted, request: PageRequest) -> Page[AuditEntryRow]:
    """One page of entries, newest first; its keys are their sequences."""
    source, values = _source(wanted)
    return await visible_page(
        AuditEntryRow, source, values, alias="e", request=request, column="sequence", newest_first=True
    )


async def entries_in_order(wanted: AuditWanted) -> AsyncGenerator[Mapping[str, Any]]:
    """All entries, oldest first, with every column as it is hashed: enough to compute the chain anew elsewhere."""
    source, values = _source(wanted)
    sequence = 0
    while found := await rows(
        f"SELECT e.* {source} AND e.sequence > ? ORDER BY e.sequence LIMIT {_STEP}", [*values, sequence]
    ):
        for row in found:
            yield {
                **row,
                "at": as_moment(row["at"]).astimezone(UTC).isoformat(timespec="microseconds"),
                "details": json.loads(row["details"]),
            }
        sequence = found[-1]["sequence"]


async def count_audit_entries(wanted: AuditWanted) -> int:
    return await count_of(*_source(wanted))


def details_of(row: AuditEntryRow) -> Mapping[str, Any]:
    """The details as they were written: read in plain SQL they come as text."""
    found: Any = row.details
    return json.loads(found) if isinstance(found, str) else found


def moment_of(row: AuditEntryRow) -> datetime:
    found: Any = row.at
    return as_moment(found)


def _source(wanted: AuditWanted) -> Predicate:
    conditions = {
        "e.action = ?": wanted.action,
        "e.outcome = ?": wanted.outcome,
        "e.at >= ?": wanted.since,
        "e.at < ?": wanted.until,
        "e.user_id = ?": wanted.user_id,
    }
    asked = {sql: value for sql, value in conditions.items() if value is not None}
    return " AND ".join(["FROM audit_entry e WHERE 1 = 1", *asked]), list(asked.values())
