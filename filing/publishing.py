"""From a report to an outcome: what of a checked file is loaded, decided and written in one transaction.

Between checking and publishing, a right may be withdrawn and somebody else may file the same month. So rights and
versions are read again inside the transaction, with the conventions held still, and a part that does not fit any more
is not loaded and says why. The fence comes first: of two workers only one publishes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from uuid_utils.compat import uuid7

from domain.caller import Caller
from domain.findings import Finding, FindingCount, PartSummary, Report, StageResult, StageState, verdict_of
from domain.months import day_in_brussels
from domain.states import CollectiveFileState, PerformanceFileState
from domain.vocabulary import DeliveryStatus, PartOutcome, Severity, Verdict
from filing.acts import record_act
from filing.facts import KnownOfParts, known_when_published
from filing.office import Office
from persistence.bulk import write_findings
from persistence.collective_files import sender_of
from persistence.database import Connection
from persistence.failures import TemporarilyUnavailable
from persistence.models import CollectiveFileRow
from persistence.number_series import reserve
from persistence.performance_file_writing import REPORTS
from persistence.publishing import Load, PublishedPart, add_parts, add_report, hold_conventions_still
from persistence.register import FiledVersions, conventions_numbered
from persistence.standing import hold_rights_still
from persistence.unit_of_work import unit_of_work
from persistence.work import Fence, finish
from validation.broken_off import BROKE_OFF, BrokenOff, finding_of
from validation.configuration import rule_settings
from validation.contexts import RegisterContext
from validation.document import Part
from validation.rules import check_register
from validation.schema.identity import schema_facts
from validation.stages import Stage


class Unfinished(StrEnum):
    """Why a file was not fully checked, as its row keeps it; `UNFINISHED_<reason>` in the message catalogue."""

    WORKER_DIED = "WORKER_DIED"
    BYTES_MISSING = "BYTES_MISSING"
    BYTES_CHANGED = "BYTES_CHANGED"
    CHECK_FAILED = "CHECK_FAILED"


_UNFINISHED_STAGES = {Stage.ENVELOPE: StageState.DONE, Stage.WELL_FORMED: StageState.FAILED}
"""The envelope was looked at when the file came in."""

_PARTS_AT_ONCE = 1_000
"""Decided, written and forgotten together: ten thousand parts do not need ten times the memory of one thousand."""


class _CameBetween(TemporarilyUnavailable):
    """Somebody filed the same month between reading and writing; the next attempt sees it."""


async def publish(
    office: Office,
    fence: Fence,
    file: CollectiveFileRow,
    sender: Caller,
    report: Report,
    *,
    first_revision_id: int | None,
) -> Verdict:
    """Give *file* its outcome, with its report, parts and performance files; answers the verdict as it was published.

    Lines of part *n* are under revision *first_revision_id* + n − 1; none when nothing of the file is loaded. Raises
    `LeaseLost`, and then nothing was published.
    """
    state = state_after(report)
    is_loaded = first_revision_id is not None and state is CollectiveFileState.PROCESSED
    report_id = await unit_of_work(lambda connection: reserve(connection, REPORTS, 1))
    work = _Publication(
        office, fence, file, sender, report, state, report_id, first_revision_id if is_loaded else None
    ).run
    refusals = {"performance_file_version": _CameBetween, "performance_file_one_open": _CameBetween}
    try:
        return await unit_of_work(work, refusals=refusals)
    except _CameBetween:
        return await unit_of_work(work, refusals=refusals)


async def conclude(
    office: Office, fence: Fence, file: CollectiveFileRow, reason: Unfinished, *, because: BrokenOff | None = None
) -> Verdict:
    """End a file that could not be checked: NOT_FULLY_CHECKED, nothing loaded, with the reason that a user sees.

    *because*: a check of it broke off, and the report says so.
    """
    stages = tuple(StageResult(stage, _UNFINISHED_STAGES.get(stage, StageState.SKIPPED)) for stage in Stage)
    findings = () if because is None else (finding_of(because, None),)
    report = Report(
        verdict=Verdict.NOT_FULLY_CHECKED,
        stages=stages,
        counts=tuple(FindingCount(finding.code, finding.severity, 1) for finding in findings),
        findings=findings,
        is_capped=False,
        rule_set=rule_settings().rule_set,
    )
    sender = await sender_of(file)

    async def work(connection: Connection) -> None:
        report_id = await reserve(connection, REPORTS, 1)
        state = CollectiveFileState.NOT_FULLY_CHECKED
        await finish(connection, fence, state=state, report_id=report_id, stage=reason)
        await write_findings(report_id, findings, within=connection)
        moment = office.clock()
        await add_report(connection, report_id, file.id, report, moment, schema_sha256=schema_facts().sha256)
        await _record(office, sender, connection, file, moment, state, loaded=0)

    await unit_of_work(work)
    return report.verdict


def state_after(report: Report) -> CollectiveFileState:
    """What becomes of a file with this report."""
    if any(count.severity is Severity.FILE for count in report.counts):
        return CollectiveFileState.REJECTED
    if any(stage.state is not StageState.DONE for stage in report.stages):
        return CollectiveFileState.NOT_FULLY_CHECKED
    return CollectiveFileState.PROCESSED


@dataclass(frozen=True, slots=True)
class _Publication:
    """One transaction that may run more than once; everything that it decides, it decides anew."""

    office: Office
    fence: Fence
    file: CollectiveFileRow
    sender: Caller
    report: Report
    state: CollectiveFileState
    report_id: int
    first_revision_id: int | None

    async def run(self, connection: Connection) -> Verdict:
        moment = self.office.clock()
        await finish(connection, self.fence, state=self.state, report_id=self.report_id, stage=self._reason())
        # With the report or not at all: a worker that is killed leaves no findings that nobody would sweep.
        written = await write_findings(self.report_id, self.report.findings, within=connection)
        if self.first_revision_id is not None:
            await self._hold_still(connection)
        loaded = 0
        counts: Counter[tuple[str, Severity]] = Counter()
        for start in range(0, len(self.report.parts), _PARTS_AT_ONCE):
            some = self.report.parts[start : start + _PARTS_AT_ONCE]
            parts, late = await self._decided(connection, some, moment)
            await add_parts(connection, self.file, parts, moment)
            written += await write_findings(self.report_id, late, first_number=written + 1, within=connection)
            counts.update((finding.code, finding.severity) for finding in late)
            loaded += sum(part.load is not None for part in parts)
        report = _with_late(self.report, counts)
        schema = schema_facts().sha256
        await add_report(connection, self.report_id, self.file.id, report, moment, schema_sha256=schema)
        await _record(self.office, self.sender, connection, self.file, moment, self.state, loaded=loaded)
        return report.verdict

    def _reason(self) -> Unfinished | None:
        if self.state is not CollectiveFileState.NOT_FULLY_CHECKED:
            return None
        broke_off = any(count.code == BROKE_OFF for count in self.report.counts)
        return Unfinished.WORKER_DIED if broke_off else Unfinished.CHECK_FAILED

    async def _decided(
        self, connection: Connection, parts: Sequence[PartSummary], moment: datetime
    ) -> tuple[list[PublishedPart], list[Finding]]:
        """A stretch of parts with their outcomes and where they are loaded, and what was found only now."""
        known = await known_when_published(self.office, self.sender, parts, mode=self.file.mode, connection=connection)
        decided: list[PublishedPart] = []
        late: list[Finding] = []
        for part in parts:
            found = self._late(part, known, moment)
            late += found
            decided.append(self._published(part, known, found))
        return decided, late

    async def _hold_still(self, connection: Connection) -> None:
        """Conventions and rights stay as they are until the end."""
        wanted = sorted({part.convention for part in self.report.parts if part.outcome is not PartOutcome.NOT_LOADED})
        ids: list[str] = []
        for start in range(0, len(wanted), _PARTS_AT_ONCE):
            found = await conventions_numbered(wanted[start : start + _PARTS_AT_ONCE], connection)
            ids += [one.id for one in found.values()]
        await hold_conventions_still(connection, ids)
        await hold_rights_still(self.sender.user_id, self.sender.organisation_id, ids, connection)

    def _late(self, part: PartSummary, known: KnownOfParts, moment: datetime) -> tuple[Finding, ...]:
        if self.first_revision_id is None or part.outcome is PartOutcome.NOT_LOADED:
            return ()
        return _found_late(part, known, moment)

    def _published(self, part: PartSummary, known: KnownOfParts, found: Sequence[Finding]) -> PublishedPart:
        convention_id = known.convention_ids.get(part.convention)
        if self.first_revision_id is None:
            # What is only tested says what would happen; what is refused or unfinished loads nothing.
            is_test = self.state is CollectiveFileState.PROCESSED
            told = part if is_test else replace(part, outcome=PartOutcome.NOT_LOADED)
            return PublishedPart(told, convention_id, None)
        if found:
            kept_out = replace(part, outcome=PartOutcome.NOT_LOADED, blocking=part.blocking + len(found))
            return PublishedPart(kept_out, convention_id, None)
        if part.outcome is PartOutcome.NOT_LOADED:
            return PublishedPart(part, convention_id, None)
        if convention_id is None:
            raise LookupError(f"part {part.number} of {self.file.id} has no convention and no finding about it")
        versions = known.versions.get((convention_id, part.month))
        load = _load(versions, self.first_revision_id + part.number - 1)
        return PublishedPart(_as_loaded(part), convention_id, load)


def _found_late(part: PartSummary, known: KnownOfParts, moment: datetime) -> tuple[Finding, ...]:
    """What keeps *part* out now (M-101, C-201, P-305 to P-307); the same rules said nothing when it was checked."""
    context = RegisterContext(
        _without_employees(part), known.facts[part.number], rule_settings(), day_in_brussels(moment)
    )
    return tuple(
        Finding(
            code=rule.code,
            severity=rule.severity,
            place=part.place,
            part=part.number,
            promotor=part.promotor,
            convention=part.convention,
            month=str(part.month),
            value=fault.value,
            expected=fault.expected,
            values=dict(fault.values),
        )
        for rule, fault in check_register(context)
        if rule.keeps_out
    )


def _without_employees(part: PartSummary) -> Part:
    return Part(
        number=part.number,
        promotor=part.promotor,
        reference=part.reference,
        delivery_status=part.delivery_status,
        replaces=part.replaces,
        convention=part.convention,
        programme=part.programme,
        month=part.month,
        employees=(),
    )


def _as_loaded(part: PartSummary) -> PartSummary:
    """A deletion loads a revision without lines, whatever the file spells under it."""
    if part.delivery_status is not DeliveryStatus.DELETED:
        return part
    return replace(part, totals=type(part.totals)(0, 0, 0, 0, 0))


def _load(versions: FiledVersions | None, revision_id: int) -> Load:
    """After an accepted version comes a new one; anything else gets its next revision."""
    if versions is None or versions.state is PerformanceFileState.ACCEPTED:
        version = 1 if versions is None else versions.version + 1
        return Load(str(uuid7()), is_new_version=True, version=version, revision=1, revision_id=revision_id)
    return Load(
        versions.file_id,
        is_new_version=False,
        version=versions.version,
        revision=versions.revision + 1,
        revision_id=revision_id,
    )


def _with_late(report: Report, late: Mapping[tuple[str, Severity], int]) -> Report:
    counts = Counter({(one.code, one.severity): one.count for one in report.counts})
    counts.update(late)
    heaviest = list(Severity)
    ordered = sorted(counts.items(), key=lambda item: (heaviest.index(item[0][1]), item[0][0]))
    exact = tuple(FindingCount(code, severity, count) for (code, severity), count in ordered)
    return replace(report, verdict=verdict_of(report.stages, exact), counts=exact)


async def _record(
    office: Office,
    sender: Caller,
    connection: Connection,
    file: CollectiveFileRow,
    moment: datetime,
    state: CollectiveFileState,
    *,
    loaded: int,
) -> None:
    details: Mapping[str, str | int] = {"state": state.value, "partsLoaded": loaded}
    await record_act(
        office,
        sender,
        connection,
        "collectiveFileCheck",
        kind="collective_file",
        key=file.id,
        moment=moment,
        details=details,
    )
