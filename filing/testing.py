"""Testing (testen): every rule over the current revision, without changing a line; the result holds for it alone."""

import asyncio
from dataclasses import dataclass, replace

from domain.caller import Caller
from domain.errors import NotFound
from domain.findings import Report
from domain.months import day_in_brussels
from domain.states import PerformanceFileState
from domain.vocabulary import Action, Mode, Severity
from filing.facts import known_of_parts
from filing.file_in_hand import PERFORMANCE_FILE, file_in_hand, record_step, require_revision
from filing.office import Office
from filing.revision_parts import part_of
from filing.subjects import OnConvention
from persistence.bulk_reading import each_line
from persistence.database import Connection
from persistence.performance_file_writing import save_test
from persistence.performance_files import PerformanceFile, performance_file
from persistence.register import convention_with_id
from persistence.unit_of_work import unit_of_work
from validation.by_hand import check_parts
from validation.document import Part
from validation.register import Facts


@dataclass(frozen=True, slots=True)
class PutToTest:
    """The revision that the caller saw."""

    file_id: str
    revision: int


async def put_to_test(office: Office, caller: Caller, request: PutToTest) -> str:
    """Check the revision and bind the result to it; answers the id of its file.

    It is TESTED without blocking findings, else DRAFT. Raises `NotFound`, `NotAllowed`, `StaleRevision`; `WrongState`
    for a file that is neither draft nor tested.
    """
    moment = office.clock()
    file = await _file_to_test(office, caller, request)
    report = await _report_on(office, caller, file)

    async def work(connection: Connection) -> str:
        # Lines of a revision never change; rights, state and which revision is current may have, while it was checked.
        file = await file_in_hand(office, caller, Action.TEST, request.file_id, connection)
        require_revision(file, request.revision)
        state = _state_after(file, report)
        await save_test(connection, file, report, state, caller.user_id, moment)
        await record_step(
            office,
            caller,
            connection,
            "performanceFileTest",
            file.id,
            version=file.version,
            revision=file.revision,
            state=state,
            moment=moment,
        )
        return file.id

    return await unit_of_work(work)


async def _file_to_test(office: Office, caller: Caller, request: PutToTest) -> PerformanceFile:
    file = await performance_file(request.file_id)
    if file is None:
        raise NotFound(PERFORMANCE_FILE)
    await office.gate.require(
        caller,
        Action.TEST,
        OnConvention(file.convention_id, file.month),
        thing=PERFORMANCE_FILE,
        seen_by=Action.CONSULT,
    )
    require_revision(file, request.revision)
    file.state.to(PerformanceFileState.TESTED)
    return file


async def _report_on(office: Office, caller: Caller, file: PerformanceFile) -> Report:
    lines = [line async for line in each_line(file.current.id)]
    convention = await convention_with_id(file.convention_id)
    part = replace(part_of(convention, file.month, file.version, lines), programme=file.current.programme)
    facts = await _facts_of(office, caller, part)
    today = day_in_brussels(office.clock())
    # In a thread, because a large part takes the processor for some tenths of a second.
    return await asyncio.to_thread(check_parts, [part], {part.number: facts}, today=today, is_delivery=False)


async def _facts_of(office: Office, caller: Caller, part: Part) -> Facts:
    """As for a delivery by *caller*, but for the right to deliver: testing has its own, which the gate asked."""
    known = await known_of_parts(office, caller, [part], mode=Mode.TEST)
    facts = known.facts[part.number]
    return replace(facts, upload_right=replace(facts.upload_right, lack=None))


def _state_after(file: PerformanceFile, report: Report) -> PerformanceFileState:
    tested = file.state.to(PerformanceFileState.TESTED)
    blocks = any(count.severity is Severity.BLOCKING for count in report.counts)
    return PerformanceFileState.DRAFT if blocks else tested
