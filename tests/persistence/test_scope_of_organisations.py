"""What belongs to organisations is listed by the relations that the policy grants, less those that it vetoes."""

import pytest
from builders import NOW, a_role_grant, a_user, an_organisation

from domain.vocabulary import OrganisationKind, Relation, Role
from persistence.database import Connection, Database, rows
from persistence.pages import PageRequest
from persistence.role_grants import RoleGrantWanted, count_visible_role_grants, visible_role_grants
from persistence.scope import Scope
from persistence.unit_of_work import unit_of_work


@pytest.fixture
async def own_id(database: Database) -> str:
    """The caller's organisation, with one role grant; another organisation has one too."""

    async def make(connection: Connection) -> str:
        person = await a_user(connection)
        own, other = await an_organisation(connection), await an_organisation(connection)
        for organisation in (own, other):
            await a_role_grant(connection, person, organisation, Role.PROMOTOR)
        return own.id

    return await unit_of_work(make)


@pytest.mark.parametrize(
    ("kind", "granting", "vetoing", "seen"),
    [
        (OrganisationKind.PROMOTOR, set(), set(), 0),
        (OrganisationKind.PROMOTOR, {Relation.OWN_ORGANISATION}, set(), 1),
        (OrganisationKind.PROMOTOR, {Relation.DEPARTMENT}, set(), 0),
        (OrganisationKind.PROMOTOR, {Relation.OWNER, Relation.MANDATED_TO_UPLOAD}, set(), 0),
        (OrganisationKind.PROMOTOR, {Relation.OWN_ORGANISATION}, {Relation.BLOCKED}, 1),
        (OrganisationKind.DEPARTMENT, {Relation.DEPARTMENT}, set(), 2),
        (OrganisationKind.DEPARTMENT, {Relation.DEPARTMENT, Relation.OWN_ORGANISATION}, set(), 2),
        (OrganisationKind.DEPARTMENT, {Relation.DEPARTMENT}, {Relation.OWN_ORGANISATION}, 1),
        (OrganisationKind.DEPARTMENT, {Relation.OWN_ORGANISATION}, {Relation.DEPARTMENT}, 0),
    ],
)
async def test_relations_give_and_take_away_sight(
    own_id: str, kind: OrganisationKind, granting: set[Relation], vetoing: set[Relation], seen: int
) -> None:
    scope = Scope(own_id, kind, frozenset(granting), frozenset(vetoing), NOW)

    page = await visible_role_grants(scope, RoleGrantWanted(), PageRequest())

    assert len(page.items) == await count_visible_role_grants(scope, RoleGrantWanted()) == seen


async def test_a_veto_on_blocked_organisations_takes_sight_away_while_it_is_blocked(own_id: str) -> None:
    scope = Scope(
        own_id,
        OrganisationKind.PROMOTOR,
        frozenset({Relation.OWN_ORGANISATION}),
        frozenset({Relation.BLOCKED}),
        NOW,
    )
    await rows("UPDATE organisation SET blocked_since = ? WHERE id = ?", [NOW, own_id])

    assert await count_visible_role_grants(scope, RoleGrantWanted()) == 0
