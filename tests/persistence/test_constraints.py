"""What must never be false is refused by the database itself, by the same name on both engines."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from builders import (
    NOW,
    a_collective_file,
    a_convention,
    a_mandate,
    a_performance_file,
    a_role_grant,
    a_user,
    an_organisation,
    new_id,
)
from tortoise.exceptions import IntegrityError

from domain.errors import DomainError
from domain.states import CollectiveFileState, PerformanceFileState
from domain.vocabulary import Mode, OrganisationKind, Role
from persistence.database import Connection, Database, rows
from persistence.failures import broken_constraint
from persistence.models import ConventionRow, MandateRow, OrganisationRow, UserRow
from persistence.unit_of_work import sqlite_unique_indexes, unit_of_work


@dataclass(frozen=True, slots=True)
class World:
    promotor: OrganisationRow
    secretariat: OrganisationRow
    user: UserRow
    convention: ConventionRow


@pytest.fixture
async def world(database: Database) -> World:
    async def make(connection: Connection) -> World:
        promotor = await an_organisation(connection)
        secretariat = await an_organisation(connection, OrganisationKind.SECRETARIAT)
        return World(promotor, secretariat, await a_user(connection), await a_convention(connection, promotor))

    return await unit_of_work(make)


async def refused(database: Database, work: Callable[[Connection], Awaitable[Any]]) -> str | None:
    """The name of what the database refused *work* for."""
    with pytest.raises(Exception) as error:  # noqa: PT011 - the engine's own error; its name is what is asserted
        await unit_of_work(work)
    assert not isinstance(error.value, DomainError | AssertionError)
    return broken_constraint(error.value, await sqlite_unique_indexes(database))


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        (("2026-01", "2026-06"), ("2026-07", None), False),
        (("2026-01", "2026-06"), ("2026-06", None), True),
        (("2026-01", None), ("2026-12", "2026-12"), True),
        (("2026-07", None), ("2026-01", "2026-06"), False),
        (("2026-07", None), ("2026-01", "2026-07"), True),
        (("2026-03", "2026-03"), ("2026-01", "2026-12"), True),
    ],
)
async def test_mandates_of_one_convention_and_secretariat_share_no_month(
    database: Database, world: World, first: tuple[str, str | None], second: tuple[str, str | None], overlaps: bool
) -> None:
    def granting(period: tuple[str, str | None]) -> Callable[[Connection], Awaitable[MandateRow]]:
        return lambda connection: a_mandate(
            connection, world.convention, world.secretariat, world.user, first_month=period[0], last_month=period[1]
        )

    await unit_of_work(granting(first))
    if overlaps:
        assert await refused(database, granting(second)) == "mandate_overlap"
    else:
        await unit_of_work(granting(second))
    assert len(await rows("SELECT 1 FROM mandate")) == (1 if overlaps else 2)


async def test_a_revoked_mandate_is_in_nobodys_way_and_does_not_come_back(database: Database, world: World) -> None:
    first = await unit_of_work(lambda c: a_mandate(c, world.convention, world.secretariat, world.user))

    def revocation(connection: Connection, *, revoked: bool) -> Awaitable[Any]:
        values = [world.user.id, NOW] if revoked else [None, None]
        return rows("UPDATE mandate SET revoked_by = ?, revoked_at = ? WHERE id = ?", [*values, first.id], connection)

    await unit_of_work(lambda c: revocation(c, revoked=True))
    await unit_of_work(lambda c: a_mandate(c, world.convention, world.secretariat, world.user))

    assert await refused(database, lambda c: revocation(c, revoked=False)) == "mandate_overlap"


async def test_of_two_overlapping_mandates_at_once_one_stands(database: Database, world: World) -> None:
    class Overlap(DomainError):
        code = "OVERLAP"

    async def grant(connection: Connection) -> None:
        await a_mandate(connection, world.convention, world.secretariat, world.user)
        await asyncio.sleep(0.05)  # so that the other is in its own transaction before this one commits

    answers = await asyncio.gather(
        *(unit_of_work(grant, refusals={"mandate_overlap": Overlap}) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Overlap"]
    assert len(await rows("SELECT 1 FROM mandate")) == 1


async def test_rights_and_the_audit_trail_are_never_deleted(database: Database, world: World) -> None:
    async def make(connection: Connection) -> None:
        await a_mandate(connection, world.convention, world.secretariat, world.user)
        await a_role_grant(connection, world.user, world.promotor, Role.PROMOTOR)
        await rows(
            "INSERT INTO audit_entry VALUES (1, ?, NULL, NULL, 'x', 'y', NULL, 'DONE', '1', '{}', ?, ?)",
            [NOW, "0" * 64, "1" * 64],
            connection,
        )

    await unit_of_work(make)

    kept = {"mandate": "mandate_is_kept", "role_grant": "role_grant_is_kept", "audit_entry": "audit_entry_is_kept"}
    for table, rule in kept.items():
        assert await refused(database, lambda c, table=table: rows(f"DELETE FROM {table}", [], c)) == rule
        if database.connection.locks_rows:
            assert await refused(database, lambda c, table=table: rows(f"TRUNCATE {table} CASCADE", [], c)) == rule
        assert len(await rows(f"SELECT 1 FROM {table}")) == 1
    changed = await refused(database, lambda c: rows("UPDATE audit_entry SET action = 'z'", [], c))
    assert changed == "audit_entry_is_kept"
    assert await rows("SELECT action FROM audit_entry") == [{"action": "x"}]


async def test_one_role_is_granted_once_until_it_is_revoked(database: Database, world: World) -> None:
    def grant(connection: Connection) -> Awaitable[Any]:
        return a_role_grant(connection, world.user, world.secretariat, Role.UPLOADER)

    await unit_of_work(grant)
    assert await refused(database, grant) == "role_grant_one_unrevoked"

    revoke = "UPDATE role_grant SET revoked_by = ?, revoked_at = ?"
    await unit_of_work(lambda c: rows(revoke, [world.user.id, NOW], c))
    await unit_of_work(grant)


async def test_a_month_has_one_open_version_and_every_version_once(database: Database, world: World) -> None:
    def make(**values: Any) -> Callable[[Connection], Awaitable[Any]]:
        return lambda connection: a_performance_file(connection, world.convention, world.user, **values)

    await unit_of_work(make())
    assert await refused(database, make(version=2)) == "performance_file_one_open"
    await unit_of_work(make(month="2026-09"))

    accept = (
        "UPDATE performance_file SET state = 'ACCEPTED', submitted_by = ?, submitted_for = ?, submitted_at = ?,"
        " decided_by = ?, decided_at = ?"
    )
    values = [world.user.id, world.promotor.id, NOW, world.user.id, NOW]
    await unit_of_work(lambda c: rows(accept, values, c))
    assert await refused(database, make(version=1)) == "performance_file_version"
    await unit_of_work(make(version=2))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": PerformanceFileState.SUBMITTED}, "performance_file_submission"),
        ({"submitted_at": NOW}, "performance_file_submission"),
        ({"month": "2026-13"}, "performance_file_month"),
        ({"month": "2026-1"}, "performance_file_month"),
        ({"version": 0}, "performance_file_counts"),
        ({"decided_at": NOW}, "performance_file_decision"),
        ({"withdrawn_at": NOW}, "performance_file_withdrawal"),
    ],
)
async def test_a_performance_file_is_consistent(
    database: Database, world: World, values: dict[str, Any], constraint: str
) -> None:
    def make(connection: Connection) -> Awaitable[Any]:
        return a_performance_file(connection, world.convention, world.user, **values)

    assert await refused(database, make) == constraint
    assert await rows("SELECT 1 FROM performance_file") == []


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": CollectiveFileState.CHECKING}, "collective_file_lease"),
        ({"lease_owner": "worker", "lease_until": NOW}, "collective_file_lease"),
        ({"state": CollectiveFileState.PROCESSED}, "collective_file_finish"),
        ({"finished_at": NOW}, "collective_file_finish"),
        ({"progress_bytes": 1}, "collective_file_amounts"),
        ({"first_revision_id": 1}, "collective_file_revisions"),
        ({"sha256": "abc"}, "collective_file_sha256"),
    ],
)
async def test_a_collective_file_is_consistent(
    database: Database, world: World, values: dict[str, Any], constraint: str
) -> None:
    def make(connection: Connection) -> Awaitable[Any]:
        return a_collective_file(connection, world.secretariat, world.user, **values)

    assert await refused(database, make) == constraint
    assert await rows("SELECT 1 FROM collective_file") == []


async def test_a_reference_is_used_once_by_sender_and_mode_unless_nothing_was_loaded(
    database: Database, world: World
) -> None:
    def make(**values: Any) -> Callable[[Connection], Awaitable[Any]]:
        return lambda c: a_collective_file(c, world.secretariat, world.user, **({"reference": "R1"} | values))

    rejected = {"state": CollectiveFileState.REJECTED, "finished_at": NOW}
    await unit_of_work(make(**rejected))
    await unit_of_work(make(checks_only=True))
    await unit_of_work(make(mode=Mode.TEST))
    await unit_of_work(make())

    assert await refused(database, make()) == "collective_file_reference"
    await unit_of_work(make(**rejected))
    assert len(await rows("SELECT 1 FROM collective_file")) == 5


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE organisation SET kind = 'OTHER'", "organisation_kind"),
        ("UPDATE organisation SET enterprise_number = '1'", "organisation_enterprise_number_form"),
        ("UPDATE convention SET programme = 'OTHER'", "convention_programme"),
        ("UPDATE convention SET valid_until_month = '2019-12'", "convention_months"),
        ("UPDATE convention SET approved_full_time_equivalents_hundredths = -1", "convention_full_time_equivalents"),
        ("UPDATE performance_revision SET hours_hundredths = -1", "performance_revision_amounts"),
        ("UPDATE performance_revision SET source = 'COLLECTIVE_FILE'", "performance_revision_origin"),
    ],
)
async def test_words_and_amounts_outside_the_field_are_refused(
    database: Database, world: World, change: str, constraint: str
) -> None:
    await unit_of_work(lambda c: a_performance_file(c, world.convention, world.user))

    assert await refused(database, lambda c: rows(change, [], c)) == constraint


async def test_what_others_point_at_stays(database: Database, world: World) -> None:
    await unit_of_work(lambda c: a_performance_file(c, world.convention, world.user))

    for table in ("organisation", "app_user", "convention", "performance_revision", "performance_file"):
        with pytest.raises(IntegrityError):
            await unit_of_work(lambda c, table=table: rows(f"DELETE FROM {table}", [], c))
        assert await rows(f"SELECT 1 FROM {table}") != []


async def test_a_file_whose_revision_never_comes_is_refused_at_the_end(database: Database, world: World) -> None:
    async def point_nowhere(connection: Connection) -> None:
        await a_performance_file(connection, world.convention, world.user, current_revision_id=10**9)

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await unit_of_work(point_nowhere)

    assert await rows("SELECT 1 FROM performance_file") == []


async def test_moments_compare_by_time_whatever_zone_they_were_given_in(database: Database) -> None:
    early = datetime(2026, 11, 5, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    late = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)

    async def make(connection: Connection) -> None:
        await a_user(connection, subject="late", created_at=late)
        await a_user(connection, subject="early", created_at=early)
        await rows(
            "INSERT INTO app_user VALUES (?, 'between', 'x', ?)",
            [new_id(), early + timedelta(microseconds=1)],
            connection,
        )

    await unit_of_work(make)

    assert [user.subject for user in await UserRow.all().order_by("created_at")] == ["early", "between", "late"]
    assert await UserRow.filter(created_at__lt=late.astimezone(timezone(timedelta(hours=-8)))).count() == 2
    found = await UserRow.get(subject="early")
    assert (found.created_at, found.created_at.utcoffset()) == (early, timedelta(0))


async def test_days_come_back_as_days(database: Database, world: World) -> None:
    grant = await unit_of_work(
        lambda c: a_role_grant(c, world.user, world.promotor, Role.PROMOTOR, valid_from=date(2026, 3, 1))
    )

    await grant.refresh_from_db()
    assert grant.valid_from == date(2026, 3, 1)
