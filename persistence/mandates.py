"""First mandates: as a caller sees them, and as the promotor gives and takes them away.

A promotor and the department see every mandate on a convention. A secretariat, which sees the convention only through
a mandate of its own, sees its own mandates there and not those of a competitor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from uuid_utils.compat import uuid7

from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import MandateLevel, Relation
from persistence.database import Connection, rows
from persistence.models import ConventionRow, MandateRow
from persistence.pages import Page, PageRequest
from persistence.pages_of_each import Listing, pages_of_each
from persistence.placeholders import a_list
from persistence.scope import Predicate, Scope
from persistence.visible_pages import count_of, visible_page

_BY_MANDATE = frozenset({Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT})


@dataclass(frozen=True, slots=True)
class MandateWanted:
    """What a list is narrowed to; none means all. *in_force_in*: unrevoked and covering this month."""

    convention_numbers: tuple[str, ...] | None = None
    secretariat: EnterpriseNumber | None = None
    level: MandateLevel | None = None
    in_force_in: Month | None = None


async def visible_mandates(scope: Scope, wanted: MandateWanted, request: PageRequest) -> Page[MandateRow]:
    """Mandates within *scope*, newest first, revoked ones included."""
    source, values = _source(scope, wanted)
    return await visible_page(MandateRow, source, values, alias="m", request=request, newest_first=True)


async def count_visible_mandates(scope: Scope, wanted: MandateWanted) -> int:
    return await count_of(*_source(scope, wanted))


async def mandates_on_conventions(
    scope: Scope, convention_ids: Sequence[str], request: PageRequest
) -> Mapping[str, Page[MandateRow]]:
    """The same page of mandates on each convention, newest first; one query."""
    source, values = _source(scope, MandateWanted())
    listing = Listing(
        columns="m.*",
        source=f"{source} AND m.convention_id = ?",
        values=values,
        key="m.id",
        key_name="id",
        make=lambda found: [MandateRow(**row) for row in found],
        newest_first=True,
    )
    return await pages_of_each(listing, convention_ids, request)


async def count_mandates_on_conventions(scope: Scope, convention_ids: Sequence[str]) -> Mapping[str, int]:
    """How many mandates within *scope* each convention has; one query."""
    source, values = _source(scope, MandateWanted())
    found = await rows(
        f"SELECT m.convention_id, COUNT(*) AS total {source} AND m.convention_id IN {a_list(len(convention_ids))}"
        " GROUP BY m.convention_id",
        [*values, *convention_ids],
    )
    return dict.fromkeys(convention_ids, 0) | {row["convention_id"]: int(row["total"]) for row in found}


async def mandates_by_id(
    scope: Scope, ids: Sequence[str], connection: Connection | None = None
) -> Mapping[str, MandateRow]:
    """Those of *ids* that lie within *scope*."""
    source, values = _source(scope, MandateWanted())
    found = await rows(f"SELECT m.* {source} AND m.id IN {a_list(len(ids))}", [*values, *ids], connection)
    return {row["id"]: MandateRow(**row) for row in found}


async def convention_to_mandate(connection: Connection, number: str) -> ConventionRow | None:
    """The convention with *number*, whoever sees it, kept to this transaction until it ends.

    Locked before rights are read: two grants at once would otherwise both hold it for reading, and neither could go on
    to write. No number holds a zero character, which PostgreSQL does not take.
    """
    if "\x00" in number:
        return None
    lock = " FOR NO KEY UPDATE" if connection.locks_rows else ""
    found = await rows(f"SELECT * FROM convention WHERE number = ?{lock}", [number], connection)
    return ConventionRow(**found[0]) if found else None


async def overlapping_mandate(
    connection: Connection, convention_id: str, secretariat_id: str, period: MonthPeriod
) -> MandateRow | None:
    """The oldest unrevoked mandate of the secretariat on the convention that shares a month with *period*."""
    last = str(period.last) if period.last else None
    found = await rows(
        """
        SELECT * FROM mandate
        WHERE convention_id = ? AND secretariat_id = ? AND revoked_at IS NULL
          AND (last_month IS NULL OR last_month >= ?)
          AND (CAST(? AS TEXT) IS NULL OR first_month <= ?)
        ORDER BY first_month LIMIT 1
        """,
        [convention_id, secretariat_id, str(period.first), last, last],
        connection,
    )
    return MandateRow(**found[0]) if found else None


async def add_mandate(
    connection: Connection,
    *,
    convention_id: str,
    secretariat_id: str,
    level: MandateLevel,
    period: MonthPeriod,
    granted_by: str,
    moment: datetime,
) -> MandateRow:
    """Write a mandate; a trigger, `mandate_overlap`, refuses one that overlaps another."""
    return await MandateRow.create(
        using_db=connection.client,
        id=str(uuid7()),
        convention_id=convention_id,
        secretariat_id=secretariat_id,
        level=level,
        first_month=str(period.first),
        last_month=str(period.last) if period.last else None,
        granted_by=granted_by,
        granted_at=moment,
    )


async def revoke(connection: Connection, mandate_id: str, *, revoked_by: str, moment: datetime) -> MandateRow | None:
    """Revoke from now on; none when it was revoked already. Waits for writes that rest on the mandate."""
    found = await rows(
        "UPDATE mandate SET revoked_by = ?, revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING *",
        [revoked_by, moment, mandate_id],
        connection,
    )
    return MandateRow(**found[0]) if found else None


def _source(scope: Scope, wanted: MandateWanted) -> Predicate:
    visible, values = scope.conventions("c")
    not_by_mandate, more_values = replace(scope, granting=scope.granting - _BY_MANDATE).conventions("c")
    sql = (
        "FROM mandate m JOIN convention c ON c.id = m.convention_id "
        f"WHERE {visible} AND (m.secretariat_id = ? OR {not_by_mandate})"
    )
    values = [*values, scope.organisation_id, *more_values]
    if wanted.convention_numbers is not None:
        sql += (
            f" AND c.number IN {a_list(len(wanted.convention_numbers))}" if wanted.convention_numbers else " AND 1 = 0"
        )
        values += wanted.convention_numbers
    if wanted.secretariat is not None:
        sql += " AND m.secretariat_id IN (SELECT id FROM organisation WHERE enterprise_number = ?)"
        values.append(str(wanted.secretariat))
    if wanted.level is not None:
        sql += " AND m.level = ?"
        values.append(wanted.level.value)
    if wanted.in_force_in is not None:
        sql += " AND m.revoked_at IS NULL AND m.first_month <= ? AND (m.last_month IS NULL OR m.last_month >= ?)"
        values += [str(wanted.in_force_in)] * 2
    return sql, values
