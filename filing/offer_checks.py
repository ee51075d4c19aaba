"""What blocks a revision from being submitted now, asked inside the submitting transaction.

The test looked at every line; asked again is what time can have changed since: whether it was this very revision that
was tested, whether the month can still be filed, and whether the convention still covers it. The rights of the caller
are read again before, by the gate.
"""

from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, Final

from domain.findings import Finding
from domain.states import PerformanceFileState
from domain.vocabulary import Severity
from filing.facts import convention_facts
from filing.revision_parts import part_of
from persistence.bulk_reading import each_finding
from persistence.database import Connection
from persistence.performance_file_writing import tested_revision
from persistence.performance_files import PerformanceFile
from persistence.register import convention_with_id
from validation.collecting import Collector
from validation.configuration import rule_settings
from validation.contexts import OfferContext, PartContext, RegisterContext
from validation.document import Part
from validation.placing import FaultsOfPart, Tally
from validation.register import Facts
from validation.rule import Fault, Rule
from validation.rules import check_offer, check_part, check_register

MOST_FINDINGS: Final = 100


async def blocking_an_offer(connection: Connection, file: PerformanceFile, today: date) -> tuple[Finding, ...]:
    """The findings that keep the current revision of *file* from being submitted on *today*, at most a hundred."""
    if file.current.tested_at is not None and file.current.blocking and file.current.report_id is not None:
        return await _found_by_the_test(file.current.report_id)
    convention = await convention_with_id(file.convention_id, connection)
    # Only the test changes TESTED; a draft was not tested as it is, whatever its earlier revisions were.
    is_tested = file.state is PerformanceFileState.TESTED
    offer = OfferContext(
        convention=convention.number,
        month=file.month,
        revision=file.revision,
        tested_revision=file.revision if is_tested else await tested_revision(connection, file.id),
        lack=None,
    )
    part = replace(part_of(convention, file.month, file.version, ()), programme=file.current.programme)
    settings, facts = rule_settings(), Facts(convention=convention_facts(convention))
    faults = (
        *check_offer(offer),
        *check_part(PartContext(part, settings, today)),
        *check_register(RegisterContext(part, facts, settings, today, is_delivery=False)),
    )
    return tuple(islice(_blocking(part, faults), MOST_FINDINGS))


async def _found_by_the_test(report_id: int) -> tuple[Finding, ...]:
    found: list[Finding] = []
    async with aclosing(each_finding(report_id)) as findings:
        async for finding in findings:
            if finding.severity is Severity.BLOCKING:
                found.append(finding)
            if len(found) == MOST_FINDINGS:
                break
    return tuple(found)


def _blocking(part: Part, faults: Iterable[tuple[Rule[Any], Fault]]) -> Iterable[Finding]:
    for found in FaultsOfPart(part, "").gather(faults, Collector(), Tally()):
        if found.finding.severity is Severity.BLOCKING:
            yield found.finding
