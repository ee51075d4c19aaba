"""Whether bytes can be a collective file at all: UTF-8 text that begins with a tag, before any parser sees them."""

import re

from domain.findings import Place
from validation.refusal import FileRefused, refused

START = Place(line=1, column=1, byte_offset=0, path="/")
UTF8_MARK = b"\xef\xbb\xbf"
EXPECTED = "UTF-8"

# Longest first: the mark of UTF-32 begins with the one of UTF-16.
SIGNATURES = (
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\x00<", "UTF-32"),
    (b"<\x00\x00\x00", "UTF-32"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xff\xfe", "UTF-16"),
    (b"\x00<", "UTF-16"),
    (b"<\x00", "UTF-16"),
    (b"\x4c\x6f\xa7\x94", "EBCDIC"),
    (b"+ADw", "UTF-7"),
    (b"+/v", "UTF-7"),
)
_PACKED = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"%PDF", "PDF"))
_BLANK = re.compile(rb"[ \t\r\n]*")


def refuse_what_is_not_utf8_xml(data: bytes) -> None:
    """Raise `FileRefused` (F-001) for nothing at all, another encoding, packed bytes, or a start that is no tag."""
    text = data.removeprefix(UTF8_MARK)
    if _BLANK.fullmatch(text):
        raise _not_xml("EMPTY", f"{len(data)} bytes")
    for signature, name in SIGNATURES:
        if text.startswith(signature):
            raise wrong_encoding(name, START)
    for signature, name in _PACKED:
        if text.startswith(signature):
            raise _not_xml("NOT_XML", name)
    if not text.lstrip(b" \t\r\n").startswith(b"<"):
        raise _not_xml("NOT_XML", text[:20].decode("utf-8", "replace"))


def wrong_encoding(found: str, place: Place) -> FileRefused:
    return refused("F-001", place, found=found, expected=EXPECTED, values={"problem": "ENCODING"})


def _not_xml(problem: str, found: str) -> FileRefused:
    return refused("F-001", START, found=found, expected="XML", values={"problem": problem})
