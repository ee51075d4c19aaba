"""Who a caller is, as the database knows it."""

from datetime import date

import pytest
from builders import NOW, a_role_grant, a_user, an_organisation

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import Role
from persistence.database import Connection, Database, rows
from persistence.organisations import (
    ensure_user,
    organisation_with_number,
    organisations_by_id,
    roles_in_force,
    user_with_subject,
    users_by_id,
)
from persistence.unit_of_work import unit_of_work


async def test_an_organisation_is_found_by_its_number(database: Database) -> None:
    number = EnterpriseNumber.parse("0999000129")
    assert await organisation_with_number(number) is None

    made = await unit_of_work(lambda c: an_organisation(c, enterprise_number="0999000129"))

    assert await organisation_with_number(number) == made
    assert await organisations_by_id([made.id, "unknown"]) == {made.id: made}


async def test_a_person_is_made_known_once_and_his_name_follows(database: Database) -> None:
    first = await unit_of_work(lambda c: ensure_user(c, subject="sub-1", name="Jan", moment=NOW))
    again = await unit_of_work(lambda c: ensure_user(c, subject="sub-1", name="Jan Peeters", moment=NOW))

    user = await user_with_subject("sub-1")
    assert user is not None
    assert (again, user.id, user.name) == (first, first, "Jan Peeters")
    assert await users_by_id([first]) == {first: user}
    assert len(await rows("SELECT 1 FROM app_user")) == 1


@pytest.mark.parametrize(
    ("day", "roles"),
    [
        (date(2026, 10, 4), set[Role]()),
        (date(2026, 10, 5), {Role.PROMOTOR}),
        (date(2026, 11, 5), {Role.PROMOTOR, Role.AUDITOR}),
        (date(2026, 11, 6), {Role.AUDITOR}),
    ],
)
async def test_a_role_counts_from_its_first_to_its_last_day_until_revoked(
    database: Database, day: date, roles: set[Role]
) -> None:
    async def make(connection: Connection) -> tuple[str, str]:
        user, organisation = await a_user(connection), await an_organisation(connection)
        limited = {"valid_from": date(2026, 10, 5), "valid_until": date(2026, 11, 5)}
        await a_role_grant(connection, user, organisation, Role.PROMOTOR, **limited)
        await a_role_grant(connection, user, organisation, Role.AUDITOR, valid_from=date(2026, 11, 1))
        revoked = {"revoked_by": user.id, "revoked_at": NOW}
        await a_role_grant(connection, user, organisation, Role.HELPDESK, **revoked)
        return user.id, organisation.id

    user_id, organisation_id = await unit_of_work(make)

    assert await roles_in_force(user_id, organisation_id, day) == roles
    assert await roles_in_force("someone else", organisation_id, day) == set()
