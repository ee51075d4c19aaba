"""What the head of a file says against how the file came in, and against what its parts add up to."""

from collections.abc import Iterable
from typing import Any

from domain.findings import Finding
from domain.vocabulary import Mode
from validation.contexts import EnvelopeContext, FileContext
from validation.frame import Head
from validation.masking import shown
from validation.rule import Fault, Rule
from validation.rules import check_envelope, check_file
from validation.vocabulary import FILE, HEADER


def envelope_findings(head: Head, *, mode: Mode | None, sender: str | None, is_admitted: bool) -> tuple[Finding, ...]:
    """F-003, F-004 and F-008 with their places; none of them when *mode* and *sender* are none, as without a server."""
    context = EnvelopeContext(head.envelope.header, mode=mode, sender=sender, is_admitted=is_admitted)
    return _findings(head, check_envelope(context))


def whole_file_findings(head: Head, context: FileContext) -> tuple[Finding, ...]:
    """F-006 and F-007, which stand where the head says what the file holds."""
    return _findings(head, check_file(context))


def _findings(head: Head, faults: Iterable[tuple[Rule[Any], Fault]]) -> tuple[Finding, ...]:
    return tuple(_finding(head, rule, fault) for rule, fault in faults)


def _finding(head: Head, rule: Rule[Any], fault: Fault) -> Finding:
    header = f"/{FILE}/{HEADER}"
    place = head.places.get(f"{header}/{fault.spot.field}") or head.places[header]
    return Finding(
        code=rule.code,
        severity=fault.severity or rule.severity,
        place=place,
        value=None if fault.value is None else shown(fault.value),
        expected=fault.expected,
        values=dict(fault.values),
    )
