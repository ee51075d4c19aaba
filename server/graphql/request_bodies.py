"""A request body as it comes in: never more than its limit, never slower than patience lasts."""

from collections.abc import AsyncGenerator

from starlette.requests import Request

from graph.patience import Patience
from server.refusals import Refusal


class Body:
    """The body of one request, read once; every fault is a `Refusal`."""

    def __init__(self, request: Request, *, limit_bytes: int, patience: Patience) -> None:
        """Raises `Refusal` 413 by the announced length already, before a byte is read, and 415 for packed bodies."""
        packed = request.headers.get("content-encoding", "identity")
        if packed.lower() != "identity":
            # Nothing is unpacked: a few bytes could become any number of them.
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", {"found": packed[:100], "expected": "identity"})
        self._receive = request.receive
        self._limit_bytes = limit_bytes
        self._patience = patience
        self._read_bytes = 0
        self._is_read = False
        announced = request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and len(announced) < 20:
            self._refuse_over(int(announced))

    async def chunks(self) -> AsyncGenerator[bytes]:
        """What comes in, as it comes in; ends with the body."""
        while not self._is_read:
            if chunk := await self._next():
                yield chunk

    async def whole(self) -> bytes:
        chunks: list[bytes] = []
        while not self._is_read:
            chunks.append(await self._next())
        return b"".join(chunks)

    async def _next(self) -> bytes:
        try:
            with self._patience.deadline():
                message = await self._receive()
        except TimeoutError as error:
            raise Refusal(408, "BODY_TIMED_OUT", {"limit": f"{self._patience.seconds:g}"}) from error
        if message["type"] == "http.disconnect":
            raise malformed("the connection ended before the body did")
        self._is_read = not message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        self._read_bytes += len(chunk)
        self._refuse_over(self._read_bytes)
        return chunk

    async def throw_away(self) -> None:
        """Read what is left: a client that still sends does not listen to the answer."""
        async for _ in self.chunks():
            pass

    def _refuse_over(self, found: int) -> None:
        if found > self._limit_bytes:
            raise Refusal(413, "TOO_LARGE", {"found": str(found), "limit": str(self._limit_bytes)})


def malformed(reason: str) -> Refusal:
    """The request is not what the specification asks for; *reason* is for the programmer at the other end."""
    return Refusal(400, "MALFORMED_REQUEST", {"reason": reason})
