"""Loading the demo world, so that a newcomer and the tests have something to look at.

What the demo has filed before is filed by its own people through the use cases, so that nothing in it is out of reach
of a real user.
"""

from collections.abc import Iterator

from domain.amounts import hundredths, tenths
from domain.caller import Caller
from domain.demo_register import demo_register
from domain.demo_world import demo_world, last_ended_month, persona_named
from domain.months import Clock
from domain.vocabulary import Judgement
from filing.deciding import Decide, decide_on_performance_file
from filing.filling_in import FillIn, fill_in_performance_file
from filing.identification import identify
from filing.line_forms import LineForm
from filing.office import Office
from filing.submitting import Submit, submit_performance_file
from filing.testing import PutToTest, put_to_test
from persistence.database import Connection
from persistence.demo_world import holds_any_organisation, insert_demo_world
from persistence.unit_of_work import unit_of_work
from validation.document import Part
from validation.making.parts import previous_part


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


async def file_previous_month(office: Office) -> None:
    """Let De Brug file M−1 for its convention 104233, and the department accept it.

    The samples count on it: who was there then, and that the month has a version.
    """
    part = previous_part(last_ended_month(office.clock()))
    promotor, case_handler = await _persona(office, "promotor"), await _persona(office, "case-handler")
    lines = tuple(_lines(part))
    file_id = await fill_in_performance_file(office, promotor, FillIn(part.convention, part.month, lines))
    await put_to_test(office, promotor, PutToTest(file_id, revision=1))
    await submit_performance_file(office, promotor, Submit(file_id, revision=1, idempotency_key=f"demo-{part.month}"))
    await decide_on_performance_file(office, case_handler, Decide(file_id, 1, Judgement.ACCEPT, reason=None))


async def _persona(office: Office, name: str) -> Caller:
    persona = persona_named(name)
    if persona is None:
        raise LookupError(f"the demo world has no {name}")
    known = await identify(
        office, subject=persona.subject, name=persona.display_name, enterprise_number=persona.organisation
    )
    return known.caller


def _lines(part: Part) -> Iterator[LineForm]:
    for employee in part.employees:
        for employment in employee.employments:
            for line in employment.lines:
                yield LineForm(
                    employee=employee.insz,
                    employer=employee.employer,
                    employment_number=employment.number,
                    begin=employment.begin,
                    end=employment.end,
                    weekly_hours=hundredths(employment.weekly_hours_hundredths),
                    full_time_hours=hundredths(employment.full_time_hours_hundredths),
                    code=line.code,
                    days=None if line.days_tenths is None else tenths(line.days_tenths),
                    hours=None if line.hours_hundredths is None else hundredths(line.hours_hundredths),
                    from_day=line.from_day,
                    until_day=line.until_day,
                )
