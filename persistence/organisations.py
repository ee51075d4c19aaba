"""Organisations and people, looked up to identify callers and to name who stands beside an object."""

from collections.abc import Sequence
from datetime import date, datetime

from uuid_utils.compat import uuid7

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import Role
from persistence.database import Connection, rows
from persistence.models import OrganisationRow, UserRow
from persistence.placeholders import a_list


async def organisation_with_number(number: EnterpriseNumber) -> OrganisationRow | None:
    return await OrganisationRow.get_or_none(enterprise_number=str(number))


async def organisations_by_id(ids: Sequence[str]) -> dict[str, OrganisationRow]:
    """Those that exist, by id."""
    found = await rows(f"SELECT * FROM organisation WHERE id IN {a_list(len(ids))}", ids)
    return {row["id"]: OrganisationRow(**row) for row in found}


async def user_with_subject(subject: str) -> UserRow | None:
    return await UserRow.get_or_none(subject=subject)


async def users_by_id(ids: Sequence[str]) -> dict[str, UserRow]:
    """Those that exist, by id."""
    found = await rows(f"SELECT * FROM app_user WHERE id IN {a_list(len(ids))}", ids)
    return {row["id"]: UserRow(**row) for row in found}


async def ensure_user(connection: Connection, *, subject: str, name: str, moment: datetime) -> str:
    """The id of the person with this subject, made known at *moment* when new; his name follows the token."""
    found = await rows(
        "INSERT INTO app_user (id, subject, name, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET name = excluded.name RETURNING id",
        [str(uuid7()), subject, name, moment],
        connection,
    )
    return str(found[0]["id"])


async def roles_in_force(user_id: str, organisation_id: str, day: date) -> frozenset[Role]:
    """Roles that the person holds in the organisation on *day*, a day in Brussels; both ends of a grant count."""
    found = await rows(
        "SELECT DISTINCT role FROM role_grant WHERE user_id = ? AND organisation_id = ? AND revoked_at IS NULL"
        " AND valid_from <= ? AND (valid_until IS NULL OR valid_until >= ?)",
        [user_id, organisation_id, day, day],
    )
    return frozenset(Role(row["role"]) for row in found)
