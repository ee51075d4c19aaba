"""Checking parts that did not come in a file: lines filled in by hand, and revisions that are tested again.

Only the rules run: there are no bytes, so no finding has a place. The same rules as for a file, and no others.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.findings import Report, verdict_of
from validation.collecting import DETAILS_PER_CODE, Collector
from validation.configuration import rule_settings
from validation.contexts import PartContext, RegisterContext
from validation.document import Part
from validation.placing import FaultsOfPart, Tally
from validation.register import Facts
from validation.rules import check_employees, check_part, check_register
from validation.stages import Stage, StageLog, Stopwatch


def check_parts(
    parts: Sequence[Part],
    facts: Mapping[int, Facts] | None,
    *,
    today: date,
    is_delivery: bool,
    cap: int = DETAILS_PER_CODE,
) -> Report:
    """The report on *parts*; *facts* are by number of the part, none when the register cannot be asked.

    Without the register the verdict is at best NOT_FULLY_CHECKED. *is_delivery* as in
    `validation.contexts.RegisterContext`. The stages that look at bytes are not part of this procedure and not named.
    A rule that breaks raises what it raises: nothing is reported then.
    """
    settings = rule_settings()
    log = StageLog((Stage.RULES, Stage.REGISTER))
    collector = Collector(cap)
    watch = Stopwatch()
    for part in parts:
        of_part = FaultsOfPart(part, "")
        faults = (*check_part(PartContext(part, settings, today)), *check_employees(part, settings))
        collector.findings += (found.finding for found in of_part.gather(faults, collector, Tally()))
    log.done(Stage.RULES)
    log.took(Stage.RULES, watch.lap())
    if facts is not None:
        for part in parts:
            context = RegisterContext(part, facts[part.number], settings, today, is_delivery)
            gathered = FaultsOfPart(part, "").gather(check_register(context), collector, Tally())
            collector.findings += (found.finding for found in gathered)
        log.done(Stage.REGISTER)
        log.took(Stage.REGISTER, watch.lap())
    stages, counts = log.results(), collector.finding_counts()
    return Report(
        verdict=verdict_of(stages, counts),
        stages=stages,
        counts=counts,
        findings=collector.in_file_order(),
        is_capped=collector.is_capped,
        rule_set=settings.rule_set,
    )
