"""Rows with good defaults, so that a test shows only what matters to it.

Each builder writes one row inside a unit of work and answers it; what it needs beside itself is an argument.
"""

import hashlib
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from uuid_utils.compat import uuid7

from domain.states import CollectiveFileState, PerformanceFileState
from domain.vocabulary import MandateLevel, Mode, OrganisationKind, Programme, Role, Source
from persistence.database import Connection
from persistence.models import (
    CollectiveFileRow,
    ConventionRow,
    MandateRow,
    OrganisationRow,
    PerformanceFileRow,
    PerformanceRevisionRow,
    RoleGrantRow,
    UserRow,
)
from persistence.number_series import reserve

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)
_serial = count(1)


def new_id() -> str:
    return str(uuid7())


async def an_organisation(
    connection: Connection, kind: OrganisationKind = OrganisationKind.PROMOTOR, **values: Any
) -> OrganisationRow:
    number = next(_serial)
    defaults = {"id": new_id(), "enterprise_number": f"{number:010}", "name": f"Organisation {number}", "kind": kind}
    return await OrganisationRow.create(using_db=connection.client, **(defaults | values))


async def a_user(connection: Connection, **values: Any) -> UserRow:
    number = next(_serial)
    defaults = {"id": new_id(), "subject": f"subject-{number}", "name": f"Person {number}", "created_at": NOW}
    return await UserRow.create(using_db=connection.client, **(defaults | values))


async def a_role_grant(
    connection: Connection, user: UserRow, organisation: OrganisationRow, role: Role, **values: Any
) -> RoleGrantRow:
    defaults = {
        "id": new_id(),
        "user_id": user.id,
        "organisation_id": organisation.id,
        "role": role,
        "valid_from": date(2026, 1, 1),
        "granted_by": user.id,
        "granted_at": NOW,
    }
    return await RoleGrantRow.create(using_db=connection.client, **(defaults | values))


async def a_convention(connection: Connection, promotor: OrganisationRow, **values: Any) -> ConventionRow:
    defaults = {
        "id": new_id(),
        "number": f"{100_000 + next(_serial)}",
        "programme": Programme.GESCO,
        "promotor_id": promotor.id,
        "valid_from_month": "2020-01",
        "approved_full_time_equivalents_hundredths": 1000,
    }
    return await ConventionRow.create(using_db=connection.client, **(defaults | values))


async def a_mandate(
    connection: Connection, convention: ConventionRow, secretariat: OrganisationRow, by: UserRow, **values: Any
) -> MandateRow:
    defaults = {
        "id": new_id(),
        "convention_id": convention.id,
        "secretariat_id": secretariat.id,
        "level": MandateLevel.UPLOAD,
        "first_month": "2026-01",
        "granted_by": by.id,
        "granted_at": NOW,
    }
    return await MandateRow.create(using_db=connection.client, **(defaults | values))


async def a_collective_file(
    connection: Connection, sender: OrganisationRow, by: UserRow, **values: Any
) -> CollectiveFileRow:
    number = next(_serial)
    defaults = {
        "id": new_id(),
        "sender_id": sender.id,
        "uploaded_by": by.id,
        "mode": Mode.PRODUCTION,
        "checks_only": False,
        "reference": f"REF-{number}",
        "schema_version": "1.0",
        "file_name": "file.xml",
        "store_key": f"collective-files/{number}.xml",
        "sha256": hashlib.sha256(b"").hexdigest(),
        "size_bytes": 0,
        "received_at": NOW,
        "receipt": "signed",
        "state": CollectiveFileState.RECEIVED,
        "progress_bytes": 0,
        "attempt": 0,
    }
    return await CollectiveFileRow.create(using_db=connection.client, **(defaults | values))


async def a_performance_file(
    connection: Connection, convention: ConventionRow, by: UserRow, *, lines: int = 0, **values: Any
) -> PerformanceFileRow:
    """With its first revision, filled in by hand, without lines of its own."""
    revision_id = await reserve(connection, "performance_revision", 1)
    defaults = {
        "id": new_id(),
        "convention_id": convention.id,
        "month": "2026-10",
        "version": 1,
        "revision": 1,
        "state": PerformanceFileState.DRAFT,
        "current_revision_id": revision_id,
        "created_at": NOW,
    }
    file = await PerformanceFileRow.create(using_db=connection.client, **(defaults | values))
    await PerformanceRevisionRow.create(
        using_db=connection.client,
        id=revision_id,
        performance_file_id=file.id,
        revision=1,
        source=Source.BY_HAND,
        made_by=by.id,
        made_for=convention.promotor_id,
        made_at=NOW,
        programme=convention.programme,
        employees=0,
        lines=lines,
        hours_hundredths=0,
        days_tenths=0,
        full_time_equivalents_ten_thousandths=0,
        blocking=0,
        warnings=0,
    )
    return file
