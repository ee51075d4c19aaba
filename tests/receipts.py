"""What a receipt may say, for tests that sign one."""

from datetime import UTC, datetime

from domain.vocabulary import Mode
from filing.receipts import ReceiptContent

CONTENT = ReceiptContent(
    id="0198c0de-0000-7000-8000-000000000001",
    mode=Mode.PRODUCTION,
    checks_only=False,
    reference="ALFA-1",
    sha256="0" * 64,
    size_bytes=12,
    received_at=datetime(2026, 11, 5, 8, 0, tzinfo=UTC),
    sender="0999000327",
    schema_version="1.0",
    rule_set="2026-11",
)
