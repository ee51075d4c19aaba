"""The GraphQL multipart request specification, strictly: `operations`, then `map`, then the one file that it names.

The file is not waited for: the operation starts when `operations` and `map` are there, and reads the file while it
comes in. So its bytes are written once, into the store. What is wrong before the file refuses the request; what is
wrong in it or after it breaks its content off, and the store keeps nothing.
"""

import re
from collections.abc import AsyncGenerator
from typing import Any, Final, Self, cast

from graph.uploads import BrokenUpload, IncomingFile
from server.graphql.multipart_parts import Event, PartBegins, PartEnds, parts_of
from server.graphql.request_bodies import Body, malformed
from server.graphql.requests import GraphQLRequest, decode_json, from_document
from server.refusals import Refusal

_PIECE_BYTES: Final = 256 * 1024
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,5}")


class MultipartRequest:
    """A request whose file may still be on its way; *refusal* is what was found wrong while it was read."""

    def __init__(self, events: AsyncGenerator[Event], body: Body, *, limit_bytes: int) -> None:
        """*limit_bytes* is for `operations` and `map` together."""
        self._events = events
        self._body = body
        self._left_bytes = self._limit_bytes = limit_bytes
        self.request: GraphQLRequest
        self.refusal: Refusal | None = None

    @classmethod
    async def begin(cls, content_type: str, body: Body, *, limit_bytes: int) -> Self:
        """Read up to the first byte of the file; raises `Refusal` when the request is not as it should be."""
        reading = cls(parts_of(content_type, body), body, limit_bytes=limit_bytes)
        operations = decode_json(await reading._text_of("operations"))
        placed = _placed_file(decode_json(await reading._text_of("map")))
        reading.request = from_document(operations)
        if placed is None:
            await reading._nothing_more()
            return reading
        part, path = placed
        file_name = await reading._file_named(part)
        _put(reading.request, path, IncomingFile(file_name, reading._content()))
        return reading

    async def finish(self) -> None:
        """Read what the operation left of the body; raises the `Refusal` that its file ran into."""
        if self.refusal is None:
            try:
                await self._body.throw_away()
            except Refusal as refusal:
                self.refusal = refusal
        await self._events.aclose()
        if self.refusal is not None:
            raise self.refusal

    async def _text_of(self, name: str) -> bytes:
        begin = await anext(self._events, None)
        if not isinstance(begin, PartBegins) or begin.name != name or begin.file_name is not None:
            raise malformed(f"the next part should be {name}: operations comes first, map second, once each")
        text = bytearray()
        while isinstance(piece := await anext(self._events), bytes):
            text += piece
            self._left_bytes -= len(piece)
            if self._left_bytes < 0:
                values = {"found": str(self._limit_bytes - self._left_bytes), "limit": str(self._limit_bytes)}
                raise Refusal(413, "TOO_LARGE", values)
        return bytes(text)

    async def _file_named(self, name: str) -> str:
        begin = await anext(self._events, None)
        if not isinstance(begin, PartBegins):
            raise malformed(f"the file {name[:100]!r} of the map is missing")
        if begin.name != name or begin.file_name is None:
            raise malformed(f"the next part should be the file {name[:100]!r} of the map")
        return begin.file_name

    async def _nothing_more(self) -> None:
        if await anext(self._events, None) is not None:
            raise malformed("there is a part that the map does not name")

    async def _content(self) -> AsyncGenerator[bytes]:
        """The bytes of the file, in larger pieces; ends only when the whole body was as it should be."""
        piece = bytearray()
        try:
            while not isinstance(event := await anext(self._events), PartEnds):
                piece += cast("bytes", event)
                if len(piece) >= _PIECE_BYTES:
                    yield bytes(piece)
                    piece.clear()
            await self._nothing_more()
        except Refusal as refusal:
            self.refusal = refusal
            raise BrokenUpload(refusal.values.get("reason", refusal.code)) from refusal
        if piece:
            yield bytes(piece)


def _placed_file(given: object) -> tuple[str, str] | None:
    """The part and its path in the map, none for an empty map; raises `Refusal` for any other map."""
    if not isinstance(given, dict):
        raise malformed("map is not a JSON object")
    placed = cast("dict[str, object]", given)
    if not placed:
        return None
    if len(placed) > 1:
        raise malformed("map names more than one file: one file a request")
    ((part, paths),) = placed.items()
    if not isinstance(paths, list):
        raise malformed("map does not give a list of paths")
    match cast("list[object]", paths):
        case [str(path)]:
            return part, path
        case _:
            raise malformed("map does not give exactly one path, as text")


def _put(request: GraphQLRequest, path: str, file: IncomingFile) -> None:
    """Put the file where *path* (`variables.input.file`) leads, which has to be a null that is there."""
    root, *keys = path.split(".")
    if root != "variables" or not keys:
        raise malformed("a path of the map does not begin with variables.")
    if request.query is not None and re.search(rf"\${re.escape(keys[0])}\b", request.query) is None:
        raise malformed("a path of the map names a variable that the document does not have")
    holder: Any = None
    found: Any = request.variables
    for key in keys:
        holder = found
        if isinstance(holder, dict) and key in holder:
            found = cast("dict[str, Any]", holder)[key]
        elif isinstance(holder, list) and _INDEX.fullmatch(key) and int(key) < len(cast("list[Any]", holder)):
            found = cast("list[Any]", holder)[int(key)]
        else:
            raise malformed("a path of the map leads to a place that is not in variables")
    if found is not None:
        raise malformed("a path of the map leads to a place that is not null")
    last: Any = int(keys[-1]) if isinstance(holder, list) else keys[-1]
    holder[last] = file
