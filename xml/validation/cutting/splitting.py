"""Cutting a file of ordinary spelling into pieces of whole promotors, by looking for the last end of one before a cut.

Only the bytes around a cut are read. A literal `</Promotor>` is an end tag, unless it stands in a comment, in CDATA or
in an instruction; then the piece that it ends is not well-formed, its parser says so, and what was found in it is never
believed. Anything else (a very large promotor, an unforeseen end) answers none, and `validation.cutting.scanning` cuts
the file with a parser.
"""

import re
from typing import BinaryIO
from xml.parsers import expat

from validation.frame import Head, Piece, Slice
from validation.places.positions import Origin
from validation.vocabulary import PROMOTOR

PIECE_BYTES = 512 * 1024
# A document tree takes about twelve times the bytes of its slice.
LARGEST_SLICE_BYTES = 4 * PIECE_BYTES
LONGEST_MARKUP_BYTES = 256 * 1024
# libxml2 counts the lines of a tree reliably up to 65,535.
LARGEST_SLICE_LINES = 60_000
_WINDOW_BYTES = 64 * 1024
"""Most promotors are shorter."""
# Text behind it: then it stands in a comment.
_END_OF_TAG = re.compile(rb"[ \t\r\n]*>(?=[ \t\r\n]*(?:<|\Z))")
_HIDDEN = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_HIDDEN_IN_TAIL = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)


def split_by_bytes(file: BinaryIO, head: Head, size_bytes: int) -> tuple[Piece, ...] | None:
    """All pieces of a file of *size_bytes*, or none when only a parser can cut it."""
    prefix, colon, _ = head.frame.closing[2:-1].rpartition(b":")
    tag = b"</" + prefix + colon + PROMOTOR.encode()
    pieces: list[Piece] = []
    begin, wanted = head.body.offset, PIECE_BYTES
    while wanted <= LARGEST_SLICE_BYTES:
        behind = min(begin + wanted, size_bytes)
        end = _end_of_last(file, begin, behind, tag)
        if end is not None:
            pieces.append(Piece(len(pieces) + 1, (Slice(Origin(begin), end - begin),)))
            begin, wanted = end, PIECE_BYTES
        elif behind == size_bytes:
            return tuple(pieces) if pieces and _is_tail(file, begin, head) else None
        else:
            wanted *= 2
    return None


def is_for_a_parser(data: bytes, lines: int) -> bool:
    """Whether a piece is larger than a document tree may be in text *lines*, or in a comment or the like."""
    if lines > LARGEST_SLICE_LINES:
        return True
    # Looking for the rare single byte first is a hundred times faster.
    has_hidden = (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data)
    return has_hidden and any(len(one[0]) > LONGEST_MARKUP_BYTES for one in _HIDDEN.finditer(data))


def _end_of_last(file: BinaryIO, begin: int, behind: int, tag: bytes) -> int | None:
    """Where in the file ends the last whole *tag* (without its `>`) between two offsets; none when there is none."""
    window = _WINDOW_BYTES
    while True:
        start = max(begin, behind - window)
        file.seek(start)
        data = file.read(behind - start)
        at = data.rfind(tag)
        while at >= 0:
            end = _END_OF_TAG.match(data, at + len(tag))
            if end is not None:
                return start + end.end()
            at = data.rfind(tag, 0, at)
        if start == begin:
            return None
        window *= 4


def _is_tail(file: BinaryIO, begin: int, head: Head) -> bool:
    """Whether what follows *begin* is the well-formed end of the file, in which no piece is."""
    file.seek(begin)
    data = file.read(LONGEST_MARKUP_BYTES + 1)
    closing = re.escape(head.frame.closing[:-1])
    tail = re.compile(rb"[ \t\r\n]*" + closing + rb"[ \t\r\n]*>[ \t\r\n]*")
    if len(data) > LONGEST_MARKUP_BYTES or tail.fullmatch(_HIDDEN_IN_TAIL.sub(b"", data)) is None:
        return False
    parser = expat.ParserCreate("utf-8")
    try:
        is_final = True
        parser.Parse(head.frame.opening + data, is_final)
    except expat.ExpatError:
        return False
    return True
