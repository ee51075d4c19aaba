"""Cutting a file of ordinary spelling into pieces of whole promotors, by searching bytes.

A literal `</Promotor>` outside of comments, CDATA and instructions is an end tag, or the file is not well-formed and
the parser of the piece says so. Anything else (a very large promotor, an unforeseen end) answers none, and
`validation.cutting.scanning` cuts the file with a parser. What this module counts is compared with what is read in a
piece, so a wrong guess is noticed and never believed.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from validation.frame import Head, Piece, Slice
from validation.vocabulary import PART, PROMOTOR

PIECE_BYTES = 512 * 1024
# A document tree takes about twelve times the bytes of its slice.
LARGEST_SLICE_BYTES = 4 * PIECE_BYTES
LONGEST_MARKUP_BYTES = 256 * 1024
# libxml2 counts the lines of a tree reliably up to 65,535.
LARGEST_SLICE_LINES = 60_000
_END_OF_TAG = re.compile(rb"[ \t\r\n]*>")
_DECLARATIONS = rb"<!(?:--.*?(?:-->|\Z)|\[CDATA\[.*?(?:\]\]>|\Z))"
_INSTRUCTIONS = rb"<\?.*?(?:\?>|\Z)"
_HIDDEN = {
    (True, False): re.compile(b"(" + _DECLARATIONS + b")", re.DOTALL),
    (False, True): re.compile(b"(" + _INSTRUCTIONS + b")", re.DOTALL),
    (True, True): re.compile(b"(" + _DECLARATIONS + b"|" + _INSTRUCTIONS + b")", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class _Tags:
    """End tags in the spelling of this file; those of *promotor* and *part* without `>`, before which may be space."""

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
        if end < 0:
            return tuple(pieces) if pieces and _is_tail(data, head, tags) else None
        after = origin.after(data, end)
        if after.line - origin.line > LARGEST_SLICE_LINES:
            return None
        seen = _seen(data[:end])
        if seen is None:
            return None
        slice_ = Slice(origin, end, promotor=promotor)
        pieces.append(Piece(len(pieces) + 1, (slice_,), first_part=part, parts=seen.count(tags.part)))
        origin, promotor, part = after, promotor + seen.count(tags.promotor), part + pieces[-1].parts
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
        end = _end_of_last(data, tags.promotor)
        if end >= 0 or len(data) < wanted:
            return data, end
        wanted *= 2
    return None


def _end_of_last(data: bytes, tag: bytes) -> int:
    """Where the last whole *tag* of *data* ends, which begins outside of any comment, or -1."""
    hidden = _hidden(data)
    tokens = [data] if hidden is None else hidden.split(data)
    begin = len(data)
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        begin -= len(token)
        # Every second one is hidden.
        at = token.rfind(tag) if index % 2 == 0 else -1
        while at >= 0:
            end = _END_OF_TAG.match(token, at + len(tag))
            if end is not None:
                return begin + end.end()
            at = token.rfind(tag, 0, at)
    return -1


def _seen(data: bytes) -> bytes | None:
    """*data* without what hides tags; none when something of that is longer than the scanner lets pass."""
    hidden = _hidden(data)
    if hidden is None:
        return data
    tokens = hidden.split(data)
    if max(map(len, tokens[1::2]), default=0) > LONGEST_MARKUP_BYTES:
        return None
    return b" ".join(tokens[::2])


def _hidden(data: bytes) -> re.Pattern[bytes] | None:
    """What finds comments, CDATA and instructions, also those that end later; none when *data* has none of them.

    Looking for the rare single byte first is twenty times faster.
    """
    has_declarations = b"!" in data and b"<!" in data
    has_instructions = b"?" in data and b"<?" in data
    return _HIDDEN.get((has_declarations, has_instructions))


def _is_tail(data: bytes, head: Head, tags: _Tags) -> bool:
    """Whether *data* is the well-formed end of the file, of which no piece holds anything."""
    seen = _seen(data)
    if seen is None or tags.tail.fullmatch(seen) is None:
        return False
    parser = expat.ParserCreate("utf-8")
    try:
        is_final = True
        parser.Parse(head.frame.opening + data, is_final)
    except expat.ExpatError:
        return False
    return True


def _tags_of(head: Head) -> _Tags:
    prefix, colon, _ = head.frame.closing[2:-1].rpartition(b":")
    before = b"</" + prefix + colon
    closing = re.escape(head.frame.closing[:-1])
    tail = re.compile(rb"[ \t\r\n]*" + closing + rb"[ \t\r\n]*>[ \t\r\n]*")
    return _Tags(before + PROMOTOR.encode(), before + PART.encode(), tail)
