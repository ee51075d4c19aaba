"""Role grants: which person holds which role in which organisation; for a secretariat the second mandate."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from domain.decisions import GrantNotAllowed
from domain.identifiers import EnterpriseNumber
from domain.months import day_in_brussels
from domain.vocabulary import Action, Language, Role
from filing.role_grants import GrantRole, RoleAlreadyGranted, RolesComeFromClaims, grant_role, revoke_role
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.guard import RoleIntention, Scoped
from graph.nodes import Node, key_of, opaque_id, split_id
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.problems import (
    OWN_REQUEST,
    InvalidInputProblem,
    MissingRight,
    NotFoundProblem,
    Problem,
    WrongStateProblem,
    problem_fields,
    problem_for,
)
from graph.rights import public_type, reached_by
from persistence.models import RoleGrantRow
from persistence.pages import PageRequest
from persistence.role_grants import RoleGrantWanted, count_visible_role_grants, visible_role_grants


@reached_by(Action.READ_ROLES)
@strawberry.type(description="A role of a person in an organisation (rol, voor een secretariaat het tweede mandaat).")
class RoleGrant(Node):
    row: strawberry.Private[RoleGrantRow]
    role: Role = strawberry.field(description="The role.")
    valid_from: date = strawberry.field(description="First day, inclusive, in Brussels.")
    valid_until: date | None = strawberry.field(description="Last day, inclusive; null while open-ended.")
    granted_at: datetime = strawberry.field(description="When it was given.")
    revoked_at: datetime | None = strawberry.field(description="When it was taken away; null while it was not.")

    @classmethod
    def from_row(cls, row: RoleGrantRow) -> Self:
        return cls(
            id=opaque_id("RoleGrant", row.id),
            row=row,
            role=row.role,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
        )

    @strawberry.field(description="The person who holds it.")
    async def user(self, info: Info) -> User:
        return await user_with(info.context, self.row.user_id)

    @strawberry.field(description="The organisation in which he holds it.")
    async def organisation(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.row.organisation_id)

    @strawberry.field(description="The person who gave it.")
    async def granted_by(self, info: Info) -> User:
        return await user_with(info.context, self.row.granted_by)

    @strawberry.field(description="Whether it is not revoked and valid today, in Brussels.")
    def is_in_force(self, info: Info) -> bool:
        today = day_in_brussels(info.context.office.clock())
        has_ended = self.valid_until is not None and self.valid_until < today
        return self.revoked_at is None and self.valid_from <= today and not has_ended


@strawberry.input(description="Narrows a list of role grants; what is left out does not narrow.")
class RoleGrantFilter:
    organisation: EnterpriseNumber | None = strawberry.field(default=None, description="Only in this organisation.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this person.")
    role: Role | None = strawberry.field(default=None, description="Only of this role.")
    in_force_on: date | None = strawberry.field(default=None, description="Only valid on this day and not revoked.")

    def to_wanted(self) -> RoleGrantWanted:
        """The same in the words of the database; an id that is not a person's is nobody's."""
        kind, key = split_id(self.user_id) if self.user_id is not None else ("", None)
        return RoleGrantWanted(
            organisation=self.organisation,
            user_id=key if kind == "User" or key is None else "",
            role=self.role,
            in_force_on=self.in_force_on,
        )


@strawberry.input(description="A role to give.")
class RoleGrantInput:
    user_id: strawberry.ID = strawberry.field(
        description="The id of the person; he finds it as `viewer { user { id } }`."
    )
    organisation: EnterpriseNumber = strawberry.field(description="The organisation in which he gets the role.")
    role: Role = strawberry.field(description="The role; it must fit the kind of organisation.")
    valid_from: date | None = strawberry.field(
        default=None, description="First day, inclusive, in Brussels; left out or null: today."
    )
    valid_until: date | None = strawberry.field(
        default=None, description="Last day, inclusive; left out or null: until it is revoked."
    )

    def to_request(self) -> GrantRole:
        return GrantRole(
            user_id=key_of(self.user_id, "User"),
            organisation=self.organisation,
            role=self.role,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


@strawberry.input(description="A role to take away.")
class RoleRevokeInput:
    role_grant_id: strawberry.ID = strawberry.field(description="The id of the role grant.")


@public_type("tells the caller what he did")
@strawberry.type(description="The role was given.")
class RoleGranted:
    role_grant: RoleGrant = strawberry.field(description="The new role grant.")


@public_type("tells the caller what he did")
@strawberry.type(description="The role was taken away; no write that begins later rests on it.")
class RoleRevoked:
    role_grant: RoleGrant = strawberry.field(description="The role grant as it is now.")


@problem_for(GrantNotAllowed)
@public_type(OWN_REQUEST)
@strawberry.type(name="GrantNotAllowed", description="The caller may not give or take away this role here.")
class GrantNotAllowedProblem(Problem):
    role: Role = strawberry.field(description="The role.")
    missing: list[MissingRight] = strawberry.field(description="What is missing, the first thing to mend first.")

    @classmethod
    def from_error(cls, error: GrantNotAllowed, message: str, language: Language) -> Self:
        missing = [MissingRight.from_missing(one, language) for one in error.decision.missing]
        return cls(**problem_fields(error, message), role=error.decision.role, missing=missing)


@problem_for(RoleAlreadyGranted)
@public_type(OWN_REQUEST)
@strawberry.type(name="RoleAlreadyGranted", description="The person has an unrevoked grant of this role here.")
class RoleAlreadyGrantedProblem(Problem):
    existing_id: strawberry.ID = strawberry.field(description="The id of the grant in the way.")

    @classmethod
    def from_error(cls, error: RoleAlreadyGranted, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), existing_id=opaque_id("RoleGrant", error.existing_id))

    @strawberry.field(description="The grant in the way; null when the caller may not see it.")
    async def existing(self, info: Info) -> RoleGrant | None:
        row = await info.context.loaders.role_grants.load(key_of(self.existing_id, "RoleGrant"))
        return RoleGrant.from_row(row) if row else None


@problem_for(RolesComeFromClaims)
@public_type(OWN_REQUEST)
@strawberry.type(
    name="RolesComeFromClaims",
    description="Roles are given and taken away in the identity provider here; a grant would have no effect.",
)
class RolesComeFromClaimsProblem(Problem):
    pass


RoleGrantPayload = Annotated[
    RoleGranted
    | NotFoundProblem
    | GrantNotAllowedProblem
    | InvalidInputProblem
    | RoleAlreadyGrantedProblem
    | RolesComeFromClaimsProblem,
    strawberry.union("RoleGrantPayload", description="The role grant, or why the role was not given."),
]
RoleRevokePayload = Annotated[
    RoleRevoked | NotFoundProblem | GrantNotAllowedProblem | WrongStateProblem | RolesComeFromClaimsProblem,
    strawberry.union("RoleRevokePayload", description="The revoked role grant, or why it still stands."),
]


@strawberry.type
class RoleGrantQueries:
    @strawberry.field(
        description="Role grants within sight, newest first, revoked ones included.",
        extensions=[Scoped(Action.READ_ROLES)],
    )
    async def role_grants(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: RoleGrantFilter | None = None,  # noqa: A002 - the name in the contract
    ) -> Connection[RoleGrant]:
        scope = info.context.scope(Action.READ_ROLES)
        wanted = filter.to_wanted() if filter else RoleGrantWanted()
        request = PageRequest.read(first=first, after=after, last=last, before=before)
        page = await visible_role_grants(scope, wanted, request)
        return connection_of(page, RoleGrant.from_row, lambda: count_visible_role_grants(scope, wanted))


@strawberry.type
class RoleGrantMutations:
    @strawberry.mutation(
        description="Give a person a role in an organisation (rol geven).", extensions=[RoleIntention()]
    )
    async def role_grant(self, info: Info, input: RoleGrantInput) -> RoleGrantPayload:  # noqa: A002 - contract
        granted = await grant_role(info.context.office, info.context.caller, input.to_request())
        return RoleGranted(role_grant=RoleGrant.from_row(granted))

    @strawberry.mutation(
        description="Take a role away (rol afnemen); the grant is never deleted.", extensions=[RoleIntention()]
    )
    async def role_revoke(self, info: Info, input: RoleRevokeInput) -> RoleRevokePayload:  # noqa: A002 - contract
        key = key_of(input.role_grant_id, "RoleGrant")
        revoked = await revoke_role(info.context.office, info.context.caller, key)
        return RoleRevoked(role_grant=RoleGrant.from_row(revoked))
