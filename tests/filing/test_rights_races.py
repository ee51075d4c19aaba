"""Rights that change while others use them: one of two rivals wins, no write follows the revocation of its right."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from collective import demo_office, persona

from domain.caller import Caller
from domain.decisions import NotAllowed
from domain.demo_world import ALFA, BETA
from domain.errors import DomainError, NotFound, WrongState
from domain.months import Clock, Month
from domain.vocabulary import Action, MandateLevel, Role
from filing.admissions import AlreadyAdmitted, GrantAdmission, grant_admission
from filing.mandates import GrantMandate, MandateOverlaps, grant_mandate, revoke_mandate
from filing.office import Office
from filing.role_grants import GrantRole, RoleAlreadyGranted, grant_role, revoke_role
from filing.subjects import OnConvention
from persistence.audit import verify_chain
from persistence.database import Connection, Database, rows
from persistence.unit_of_work import unit_of_work

RIVALS = 4


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    office = await demo_office(tmp_path / "files", clock)
    # Opens the connections of the pool, so that rivals meet instead of waiting for theirs.
    await asyncio.gather(*(unit_of_work(lambda _: asyncio.sleep(0.02)) for _ in range(RIVALS)))
    return office


def a_mandate(first: str = "2026-11", last: str | None = None) -> GrantMandate:
    return GrantMandate("104234", ALFA, MandateLevel.UPLOAD, Month.parse(first), Month.parse(last) if last else None)


async def outcomes(*tries: Any) -> Sequence[Any]:
    """What each came to, all begun at once; anything but an answer or a domain error fails the test."""
    found = await asyncio.gather(*tries, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, DomainError):
            raise one
    return found


async def count(table: str) -> int:
    return (await rows(f"SELECT COUNT(*) AS total FROM {table}"))[0]["total"]


async def id_of(table: str, condition: str, *values: object) -> str:
    return (await rows(f"SELECT id FROM {table} WHERE {condition}", values))[0]["id"]


async def test_of_overlapping_mandates_at_once_one_stands_and_the_others_name_it(office: Office) -> None:
    promotor = await persona(office, "promotor")
    before = await count("mandate")

    found = await outcomes(
        *(grant_mandate(office, promotor, a_mandate(f"2026-{month:02}")) for month in range(12, 12 - RIVALS, -1))
    )

    (granted,) = [one for one in found if not isinstance(one, DomainError)]
    refused = [one for one in found if isinstance(one, MandateOverlaps)]
    assert [one.existing_id for one in refused] == [granted.id] * (RIVALS - 1)
    assert await count("mandate") == before + 1
    assert await count("audit_entry") == 1


async def test_of_equal_roles_given_at_once_one_stands_and_the_others_name_it(office: Office) -> None:
    helpdesk, receiver = await persona(office, "helpdesk"), await persona(office, "nobody")
    request = GrantRole(receiver.user_id, BETA, Role.UPLOADER, None, None)

    found = await outcomes(*(grant_role(office, helpdesk, request) for _ in range(RIVALS)))

    (granted,) = [one for one in found if not isinstance(one, DomainError)]
    refused = [one for one in found if isinstance(one, RoleAlreadyGranted)]
    assert [one.existing_id for one in refused] == [granted.id] * (RIVALS - 1)


async def test_of_equal_admissions_at_once_one_stands(office: Office, clock: Clock) -> None:
    helpdesk = await persona(office, "helpdesk")
    request = GrantAdmission(BETA, clock().date(), "three good test files")

    found = await outcomes(*(grant_admission(office, helpdesk, request) for _ in range(RIVALS)))

    assert sum(isinstance(one, AlreadyAdmitted) for one in found) == RIVALS - 1
    assert await count("admission") == 2


async def test_a_mandate_is_revoked_once_however_many_try(office: Office) -> None:
    promotor, helpdesk = await persona(office, "promotor"), await persona(office, "helpdesk")
    mandate_id = await id_of("mandate", "level = 'UPLOAD' AND last_month IS NULL")

    found = await outcomes(*(revoke_mandate(office, one, mandate_id) for one in (promotor, helpdesk) * 2))

    assert sum(isinstance(one, WrongState) for one in found) == 3
    assert await count("audit_entry") == 1


async def test_no_mandate_is_given_after_the_role_of_its_giver_was_taken_away(office: Office) -> None:
    promotor, administrator = await persona(office, "promotor"), await persona(office, "lokale-beheerder")
    role_id = await id_of("role_grant", "user_id = ?", promotor.user_id)

    found = await outcomes(
        grant_mandate(office, promotor, a_mandate("2026-01", "2026-01")),
        revoke_role(office, administrator, role_id),
        *(grant_mandate(office, promotor, a_mandate(f"2026-0{n}", f"2026-0{n}")) for n in range(2, 7)),
    )

    # The trail is in the order of commits.
    acts = [row["action"] for row in await rows("SELECT action FROM audit_entry ORDER BY sequence")]
    assert acts.index("roleRevoke") == len(acts) - 1
    assert sum(isinstance(one, NotFound) for one in found) == 7 - len(acts)
    with pytest.raises(NotFound):
        await grant_mandate(office, promotor, a_mandate("2026-10", "2026-10"))
    assert (await verify_chain()).first_bad is None


async def test_no_write_of_a_secretariat_ends_after_its_mandate_was_revoked(office: Office) -> None:
    """Writers hold their right until they commit, so the revocation waits for those that began before it."""
    uploader, promotor = await persona(office, "uploader"), await persona(office, "promotor")
    convention_id = await id_of("convention", "number = '104233'")
    mandate_id = await id_of("mandate", "convention_id = ?", convention_id)
    began, ends = asyncio.Event(), asyncio.Event()

    async def write(connection: Connection) -> bool:
        await fill_in(office, uploader, convention_id, connection)
        began.set()
        await ends.wait()
        return await is_revoked(mandate_id, connection)

    writing = asyncio.create_task(unit_of_work(write))
    await began.wait()
    revoking = asyncio.create_task(revoke_mandate(office, promotor, mandate_id))
    await asyncio.sleep(0.1)
    had_to_wait = not revoking.done()
    ends.set()

    assert await writing is False
    assert had_to_wait
    assert (await revoking).revoked_at is not None
    with pytest.raises(NotFound):
        await unit_of_work(lambda connection: fill_in(office, uploader, convention_id, connection))


async def fill_in(office: Office, caller: Caller, convention_id: str, connection: Connection) -> None:
    await office.gate.require_in_write(
        caller,
        Action.FILL_IN,
        OnConvention(convention_id, Month.parse("2026-10")),
        connection,
        thing="convention",
        seen_by=Action.READ_CONVENTION,
    )


async def is_revoked(mandate_id: str, connection: Connection) -> bool:
    found = await rows("SELECT revoked_at FROM mandate WHERE id = ?", [mandate_id], connection)
    return found[0]["revoked_at"] is not None


async def test_a_refused_grant_writes_nothing_at_all(office: Office) -> None:
    uploader = await persona(office, "uploader")
    before = await rows("SELECT * FROM mandate ORDER BY id")

    with pytest.raises(NotAllowed):
        await grant_mandate(
            office, uploader, GrantMandate("104233", BETA, MandateLevel.UPLOAD, Month.parse("2026-11"), None)
        )

    assert await rows("SELECT * FROM mandate ORDER BY id") == before
    assert await count("audit_entry") == 0
