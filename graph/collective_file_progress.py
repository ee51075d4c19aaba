"""Following a collective file while it is checked, for as long as the caller may see it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Final

import strawberry

from domain.errors import NotFound
from domain.vocabulary import Action
from graph.collective_files import CollectiveFile, collective_file_in_sight
from graph.context import Info
from graph.guard import Followed
from graph.nodes import key_of

POLL_SECONDS: Final = 1.0
"""How often is looked: a right that ended ends the stream within two seconds."""


@strawberry.type
class CollectiveFileSubscriptions:
    @strawberry.subscription(
        description="The collective file as it is now and after each change, at most once a second; ends with its"
        " outcome, or when the caller may not see it any more.",
        extensions=[Followed(Action.UPLOAD)],
    )
    async def collective_file_progress(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The collective file.")],  # noqa: A002 - contract
    ) -> AsyncGenerator[CollectiveFile]:
        context = info.context
        key = key_of(id, "CollectiveFile")
        file = await collective_file_in_sight(context, key)
        if file is None:
            raise NotFound("collective file")
        shown = None
        while file is not None:
            mark = (file.state, file.progress, file.report_id)
            if mark != shown:
                shown = mark
                yield file
            if file.state.is_final:
                return
            await asyncio.sleep(POLL_SECONDS)
            # Who he is and what he may is read again before anything is shown.
            await context.refresh()
            file = await collective_file_in_sight(context, key)
