"""Cutting a file of ordinary spelling into pieces of whole promotors, by searching bytes.

Sound only while the file has no `<!` and no `<?` after its head: then a literal `</Promotor>` is an end tag, or the
file is not well-formed and the parser of the piece says so. Anything else (comments, CDATA, a very large promotor, an
unforeseen end) answers none, and `validation.cutting.scanning` cuts the file with a parser. What this module counts is
compared with what the parser of a piece finds, so a wrong guess is noticed and never believed.
"""

import re
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
    while (block := _block(file, origin.offset, tags)) is not None:
        data, end = block
        if _has_declarations(data):
            return None
        if end < 0:
            return tuple(pieces) if pieces and tags.tail.fullmatch(data) else None
        after = origin.after(data, end)
        if after.line - origin.line > LARGEST_SLICE_LINES:
            return None
        promotors, parts = data.count(tags.promotor, 0, end), data.count(tags.part, 0, end)
        slice_ = Slice(origin, end, promotor=promotor)
        pieces.append(Piece(len(pieces) + 1, (slice_,), first_part=part, parts=parts))
        origin, promotor, part = after, promotor + promotors, part + parts
    return None


def _block(file: BinaryIO, begin: int, tags: _Tags) -> tuple[bytes, int] | None:
    """Bytes from *begin* on, and where in them the last promotor ends: before them in the last block of the file.

    A promotor that is cut by the end of a block is read again, which costs less than putting blocks together. None
    where no end is near.
    """
    wanted = PIECE_BYTES
    while wanted <= LARGEST_SLICE_BYTES:
        file.seek(begin)
        data = file.read(wanted)
        end = data.rfind(tags.promotor)
        if end >= 0:
            return data, end + len(tags.promotor)
        if len(data) < wanted:
            return data, -1
        wanted *= 2
    return None


def _has_declarations(data: bytes) -> bool:
    """Whether there is a `<!` or a `<?`; looking for the rare single byte first is twenty times faster."""
    return (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data)


def _tags_of(head: Head) -> _Tags:
    prefix, colon, _ = head.frame.closing[2:-1].rpartition(b":")
    before = b"</" + prefix + colon
    closing = re.escape(head.frame.closing[:-1])
    tail = re.compile(rb"[ \t\r\n]*" + closing + rb"[ \t\r\n]*>[ \t\r\n]*")
    return _Tags(before + PROMOTOR.encode() + b">", before + PART.encode() + b">", tail)
