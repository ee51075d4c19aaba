"""Role grants: as a caller sees them, and as those who may give roles give them and take them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from uuid_utils.compat import uuid7

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import Role
from persistence.database import Connection, rows
from persistence.models import RoleGrantRow
from persistence.pages import Page, PageRequest
from persistence.placeholders import a_list
from persistence.scope import Predicate, Scope
from persistence.visible_pages import count_of, visible_page


@dataclass(frozen=True, slots=True)
class RoleGrantWanted:
    """What a list is narrowed to; none means all. *in_force_on*: unrevoked and valid on this day."""

    organisation: EnterpriseNumber | None = None
    user_id: str | None = None
    role: Role | None = None
    in_force_on: date | None = None


async def visible_role_grants(scope: Scope, wanted: RoleGrantWanted, request: PageRequest) -> Page[RoleGrantRow]:
    """Role grants within *scope*, newest first, revoked ones included."""
    source, values = _source(scope, wanted)
    return await visible_page(RoleGrantRow, source, values, alias="g", request=request, newest_first=True)


async def count_visible_role_grants(scope: Scope, wanted: RoleGrantWanted) -> int:
    return await count_of(*_source(scope, wanted))


async def role_grants_by_id(
    scope: Scope, ids: Sequence[str], connection: Connection | None = None
) -> Mapping[str, RoleGrantRow]:
    """Those of *ids* that lie within *scope*."""
    source, values = _source(scope, RoleGrantWanted())
    found = await rows(f"SELECT g.* {source} AND g.id IN {a_list(len(ids))}", [*values, *ids], connection)
    return {row["id"]: RoleGrantRow(**row) for row in found}


async def hold_person(connection: Connection, user_id: str) -> bool:
    """Whether there is such a person; his grants are then given by one transaction at a time until this one ends."""
    lock = " FOR NO KEY UPDATE" if connection.locks_rows else ""
    return bool(await rows(f"SELECT 1 FROM app_user WHERE id = ?{lock}", [user_id], connection))


async def unrevoked_grant(
    connection: Connection, *, user_id: str, organisation_id: str, role: Role
) -> RoleGrantRow | None:
    """The one unrevoked grant of this role to this person in this organisation, whatever its days."""
    found = await rows(
        "SELECT * FROM role_grant WHERE user_id = ? AND organisation_id = ? AND role = ? AND revoked_at IS NULL",
        [user_id, organisation_id, role.value],
        connection,
    )
    return RoleGrantRow(**found[0]) if found else None


async def add_role_grant(
    connection: Connection,
    *,
    user_id: str,
    organisation_id: str,
    role: Role,
    valid_from: date,
    valid_until: date | None,
    granted_by: str,
    moment: datetime,
) -> RoleGrantRow:
    """Write a grant; the unique index `role_grant_one_unrevoked` refuses a second one of the same."""
    return await RoleGrantRow.create(
        using_db=connection.client,
        id=str(uuid7()),
        user_id=user_id,
        organisation_id=organisation_id,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=granted_by,
        granted_at=moment,
    )


async def revoke(connection: Connection, grant_id: str, *, revoked_by: str, moment: datetime) -> RoleGrantRow | None:
    """Revoke from now on; none when it was revoked already. Waits for writes that rest on the grant."""
    found = await rows(
        "UPDATE role_grant SET revoked_by = ?, revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING *",
        [revoked_by, moment, grant_id],
        connection,
    )
    return RoleGrantRow(**found[0]) if found else None


def _source(scope: Scope, wanted: RoleGrantWanted) -> Predicate:
    visible, values = scope.organisations("g.organisation_id")
    sql = f"FROM role_grant g WHERE {visible}"
    values = [*values]
    if wanted.organisation is not None:
        sql += " AND g.organisation_id IN (SELECT id FROM organisation WHERE enterprise_number = ?)"
        values.append(str(wanted.organisation))
    if wanted.user_id is not None:
        sql += " AND g.user_id = ?"
        values.append(wanted.user_id)
    if wanted.role is not None:
        sql += " AND g.role = ?"
        values.append(wanted.role.value)
    if wanted.in_force_on is not None:
        sql += " AND g.revoked_at IS NULL AND g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until >= ?)"
        values += [wanted.in_force_on] * 2
    return sql, values
