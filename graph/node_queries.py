"""Finding a thing again by its opaque id, through the same doors as everywhere else."""

import asyncio
from collections.abc import Mapping

import strawberry

from domain.errors import InvalidValue
from graph.admissions import Admission
from graph.collective_files import CollectiveFile
from graph.context import Context, Info
from graph.conventions import Convention
from graph.guard import ForCaller
from graph.mandates import Mandate
from graph.nodes import Door, Node, behind_door, doors, split_id
from graph.organisations import Organisation, User
from graph.performance_files import PerformanceFile
from graph.role_grants import RoleGrant
from persistence.pages import LARGEST_PAGE

EACH_ASKS = "the type behind the id asks for its own right"


async def _convention(context: Context, key: str) -> Node | None:
    row = await context.loaders.conventions.load(key)
    return Convention.from_row(row) if row else None


async def _organisation(context: Context, key: str) -> Node | None:
    row = await context.loaders.organisations.load(key)
    return Organisation.from_row(row) if row else None


async def _user(context: Context, key: str) -> Node | None:
    """Only the caller himself: other people are shown on things that he sees, not by their id."""
    if key != context.caller.user_id:
        return None
    return User.from_caller(context.caller)


async def _mandate(context: Context, key: str) -> Node | None:
    row = await context.loaders.mandates.load(key)
    return Mandate.from_row(row) if row else None


async def _role_grant(context: Context, key: str) -> Node | None:
    row = await context.loaders.role_grants.load(key)
    return RoleGrant.from_row(row) if row else None


async def _admission(context: Context, key: str) -> Node | None:
    row = await context.loaders.admissions.load(key)
    return Admission.from_row(row) if row else None


async def _performance_file(context: Context, key: str) -> Node | None:
    file = await context.loaders.performance.files.load(key)
    return PerformanceFile.shown(file, context) if file else None


async def _collective_file(context: Context, key: str) -> Node | None:
    row = await context.loaders.collective.files.load(key)
    return CollectiveFile.from_row(row) if row else None


_DOORS: Mapping[str, Door] = {
    "Convention": _convention,
    "Organisation": _organisation,
    "User": _user,
    "Mandate": _mandate,
    "RoleGrant": _role_grant,
    "Admission": _admission,
    "PerformanceFile": _performance_file,
    "CollectiveFile": _collective_file,
}


doors.update(_DOORS)


async def node_behind(context: Context, identifier: str) -> Node | None:
    """The thing with this id; none for a forged id, for nothing, and for what lies outside the caller's sight."""
    type_name, key = split_id(identifier)
    return await behind_door(context, type_name, key)


@strawberry.type
class NodeQueries:
    @strawberry.field(
        description="The thing with this id; null when there is none within sight.", extensions=[ForCaller(EACH_ASKS)]
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - the name in the contract
        return await node_behind(info.context, id)

    @strawberry.field(
        description="The things with these ids, at most 200, in the same order; null where there is none within sight.",
        extensions=[ForCaller(EACH_ASKS)],
    )
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        if len(ids) > LARGEST_PAGE:
            raise InvalidValue("ids", found=str(len(ids)), expected=f"at most {LARGEST_PAGE}")
        # Together, so that the loaders fetch each type once.
        return await asyncio.gather(*(node_behind(info.context, one) for one in ids))
