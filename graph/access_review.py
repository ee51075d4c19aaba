"""The access review (nazicht van rechten): what the helpdesk asks about because nobody seems to use it."""

from typing import Annotated

import strawberry

from domain.vocabulary import Action
from filing.subjects import AtDepartment
from graph.context import Info
from graph.guard import Scoped
from graph.mandates import Mandate
from graph.rights import reached_by
from graph.role_grants import RoleGrant
from persistence.access_review import ending_mandates, unused_mandates, unused_role_grants

_MOST = 200
_UNUSED_DAYS = 180
_ENDING_DAYS = 31


@reached_by(Action.READ_ROLES)
@strawberry.type(description="Rights to ask about (nazicht van rechten); a list of each kind, at most `first` long.")
class AccessReview:
    unused_role_grants: list[RoleGrant] = strawberry.field(
        description="In force, whose holder did nothing for the organisation in 180 days; oldest first."
    )
    unused_mandates: list[Mandate] = strawberry.field(
        description="In force, under which nothing was sent in 180 days; oldest first."
    )
    ending_mandates: list[Mandate] = strawberry.field(
        description="In force, whose last month ends within 31 days; those that end first come first."
    )


@strawberry.type
class AccessReviewQueries:
    @strawberry.field(
        description="Rights that nobody seems to use, and mandates that end soon; null for who may not read the roles"
        " and mandates of everybody.",
        extensions=[Scoped(Action.READ_ROLES)],
    )
    async def access_review(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="At most so many of each; 1 to 200.")] = 50,
    ) -> AccessReview | None:
        for action in (Action.READ_ROLES, Action.READ_MANDATES):
            if not await info.context.loaders.permits(AtDepartment(), action):
                return None
        moment, limit = info.context.office.clock(), max(1, min(first, _MOST))
        return AccessReview(
            unused_role_grants=[
                RoleGrant.from_row(row) for row in await unused_role_grants(moment, days=_UNUSED_DAYS, limit=limit)
            ],
            unused_mandates=[
                Mandate.from_row(row) for row in await unused_mandates(moment, days=_UNUSED_DAYS, limit=limit)
            ],
            ending_mandates=[
                Mandate.from_row(row) for row in await ending_mandates(moment, days=_ENDING_DAYS, limit=limit)
            ],
        )
