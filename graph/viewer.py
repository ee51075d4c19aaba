"""Who the caller is, for whom he acts, and what he may do where."""

import strawberry

from domain.vocabulary import Action, Role
from filing.identification import Identified
from graph.context import Info
from graph.guard import ForCaller
from graph.nodes import opaque_id
from graph.organisations import Organisation, User
from graph.rights import public_type


@public_type("shows the caller to himself")
@strawberry.type(description="The caller: a person acting for one organisation.")
class Viewer:
    user: User = strawberry.field(description="The person.")
    organisation: Organisation = strawberry.field(description="The organisation that he acts for in this request.")
    roles: list[Role] = strawberry.field(description="His roles in that organisation today, in alphabetical order.")
    identified: strawberry.Private[Identified]

    @strawberry.field(
        description="Actions that his roles allow on at least some things; ask `viewerActions` on the thing itself."
    )
    def possible_actions(self) -> list[Action]:
        caller, table = self.identified.caller, self.identified.table
        return [action for action in Action if any(table.role_ever_permits(role, action) for role in caller.roles)]


@strawberry.type
class ViewerQueries:
    @strawberry.field(
        description="The caller: person, organisation and roles.", extensions=[ForCaller("shows the caller to himself")]
    )
    async def viewer(self, info: Info) -> Viewer:
        caller = info.context.known.caller
        return Viewer(
            user=User.from_caller(caller),
            organisation=Organisation(
                id=opaque_id("Organisation", caller.organisation_id),
                name=caller.organisation_name,
                enterprise_number=caller.enterprise_number,
                kind=caller.organisation_kind,
            ),
            roles=sorted(caller.roles),
            identified=info.context.known,
        )
