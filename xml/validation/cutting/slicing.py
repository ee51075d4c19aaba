"""From cuts to slices and pieces: where each stands in the file, and the start tags that it continues."""

import re
from typing import BinaryIO, NamedTuple

from domain.findings import Place
from validation.cutting.splitting import LARGEST_SLICE_BYTES
from validation.frame import Head, Piece, Slice
from validation.places.positions import Origin
from validation.places.tags import end_of_tag
from validation.refusal import FileRefused, refused

LARGEST_EXACT_SLICE_BYTES = 2 * LARGEST_SLICE_BYTES
LONGEST_START_TAG_BYTES = 4 * 1024
_BLOCK_BYTES = 64 * 1024
_ENTERPRISE_NUMBER = re.compile(r"[01][0-9]{9}")


class Cut(NamedTuple):
    """A start tag at which a slice begins; *opened* are the offsets of the start tags of what it continues."""

    offset: int
    opened: tuple[int, ...]
    promotor: int
    part: int
    employee: int
    part_of_file: int
    promotor_number: str | None
    begins_piece: bool


class TooMuch(Exception):
    """Beyond measure: more than *most* of *what*, at or before *offset*."""

    def __init__(self, what: str, offset: int, most: int) -> None:
        self.what, self.offset, self.most = what, offset, most
        super().__init__(what)


def pieces_between(
    file: BinaryIO, head: Head, cuts: list[Cut], *, end: int, parts: int, first_number: int
) -> tuple[Piece, ...]:
    """Put the slices between the cuts, and the pieces out of the slices.

    *end* is where the root ends, *parts* how many parts the file has. Raises `FileRefused` (F-007) for a slice or a
    start tag beyond measure.
    """
    offsets = [*(cut.offset for cut in cuts), end]
    origins = _origins(file, head.body, offsets)
    pieces: list[Piece] = []
    slices: list[Slice] = []
    for index, cut in enumerate(cuts):
        following = cuts[index + 1] if index + 1 < len(cuts) else None
        slice_end = end if following is None else following.offset
        if slice_end - cut.offset > LARGEST_EXACT_SLICE_BYTES:
            raise refused_as_too_much(file, TooMuch("bytes", cut.offset, LARGEST_EXACT_SLICE_BYTES))
        slices.append(
            Slice(
                origins[cut.offset],
                slice_end - cut.offset,
                opened=tuple(_start_tag(file, offset) for offset in cut.opened),
                left_open=() if following is None else tuple(_start_tag(file, offset) for offset in following.opened),
                promotor=cut.promotor,
                part=cut.part,
                employee=cut.employee,
            )
        )
        if following is None or following.begins_piece:
            first = cuts[index + 1 - len(slices)]
            next_part = parts + 1 if following is None else following.part_of_file
            number = first.promotor_number
            pieces.append(
                Piece(
                    number=first_number + len(pieces),
                    slices=tuple(slices),
                    first_part=first.part_of_file,
                    parts=next_part - first.part_of_file,
                    promotor_number=number if number and _ENTERPRISE_NUMBER.fullmatch(number) else None,
                    is_exact=True,
                )
            )
            slices = []
    return tuple(pieces)


def _start_tag(file: BinaryIO, offset: int) -> bytes:
    file.seek(offset)
    data = file.read(LONGEST_START_TAG_BYTES)
    try:
        return data[: end_of_tag(data, 0)]
    except ValueError as error:
        raise refused_as_too_much(file, TooMuch("bytes (markup)", offset, LONGEST_START_TAG_BYTES)) from error


def _origins(file: BinaryIO, start: Origin, offsets: list[int]) -> dict[int, Origin]:
    """Positions of rising *offsets*, in one more reading of the bytes."""
    found: dict[int, Origin] = {}
    here = start
    file.seek(start.offset)
    for offset in offsets:
        while here.offset < offset:
            here = here.after(file.read(min(_BLOCK_BYTES, offset - here.offset)))
        found[offset] = here
    return found


def refused_as_too_much(file: BinaryIO, excess: TooMuch) -> FileRefused:
    return refused(
        "F-007",
        place_in_file(file, excess.offset),
        found=f"> {excess.most}",
        expected=str(excess.most),
        values={"limit": excess.what},
    )


def place_in_file(file: BinaryIO, offset: int) -> Place:
    file.seek(0)
    origin = Origin()
    while origin.offset < offset:
        data = file.read(min(_BLOCK_BYTES, offset - origin.offset))
        if not data:
            break
        origin = origin.after(data)
    return origin.place("/")
