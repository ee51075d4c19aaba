"""F: rules about the collective file as a whole; each refuses the file.

F-001, F-002 and F-005 are found before a rule can run: see `validation.rules.catalogue`.
"""

from collections.abc import Iterator

from domain.vocabulary import Mode, Severity
from validation.contexts import EnvelopeContext, FileContext
from validation.document import Spot
from validation.rule import Fault, Reach, rule

ENVIRONMENTS = {Mode.TEST: "T", Mode.PRODUCTION: "P"}


@rule("F-003", Severity.FILE, Reach.FILE)
def environment_is_the_one_asked_for(context: EnvelopeContext) -> Iterator[Fault]:
    """The file is marked for the environment to which it is delivered: T for a test, P for production."""
    if context.mode is None:
        return
    expected = ENVIRONMENTS[context.mode]
    if context.header.environment != expected:
        yield Fault(Spot(field="Omgeving"), value=context.header.environment, expected=expected)


@rule("F-004", Severity.FILE, Reach.FILE)
def sender_is_the_acting_organisation(context: EnvelopeContext) -> Iterator[Fault]:
    """The sender in the head of the file is the organisation for which the person who delivers it acts."""
    if context.sender is not None and context.header.sender != context.sender:
        yield Fault(Spot(field="Verzender"), value=context.header.sender, expected=context.sender)


@rule("F-006", Severity.FILE, Reach.FILE)
def control_totals_match(context: FileContext) -> Iterator[Fault]:
    """Every control total equals what the parts add up to; each one that differs is reported.

    Promotors and conventions are counted once each, employees once a part; hours and days are summed exactly.
    A file with a part that could not be read is not compared: its sums cannot be known.
    """
    if not context.is_complete:
        return
    declared, counted = context.declared, context.counted
    for name, said, found in (
        ("promotoren", declared.promotors, counted.promotors),
        ("conventies", declared.conventions, counted.conventions),
        ("werknemers", declared.employees, counted.employees),
        ("lijnen", declared.lines, counted.lines),
        ("uren", declared.hours, counted.hours),
        ("dagen", declared.days, counted.days),
    ):
        if said != found:
            yield Fault(Spot(field="Controletotalen"), value=str(said), expected=str(found), values={"total": name})


@rule("F-007", Severity.FILE, Reach.FILE)
def file_is_within_limits(context: FileContext) -> Iterator[Fault]:
    """The file holds no more bytes, promotors, conventions, employees and lines than one file may."""
    counted, limits = context.counted, context.limits
    for name, found, most in (
        ("bytes", context.size_bytes, limits.size_bytes),
        ("promotoren", counted.promotors, limits.promotors),
        ("conventies", counted.conventions, limits.conventions),
        ("werknemers", counted.employees, limits.employees),
        ("lijnen", counted.lines, limits.lines),
    ):
        if found > most:
            yield Fault(value=str(found), expected=f"≤ {most}", values={"limit": name})


@rule("F-008", Severity.FILE, Reach.FILE)
def sender_is_admitted_to_production(context: EnvelopeContext) -> Iterator[Fault]:
    """The helpdesk has admitted the sender to production; a first-time sender delivers test files first."""
    if context.mode is Mode.PRODUCTION and not context.is_admitted:
        yield Fault(Spot(field="Verzender"), value=context.header.sender)
