"""Putting in the audit trail who read what of another organisation, so that the promotor can see it (inzage)."""

from dataclasses import dataclass, field

from filing.identification import Identified
from filing.office import Office
from persistence.audit import AuditEntry, Outcome, append
from persistence.database import Connection
from persistence.file_readings import READING, index_readings
from persistence.unit_of_work import unit_of_work

REPORT_READING = "collectiveFileReportConsult"


@dataclass(slots=True)
class Readings:
    """What one answer shows of other organisations: performance files, and collective files of which it says the
    outcome.
    """

    performance_files: set[str] = field(default_factory=set[str])
    collective_files: set[str] = field(default_factory=set[str])

    def __bool__(self) -> bool:
        return bool(self.performance_files or self.collective_files)


async def record_readings(office: Office, identified: Identified, readings: Readings) -> None:
    """Write one entry for the performance files that were read, and one for the reports.

    In a transaction of its own, after the answer was worked out and before it is sent: when this raises, nothing may be
    shown.
    """
    files, reports = sorted(readings.performance_files), sorted(readings.collective_files)
    moment = office.clock()

    async def work(connection: Connection) -> None:
        for action, kind, keys in (
            (READING, "performance_file", files),
            (REPORT_READING, "collective_file", reports),
        ):
            if not keys:
                continue
            entry = AuditEntry(
                at=moment,
                user_id=identified.caller.user_id,
                organisation_id=identified.caller.organisation_id,
                action=action,
                object_kind=kind,
                object_id=keys[0] if len(keys) == 1 else None,
                outcome=Outcome.DONE,
                policy_version=identified.table.version,
                details={"files": keys},
            )
            sequence = await append(connection, entry)
            if action == READING:
                await index_readings(connection, sequence, keys)

    await unit_of_work(work)
