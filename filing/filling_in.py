"""Filling in by hand: the first version of a month, a new revision of it, or the next version once it was accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.caller import Caller
from domain.decisions import NotAllowed
from domain.errors import DomainError, InvalidValue, NotFound, WrongState
from domain.months import Month
from domain.performance import PerformanceLine
from domain.states import PerformanceFileState
from domain.vocabulary import Action, Programme
from filing.file_in_hand import file_in_hand, record_step, require_revision
from filing.line_forms import LineForm, lines_from
from filing.office import Office
from filing.revision_parts import part_of, shares_of, totals_of_part
from filing.subjects import OnConvention
from persistence.database import Connection
from persistence.performance_file_writing import LinesByHand, add_revision, add_version
from persistence.performance_files import PerformanceFile, newest_version
from persistence.register import KnownConvention, convention_with_id, conventions_numbered
from persistence.unit_of_work import unit_of_work

_FIRST_MONTH: Final = Month(2000, 1)
_LAST_MONTH: Final = Month(2099, 12)
"""The months that a collective file can hold."""


@dataclass(frozen=True, slots=True)
class FillIn:
    """The first lines of a month under a convention."""

    convention_number: str
    month: Month
    lines: Sequence[LineForm]


@dataclass(frozen=True, slots=True)
class Modify:
    """All lines of a performance file anew; *revision* is the one that the caller saw."""

    file_id: str
    revision: int
    lines: Sequence[LineForm]


class VersionExists(DomainError):
    """The month has a version that must be changed instead, *existing_id*; none while another transaction makes it."""

    code = "VERSION_EXISTS"

    def __init__(self, existing: PerformanceFile | None = None) -> None:
        super().__init__(path=("month",))
        self.existing_id = existing.id if existing else None


async def fill_in_performance_file(office: Office, caller: Caller, request: FillIn) -> str:
    """Make version 1 of the month, in DRAFT; answers its id.

    Raises `InvalidValue` for lines or a month of a wrong form; `NotFound` for a convention that does not exist or that
    *caller* does not see; `NotAllowed` when he may not file under it in this month; `VersionExists`.
    """
    lines = lines_from(request.lines)
    if not _FIRST_MONTH <= request.month <= _LAST_MONTH:
        raise InvalidValue("month", found=str(request.month), expected=f"{_FIRST_MONTH} – {_LAST_MONTH}")
    moment = office.clock()

    async def work(connection: Connection) -> str:
        convention = (await conventions_numbered([request.convention_number], connection)).get(
            request.convention_number
        )
        if convention is None:
            raise NotFound("convention")
        await office.gate.require_in_write(
            caller,
            Action.READ_CONVENTION,
            OnConvention(convention.id),
            connection,
            thing="convention",
            seen_by=Action.READ_CONVENTION,
        )
        decision = await office.gate.decide(
            caller, Action.FILL_IN, OnConvention(convention.id, request.month), connection
        )
        if not decision.allowed:
            raise NotAllowed(decision)
        existing = await newest_version(convention.id, request.month, connection)
        if existing is not None:
            raise VersionExists(existing)
        made = _made(caller, convention, request.month, 1, lines, moment)
        file_id = await add_version(connection, convention.id, request.month, 1, made)
        await record_step(
            office,
            caller,
            connection,
            "performanceFileFillIn",
            file_id,
            version=1,
            revision=1,
            state=PerformanceFileState.DRAFT,
            moment=moment,
        )
        return file_id

    return await unit_of_work(work, refusals=_TAKEN)


async def modify_performance_file(office: Office, caller: Caller, request: Modify) -> str:
    """Replace all lines; answers the id of the file that holds them.

    That is the same file with one revision more, or the next version when this one was accepted: it takes effect when
    it is accepted itself. Raises `InvalidValue`, `NotFound`, `NotAllowed`, `StaleRevision`; `WrongState` while the file
    is submitted; `VersionExists` when an accepted version has a newer one already.
    """
    lines = lines_from(request.lines)
    moment = office.clock()

    async def work(connection: Connection) -> str:
        file = await file_in_hand(office, caller, Action.MODIFY, request.file_id, connection)
        require_revision(file, request.revision)
        convention = await convention_with_id(file.convention_id, connection)
        if file.state is PerformanceFileState.ACCEPTED:
            file_id = await _correct(
                connection, file, _made(caller, convention, file.month, file.version + 1, lines, moment)
            )
            version, revision = file.version + 1, 1
        else:
            _require_modifiable(file)
            await add_revision(connection, file, _made(caller, convention, file.month, file.version, lines, moment))
            file_id, version, revision = file.id, file.version, file.revision + 1
        await record_step(
            office,
            caller,
            connection,
            "performanceFileModify",
            file_id,
            version=version,
            revision=revision,
            state=PerformanceFileState.DRAFT,
            moment=moment,
        )
        return file_id

    return await unit_of_work(work, refusals=_TAKEN)


_TAKEN = {"performance_file_version": VersionExists, "performance_file_one_open": VersionExists}
"""Another transaction made that version first."""


async def _correct(connection: Connection, file: PerformanceFile, made: LinesByHand) -> str:
    if file.newest_version != file.version:
        raise VersionExists(await newest_version(file.convention_id, file.month, connection))
    return await add_version(connection, file.convention_id, file.month, file.version + 1, made)


def _require_modifiable(file: PerformanceFile) -> None:
    if not file.state.can_be_modified:
        modifiable = [state for state in PerformanceFileState if state.can_be_modified]
        expected = ", ".join(sorted([*modifiable, PerformanceFileState.ACCEPTED]))
        raise WrongState(found=file.state, expected=expected)


def _made(
    caller: Caller,
    convention: KnownConvention,
    month: Month,
    version: int,
    lines: Sequence[PerformanceLine],
    moment: datetime,
) -> LinesByHand:
    part = part_of(convention, month, version, lines)
    return LinesByHand(
        programme=Programme(convention.programme),
        lines=lines,
        totals=totals_of_part(part),
        shares=shares_of(part),
        made_by=caller.user_id,
        made_for=caller.organisation_id,
        made_at=moment,
    )
