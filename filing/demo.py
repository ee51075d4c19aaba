"""Loading the demo world into an empty database, so that a newcomer and the tests have something to look at."""

from domain.demo_register import demo_register
from domain.demo_world import demo_world, last_ended_month
from domain.months import Clock
from persistence.database import Connection
from persistence.demo_world import holds_any_organisation, insert_demo_world
from persistence.unit_of_work import unit_of_work


async def load_demo_world(clock: Clock) -> bool:
    """Fill an empty database with the demo world of the month that *clock* says; answers whether it was empty.

    Whole or not at all; a database that holds any organisation is left as it is.
    """
    moment = clock()

    async def load(connection: Connection) -> bool:
        if await holds_any_organisation(connection):
            return False
        month = last_ended_month(moment)
        await insert_demo_world(connection, demo_world(month), demo_register(month), moment)
        return True

    return await unit_of_work(load)
