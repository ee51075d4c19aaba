"""Following the performance files of a convention while they change, for as long as the caller may consult them."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Final

import strawberry

from domain.errors import NotFound
from domain.vocabulary import Action
from graph.context import Context, Info
from graph.guard import Followed
from graph.performance_files import PerformanceFile, performance_file_in_sight
from persistence.conventions import convention_by_number
from persistence.performance_files import marks_of_convention

POLL_SECONDS: Final = 1.0
"""How often is looked: changes are seen, and rights that ended end the stream, within two seconds."""


@strawberry.type
class PerformanceFileSubscriptions:
    @strawberry.subscription(
        description="Each performance file under the convention that comes or changes, as it is then, at most once a"
        " second. Ends when the caller may not see the convention any more.",
        extensions=[Followed(Action.CONSULT)],
    )
    async def performance_file_changed(
        self,
        info: Info,
        convention_number: Annotated[str, strawberry.argument(description="Number of the convention.")],
    ) -> AsyncGenerator[PerformanceFile]:
        context = info.context
        seen = await marks_in_sight(context, convention_number)
        if seen is None:
            raise NotFound("convention")
        while True:
            await asyncio.sleep(POLL_SECONDS)
            # Who he is and what he may is read again before anything is shown.
            await context.refresh()
            marks = await marks_in_sight(context, convention_number)
            if marks is None:
                return
            for file_id in [one for one, mark in marks.items() if seen.get(one) != mark]:
                file = await performance_file_in_sight(context, file_id)
                if file is not None:
                    yield file
            seen = marks


async def marks_in_sight(context: Context, convention_number: str) -> dict[str, str] | None:
    """A mark for each performance file in sight; none when the convention is out of sight."""
    if await convention_by_number(context.scope(Action.READ_CONVENTION), convention_number) is None:
        return None
    return dict(await marks_of_convention(context.scope(Action.CONSULT), convention_number))
