"""Cutting a file of ordinary spelling into pieces of whole promotors, by searching bytes.

Sound only while the file has no `<!` and no `<?` after its head: then a literal `</Promotor>` is an end tag, or the
file is not well-formed and the parser of the piece says so. Anything else (comments, CDATA, a very large promotor, an
unforeseen end) answers none, and `validation.scanning` cuts the file with a parser. What this module counts is compared
with what the parser of a piece finds, so a wrong guess is noticed and never believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from validation.frame import Head, Piece, Slice
from validation.vocabulary import PART, PROMOTOR

PIECE_BYTES = 512 * 1024
# A document tree takes about twelve times the bytes of its slice.
LARGEST_SLICE_BYTES = 4 * PIECE_BYTES
# libxml2 counts the lines of a tree reliably up to 65,535.
LARGEST_SLICE_LINES = 60_000


@dataclass(frozen=True, slots=True)
class _Tags:
    """End tags in the spelling of this file."""

    promotor: bytes
    part: bytes
    tail: re.Pattern[bytes]


def split_by_bytes(file: BinaryIO, head: Head) -> tuple[Piece, ...] | None:
    """All pieces of the file, or none when only a parser can cut it."""
    tags = _tags_of(head)
    pieces: list[Piece] = []
    origin, promotor, part = head.body, 1, 1
    for data in _stretches(file, head.body.offset, tags):
        if data is None:
            return None
        promotors, parts = data.count(tags.promotor), data.count(tags.part)
        after = origin.after(data)
        if promotors == 0:
            return tuple(pieces) if pieces and tags.tail.fullmatch(data) else None
        if after.line - origin.line > LARGEST_SLICE_LINES or len(data) > LARGEST_SLICE_BYTES:
            return None
        slice_ = Slice(origin, len(data), promotor=promotor)
        pieces.append(Piece(len(pieces) + 1, (slice_,), first_part=part, parts=parts))
        origin, promotor, part = after, promotor + promotors, part + parts
    return None


def _stretches(file: BinaryIO, begin: int, tags: _Tags) -> Iterator[bytes | None]:
    """Bytes up to the last end of a promotor in each block, then the tail; none where the search cannot go on."""
    file.seek(begin)
    rest = b""
    while block := file.read(PIECE_BYTES):
        if _has_declarations(rest[-1:] + block):
            yield None
            return
        # An end tag may be cut in two by the end of a block.
        searched_from = max(0, len(rest) - len(tags.promotor))
        rest += block
        end = rest.rfind(tags.promotor, searched_from)
        if end >= 0:
            end += len(tags.promotor)
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LARGEST_SLICE_BYTES:
            yield None
            return
    yield rest


def _has_declarations(data: bytes) -> bool:
    """Whether there is a `<!` or a `<?`; looking for the rare single byte first is twenty times faster."""
    return (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data)


def _tags_of(head: Head) -> _Tags:
    prefix, colon, _ = head.frame.closing[2:-1].rpartition(b":")
    before = b"</" + prefix + colon
    closing = re.escape(head.frame.closing[:-1])
    tail = re.compile(rb"[ \t\r\n]*" + closing + rb"[ \t\r\n]*>[ \t\r\n]*")
    return _Tags(before + PROMOTOR.encode() + b">", before + PART.encode() + b">", tail)
