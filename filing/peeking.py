"""Looking at the head of a collective file while its bytes come in, so that what can be refused is refused at once.

The head is bounded and everything after it is left to the worker: a web process never reads a whole file.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable

from domain.errors import DomainError
from domain.findings import Finding, Header
from domain.vocabulary import Mode
from validation.contexts import EnvelopeContext
from validation.encoding import UTF8_MARK
from validation.gate import HEAD_BYTES, read_head
from validation.masking import shown
from validation.positions import Origin
from validation.refusal import FileRefused
from validation.rule import Fault, Rule
from validation.rules import check_envelope
from validation.vocabulary import FILE, HEADER


class CollectiveFileRefused(DomainError):
    """The file cannot be taken in; *findings* say where, what was found, what was expected and how to mend it."""

    code = "COLLECTIVE_FILE_REFUSED"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(path=("file",), rules=", ".join(sorted({finding.code for finding in findings})))
        self.findings = findings


class CollectiveFileTooLarge(DomainError):
    """More bytes than one collective file may have; *measured_bytes* is at least how many came."""

    code = "COLLECTIVE_FILE_TOO_LARGE"

    def __init__(self, *, measured_bytes: int, limit_bytes: int) -> None:
        super().__init__(path=("file",), found=measured_bytes, expected=limit_bytes)
        self.measured_bytes = measured_bytes
        self.limit_bytes = limit_bytes


class PeekedStream:
    """Passes the bytes of a collective file on, and stops as soon as they cannot be one that *sender* may send.

    *mode* is where it was sent to, none when either environment will do.
    """

    def __init__(self, content: AsyncIterator[bytes], *, sender: str, mode: Mode | None, limit_bytes: int) -> None:
        self._content = content
        self._sender = sender
        self._mode = mode
        self._limit_bytes = limit_bytes
        self._header: Header | None = None

    @property
    def header(self) -> Header:
        """What the head says; there once all bytes have passed."""
        if self._header is None:
            raise RuntimeError("the stream has not been read to its end")
        return self._header

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises `CollectiveFileTooLarge` and `CollectiveFileRefused`."""
        head = bytearray()
        count = 0
        async for chunk in self._content:
            count += len(chunk)
            if count > self._limit_bytes:
                raise CollectiveFileTooLarge(measured_bytes=count, limit_bytes=self._limit_bytes)
            if self._header is None:
                head += chunk[: HEAD_BYTES - len(head)]
                if len(head) == HEAD_BYTES:
                    await self._look(bytes(head), is_whole=count == HEAD_BYTES)
            yield chunk
        if self._header is None:
            await self._look(bytes(head), is_whole=True)

    async def _look(self, data: bytes, *, is_whole: bool) -> None:
        # Two parsers over at most 64 KB: milliseconds, but not the event loop's.
        self._header = await asyncio.to_thread(_checked_header, data, self._sender, self._mode, is_whole=is_whole)


def _checked_header(data: bytes, sender: str, mode: Mode | None, *, is_whole: bool) -> Header:
    try:
        # Whether exactly these bytes are all is known only when no more come: an unfinished head is refused either way.
        header = read_head(data, is_whole=is_whole and len(data) < HEAD_BYTES).envelope.header
    except FileRefused as refusal:
        raise CollectiveFileRefused(refusal.findings) from refusal
    # Admission was asked before the first byte.
    context = EnvelopeContext(header=header, mode=mode, sender=sender, is_admitted=True)
    if findings := tuple(_findings(check_envelope(context), data)):
        raise CollectiveFileRefused(findings)
    return header


def _findings(faults: Iterable[tuple[Rule[EnvelopeContext], Fault]], data: bytes) -> Iterable[Finding]:
    for rule, fault in faults:
        field = fault.spot.field
        # The head obeys the schema, and a comment in it that spells a tag only moves the place.
        tag = re.search(rb"<(?:[\w.-]+:)?" + field.encode() + rb"[\s/>]", data)
        mark = len(UTF8_MARK) if data.startswith(UTF8_MARK) else 0
        origin = Origin(offset=mark).after(data[mark : tag.start() if tag else mark])
        value = None if fault.value is None else shown(fault.value)
        yield Finding(
            code=rule.code,
            severity=fault.severity or rule.severity,
            place=origin.place(f"/{FILE}/{HEADER}/{field}"),
            value=value,
            expected=fault.expected,
            values={"value": value or "", "expected": fault.expected or "", **fault.values},
        )
