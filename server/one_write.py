"""HTTP connections on which the head of an answer leaves together with its body: one write, and mostly one packet.

Uvicorn writes them apart, which asks the system twice and sends two packets for a small answer.
"""

import asyncio
from typing import Any, Final, cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_JOINED_BYTES: Final = 65_536
"""Nothing larger is copied; beside it a second write is nothing."""


class OneWriteProtocol(HttpToolsProtocol):
    """A head that announces how long its body is waits for the first of it; what streams leaves as it comes."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:
        self._joining = _JoiningTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._joining))

    @override
    def on_response_complete(self) -> None:
        self._joining.end_answer()
        super().on_response_complete()

    @override
    def handle_websocket_upgrade(self) -> None:
        self.transport = self._joining.transport
        super().handle_websocket_upgrade()


class _JoiningTransport:
    """What uvicorn uses of *transport*; the first write of an answer is its head."""

    __slots__ = (
        "_begins_answer",
        "_head",
        "get_extra_info",
        "is_closing",
        "pause_reading",
        "resume_reading",
        "transport",
    )

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.get_extra_info: Any = transport.get_extra_info
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading
        self._head = b""
        self._begins_answer = True

    def write(self, data: bytes) -> None:
        if self._begins_answer:
            self._begins_answer = False
            if b"\r\ncontent-length: " in data:
                self._head = data
                return
        elif self._head:
            if len(data) <= _MOST_JOINED_BYTES:
                data = self._head + data
            else:
                self.transport.write(self._head)
            self._head = b""
        self.transport.write(data)

    def end_answer(self) -> None:
        """Send a head that has no body after all, as that of HEAD."""
        if self._head:
            self.transport.write(self._head)
            self._head = b""
        self._begins_answer = True

    def close(self) -> None:
        self.end_answer()
        self.transport.close()
