"""Admissions to production: as a caller sees them, and as the helpdesk gives and suspends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from uuid_utils.compat import uuid7

from domain.identifiers import EnterpriseNumber
from persistence.database import Connection, rows
from persistence.models import AdmissionRow, OrganisationRow
from persistence.pages import Page, PageRequest
from persistence.placeholders import a_list
from persistence.scope import Predicate, Scope
from persistence.visible_pages import count_of, visible_page


@dataclass(frozen=True, slots=True)
class AdmissionWanted:
    """What a list is narrowed to; none means all."""

    organisation: EnterpriseNumber | None = None
    is_suspended: bool | None = None


async def visible_admissions(scope: Scope, wanted: AdmissionWanted, request: PageRequest) -> Page[AdmissionRow]:
    """Admissions within *scope*, newest first, suspended ones included."""
    source, values = _source(scope, wanted)
    return await visible_page(AdmissionRow, source, values, alias="a", request=request, newest_first=True)


async def count_visible_admissions(scope: Scope, wanted: AdmissionWanted) -> int:
    return await count_of(*_source(scope, wanted))


async def admissions_by_id(scope: Scope, ids: Sequence[str]) -> Mapping[str, AdmissionRow]:
    """Those of *ids* that lie within *scope*."""
    source, values = _source(scope, AdmissionWanted())
    found = await rows(f"SELECT a.* {source} AND a.id IN {a_list(len(ids))}", [*values, *ids])
    return {row["id"]: AdmissionRow(**row) for row in found}


async def admission_with_id(connection: Connection, admission_id: str) -> AdmissionRow | None:
    found = await rows("SELECT * FROM admission WHERE id = ?", [admission_id], connection)
    return AdmissionRow(**found[0]) if found else None


async def hold_organisation(connection: Connection, organisation_id: str) -> None:
    """Let this transaction alone change the admission of the organisation until it ends.

    Every write holds the organisation that it acts for, so this also waits for those that rest on the admission.
    """
    if connection.locks_rows:
        await rows("SELECT 1 FROM organisation WHERE id = ? FOR NO KEY UPDATE", [organisation_id], connection)


async def unsuspended_admission(connection: Connection, organisation_id: str) -> AdmissionRow | None:
    """The admission that holds, or will hold from its day; oldest when there are more."""
    found = await rows(
        "SELECT * FROM admission WHERE organisation_id = ? AND suspended_at IS NULL ORDER BY id LIMIT 1",
        [organisation_id],
        connection,
    )
    return AdmissionRow(**found[0]) if found else None


async def add_admission(
    connection: Connection,
    *,
    organisation: OrganisationRow,
    admitted_from: date,
    evidence: str,
    admitted_by: str,
    moment: datetime,
) -> AdmissionRow:
    return await AdmissionRow.create(
        using_db=connection.client,
        id=str(uuid7()),
        organisation_id=organisation.id,
        admitted_from=admitted_from,
        evidence=evidence,
        admitted_by=admitted_by,
        admitted_at=moment,
    )


async def suspend(
    connection: Connection, admission_id: str, *, reason: str, suspended_by: str, moment: datetime
) -> AdmissionRow | None:
    """Suspend from now on; none when it was suspended already."""
    found = await rows(
        "UPDATE admission SET suspended_by = ?, suspended_at = ?, suspension_reason = ?"
        " WHERE id = ? AND suspended_at IS NULL RETURNING *",
        [suspended_by, moment, reason, admission_id],
        connection,
    )
    return AdmissionRow(**found[0]) if found else None


def _source(scope: Scope, wanted: AdmissionWanted) -> Predicate:
    visible, values = scope.organisations("a.organisation_id")
    sql = f"FROM admission a WHERE {visible}"
    values = [*values]
    if wanted.organisation is not None:
        sql += " AND a.organisation_id IN (SELECT id FROM organisation WHERE enterprise_number = ?)"
        values.append(str(wanted.organisation))
    if wanted.is_suspended is not None:
        sql += f" AND a.suspended_at IS {'NOT NULL' if wanted.is_suspended else 'NULL'}"
    return sql, values
