"""Looking at the head of a collective file while its bytes come in, so that what can be refused is refused at once.

The head is bounded and everything after it is left to the worker: a web process never reads a whole file.
"""

import asyncio
from collections.abc import AsyncIterator

from domain.errors import DomainError
from domain.findings import Finding, Header
from domain.vocabulary import Mode
from validation.envelope import envelope_findings
from validation.gate import HEAD_BYTES, read_head
from validation.refusal import FileRefused


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
                    await self._look(bytes(head), is_whole=False)
            yield chunk
        if self._header is None:
            await self._look(bytes(head), is_whole=True)

    async def _look(self, data: bytes, *, is_whole: bool) -> None:
        # Two parsers over at most 64 KB: milliseconds, but not the event loop's.
        self._header = await asyncio.to_thread(_checked_header, data, self._sender, self._mode, is_whole=is_whole)


def _checked_header(data: bytes, sender: str, mode: Mode | None, *, is_whole: bool) -> Header:
    try:
        head = read_head(data, is_whole=is_whole)
    except FileRefused as refusal:
        raise CollectiveFileRefused(refusal.findings) from refusal
    # Admission was asked before the first byte.
    if findings := envelope_findings(head, mode=mode, sender=sender, is_admitted=True):
        raise CollectiveFileRefused(findings)
    return head.envelope.header
