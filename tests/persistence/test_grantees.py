"""Everybody who stands in a relation to a convention, with the pairs that a decision on each of them would read."""

from datetime import date
from typing import Any

import pytest
from builders import NOW, a_convention, a_mandate, a_role_grant, a_user, an_organisation

from domain.vocabulary import MandateLevel, OrganisationKind, Role
from persistence.database import Connection, Database, rows
from persistence.grantees import stakeholders_of
from persistence.standing import Asked, standing_on_conventions
from persistence.unit_of_work import unit_of_work


@pytest.fixture
async def convention_id(database: Database) -> str:
    """A convention with its promotor, secretariats in every relation to it, the department, and a stranger."""

    async def make(connection: Connection) -> str:
        giver = await a_user(connection)

        async def people(kind: OrganisationKind, *roles: Role, **values: Any) -> Any:
            organisation = await an_organisation(connection, kind, **values)
            person = await a_user(connection)
            for role in roles:
                await a_role_grant(connection, person, organisation, role)
            return organisation

        promotor = await people(OrganisationKind.PROMOTOR, Role.PROMOTOR, Role.LOCAL_ADMINISTRATOR)
        convention = await a_convention(connection, promotor)
        await people(OrganisationKind.PROMOTOR, Role.PROMOTOR)
        await people(OrganisationKind.DEPARTMENT, Role.HELPDESK)
        await people(OrganisationKind.SECRETARIAT, Role.UPLOADER, name="stranger")
        for name, values in {
            "uploads": {},
            "submits": {"level": MandateLevel.SUBMIT},
            "ended": {"last_month": "2026-02"},
            "to begin": {"first_month": "2026-12"},
            "revoked": {"revoked_at": NOW, "revoked_by": giver.id},
        }.items():
            secretariat = await people(OrganisationKind.SECRETARIAT, Role.UPLOADER, Role.SUBMITTER, name=name)
            await a_mandate(connection, convention, secretariat, giver, **values)
            late = await a_user(connection)
            await a_role_grant(connection, late, secretariat, Role.UPLOADER, valid_from=date(2026, 11, 6))
        return convention.id

    return await unit_of_work(make)


async def test_strangers_and_people_without_a_role_today_do_not_stand_there(convention_id: str) -> None:
    found = await stakeholders_of(convention_id, NOW)

    names = await rows("SELECT id, name, kind FROM organisation")
    by_id = {row["id"]: row for row in names}
    secretariats = [by_id[one.organisation_id]["name"] for one in found if one.organisation_kind == "SECRETARIAT"]
    assert secretariats == ["ended", "submits", "uploads"]
    assert len(found) == 5


@pytest.mark.parametrize("blocked", ["", "convention", "organisation"])
async def test_each_holds_the_pairs_that_a_decision_on_him_reads(convention_id: str, blocked: str) -> None:
    if blocked:
        await rows(f"UPDATE {blocked} SET blocked_since = ?", [NOW])

    found = await stakeholders_of(convention_id, NOW)

    assert len(found) == 5
    for one in found:
        standing = await standing_on_conventions(one.user_id, one.organisation_id, [Asked(convention_id)], NOW)
        assert one.pairs == standing.pairs[0]


async def test_a_convention_that_does_not_exist_has_nobody(convention_id: str) -> None:
    assert await stakeholders_of("", NOW) == []
