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
        data, end, seen = block
        if end < 0:
            return tuple(pieces) if pieces and _is_tail(data, seen, head, tags) else None
        after = origin.after(data, end)
        if after.line - origin.line > LARGEST_SLICE_LINES:
            return None
        slice_ = Slice(origin, end, promotor=promotor)
        pieces.append(Piece(len(pieces) + 1, (slice_,), first_part=part, parts=seen.count(tags.part)))
        origin, promotor, part = after, promotor + seen.count(tags.promotor), part + pieces[-1].parts
    return None


def _block(file: BinaryIO, begin: int, tags: _Tags) -> tuple[bytes, int, bytes] | None:
    """Bytes from *begin* on, where in them the last promotor ends, and what can be seen up to there.

    Where none ends, -1 and all that can be seen: in the last block of the file. A promotor that is cut by the end of a
    block is read again, which costs less than putting blocks together. None where no end is near, or where something
    is hidden that is longer than the scanner lets pass.
    """
    wanted = PIECE_BYTES
    while wanted <= LARGEST_SLICE_BYTES:
        file.seek(begin)
        data = file.read(wanted)
        hidden = _hidden(data)
        tokens = [data] if hidden is None else hidden.split(data)
        if max(map(len, tokens[1::2]), default=0) > LONGEST_MARKUP_BYTES:
            return None
        last, end = _end_of_last(tokens, tags.promotor)
        if end >= 0:
            seen = b" ".join((*tokens[:last:2], tokens[last][:end]))
            return data, sum(map(len, tokens[:last])) + end, seen
        if len(data) < wanted:
            return data, -1, b" ".join(tokens[::2])
        wanted *= 2
    return None


def _end_of_last(tokens: list[bytes], tag: bytes) -> tuple[int, int]:
    """In which of *tokens* the last whole *tag* stands, and where it ends there, or -1; every second one is hidden."""
    for index in range(len(tokens) - 1, -1, -2):
        token = tokens[index]
        at = token.rfind(tag)
        while at >= 0:
            end = _END_OF_TAG.match(token, at + len(tag))
            if end is not None:
                return index, end.end()
            at = token.rfind(tag, 0, at)
    return 0, -1


def _hidden(data: bytes) -> re.Pattern[bytes] | None:
    """What finds comments, CDATA and instructions, also those that end later; none when *data* has none of them.

    Looking for the rare single byte first is twenty times faster.
    """
    has_declarations = b"!" in data and b"<!" in data
    has_instructions = b"?" in data and b"<?" in data
    return _HIDDEN.get((has_declarations, has_instructions))


def _is_tail(data: bytes, seen: bytes, head: Head, tags: _Tags) -> bool:
    """Whether *data*, of which *seen* is not hidden, is the well-formed end of the file, in which no piece is."""
    if tags.tail.fullmatch(seen) is None:
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
