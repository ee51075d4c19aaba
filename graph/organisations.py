"""Organisations and people, as far as anybody may see them: names and numbers that go with a thing in sight."""

from typing import Self

import strawberry

from domain.caller import Caller
from domain.identifiers import EnterpriseNumber
from domain.vocabulary import OrganisationKind, Role
from graph.context import Context
from graph.nodes import Node, opaque_id
from graph.rights import public_type
from persistence.models import OrganisationRow, UserRow
from persistence.performance_files import Promotor

strawberry.enum(OrganisationKind, description="What kind of organisation it is.")
strawberry.enum(Role, description="What a person may be in an organisation (rol).")


@public_type("names and numbers of enterprises are published by the Crossroads Bank")
@strawberry.type(description="A promotor, a social secretariat or the department.")
class Organisation(Node):
    name: str = strawberry.field(description="Its name.")
    enterprise_number: EnterpriseNumber = strawberry.field(description="Its number in the Crossroads Bank (KBO).")
    kind: OrganisationKind = strawberry.field(description="What kind of organisation it is.")

    @classmethod
    def from_row(cls, row: OrganisationRow | Promotor) -> Self:
        return cls(
            id=opaque_id("Organisation", row.id),
            name=row.name,
            enterprise_number=EnterpriseNumber(row.enterprise_number),
            kind=row.kind,
        )


@public_type("shown only on things that the caller may see; name and id, no national number")
@strawberry.type(description="A person who can log in (gebruiker).")
class User(Node):
    name: str = strawberry.field(description="Display name, as the identity provider gives it.")

    @classmethod
    def from_row(cls, row: UserRow) -> Self:
        return cls(id=opaque_id("User", row.id), name=row.name)

    @classmethod
    def from_caller(cls, caller: Caller) -> Self:
        return cls(id=opaque_id("User", caller.user_id), name=caller.user_name)


async def organisation_with(context: Context, key: str) -> Organisation:
    """The organisation that an object in sight refers to."""
    row = await context.loaders.organisations.load(key)
    if row is None:
        raise LookupError(f"there is no organisation {key}")
    return Organisation.from_row(row)


async def user_with(context: Context, key: str) -> User:
    """The person whom an object in sight refers to."""
    row = await context.loaders.users.load(key)
    if row is None:
        raise LookupError(f"there is no user {key}")
    return User.from_row(row)
