"""The gate: what the first bytes of a file tell, and that it is refused at once when it can be."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from domain.vocabulary import Mode
from validation.document import ControlTotals
from validation.envelope import envelope_findings
from validation.gate import HEAD_BYTES, read_head
from validation.refusal import FileRefused

GOOD = (Path(__file__).parent / "hostile" / "valid.xml").read_bytes()


def test_the_head_says_who_sends_what() -> None:
    head = read_head(GOOD, is_whole=True)

    header = head.envelope.header
    assert (header.reference, header.environment, header.sender) == ("SS01-202610-000123", "P", "0999000129")
    assert (header.created_at, header.schema_version, header.software) == (
        "2026-11-03T08:15:00+01:00",
        "1.0",
        "PayX 8.2",
    )
    assert head.envelope.control_totals == ControlTotals(1, 1, 1, 2, Decimal("83.60"), Decimal("22.0"))


def test_the_gate_looks_at_the_head_only() -> None:
    head = read_head(GOOD[: GOOD.index(b"<Promotor>") + 30], is_whole=False)

    assert head.body.offset == GOOD.index(b"<Promotor>")
    assert (head.body.line, head.body.column) == (11, 3)


@pytest.mark.parametrize(
    ("change", "code", "line", "column"),
    [
        (lambda text: text.replace(b"collective:1", b"collective:2"), "F-002", 2, 1),
        (lambda text: text.replace(b'"1.0"', b'"1.1"', 2).replace(b'version="1.1"', b'version="1.0"'), "F-002", 2, 1),
        (lambda text: text.replace(b"<Omgeving>P", b"<Omgeving>Q"), "XSD.enumeration", 5, 5),
        (lambda text: text.replace(b"</Omgeving>", b"</Omgevin>"), "F-001", 5, 18),
        (lambda text: text.replace(b"<Collectief", b"<!DOCTYPE x>\n<Collectief", 1), "F-001", 2, 1),
        (lambda text: text.replace(b"UTF-8", b"latin1"), "F-001", 1, 1),
    ],
    ids=["major", "minor", "schema", "well-formed", "doctype", "encoding"],
)
def test_a_refusal_has_its_rule_and_place(change: Callable[[bytes], bytes], code: str, line: int, column: int) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_head(change(GOOD), is_whole=True)

    [finding] = refusal.value.findings
    assert finding.place is not None
    assert (finding.code, finding.place.line, finding.place.column) == (code, line, column)
    assert finding.value
    assert finding.expected


def test_a_head_without_end_is_refused() -> None:
    endless = GOOD.replace(b"<Promotor>", b"<!--" + b"x" * HEAD_BYTES + b"--><Promotor>")

    with pytest.raises(FileRefused) as refusal:
        read_head(endless[:HEAD_BYTES], is_whole=False)

    assert [(finding.code, finding.expected) for finding in refusal.value.findings] == [("F-007", "65536")]


def test_a_file_for_someone_or_somewhere_else_is_told_at_its_place() -> None:
    head = read_head(GOOD, is_whole=True)

    findings = envelope_findings(head, mode=Mode.TEST, sender="0999000327", is_admitted=False)

    assert [(finding.code, finding.place and finding.place.line) for finding in findings] == [
        ("F-003", 5),
        ("F-004", 7),
    ]


def test_a_file_without_a_server_is_for_anyone() -> None:
    head = read_head(GOOD, is_whole=True)

    assert envelope_findings(head, mode=None, sender=None, is_admitted=False) == ()
