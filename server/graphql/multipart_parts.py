"""The parts of a `multipart/form-data` body, read while they come in, with bounded memory and no file on disk."""

from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from server.graphql.request_bodies import Body, malformed

_MOST_HEADERS: Final = 16
_LONGEST_HEADER_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class PartBegins:
    """*file_name* is none for a part that is no file."""

    name: str
    file_name: str | None


@dataclass(frozen=True, slots=True)
class PartEnds:
    pass


Event = PartBegins | bytes | PartEnds


async def parts_of(content_type: str, body: Body) -> AsyncGenerator[Event]:
    """What stands in the body, in order; raises `Refusal` 400 when it is not whole and well-formed."""
    reading = _Reading()
    _, parameters = parse_options_header(content_type)
    boundary = parameters.get(b"boundary", b"")
    if not boundary:
        raise malformed("multipart/form-data has no boundary")
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.on_part_begin,
                "on_header_field": reading.on_header_field,
                "on_header_value": reading.on_header_value,
                "on_header_end": reading.on_header_end,
                "on_headers_finished": reading.on_headers_finished,
                "on_part_data": reading.on_part_data,
                "on_part_end": reading.on_part_end,
                "on_end": reading.on_end,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_LONGEST_HEADER_BYTES,
        )
        async for chunk in body.chunks():
            if not reading.is_whole:
                parser.write(chunk)
            while reading.events:
                yield reading.events.popleft()
    except FormParserError as error:
        raise malformed("the body is not well-formed multipart/form-data") from error
    if not reading.is_whole:
        raise malformed("the multipart body breaks off")


@dataclass(slots=True)
class _Reading:
    """Collects what the parser calls back, for one chunk of the body at a time."""

    events: deque[Event] = field(default_factory=deque[Event])
    is_whole: bool = False
    _name: bytes = b""
    _value: bytes = b""
    _disposition: bytes | None = None

    def on_part_begin(self) -> None:
        self._disposition = None

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.strip().lower() == b"content-disposition":
            if self._disposition is not None:
                raise malformed("a part says twice what it is")
            self._disposition = self._value
        self._name = self._value = b""

    def on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition or b"")
        if kind.lower() != b"form-data" or b"name" not in options:
            raise malformed("a part does not say its name")
        try:
            name = options[b"name"].decode()
            file_name = options[b"filename"].decode() if b"filename" in options else None
        except UnicodeDecodeError as error:
            raise malformed("the name of a part is not UTF-8") from error
        self.events.append(PartBegins(name, file_name))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.events.append(data[start:end])

    def on_part_end(self) -> None:
        self.events.append(PartEnds())

    def on_end(self) -> None:
        self.is_whole = True
