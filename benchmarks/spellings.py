"""The same collective file in other legal spellings, each of which says what the generated one says, line for line."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_NAMESPACE = b'xmlns="'
_TAG = re.compile(rb"<(/?)(?=[A-Za-z])")
_VOLGNR_FIRST = re.compile(rb'( volgnr="[^"]*")( begin="[^"]*")')
_Q_FIRST = re.compile(rb'( Q="[^"]*")( S="[^"]*")')
_CODE = re.compile(rb"(<Prestatiecode>)([^<]*)")


def _with_crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


def _with_comments(text: bytes) -> bytes:
    """A comment in each employee, a processing instruction in each part, each first code of a line as CDATA."""
    if b"<Werknemer>" in text:
        return text.replace(b"<Werknemer>", b"<Werknemer><!-- personeelslid -->")
    if b"<Conventienummer>" in text:
        return text.replace(b"<Conventienummer>", b"<?payroll export?><Conventienummer>")
    return _CODE.sub(rb"\1<![CDATA[\2]]>", text) if b'volgnr="1"' in text else text


def _with_prefix(text: bytes) -> bytes:
    """Single quotes, and every element with a prefix."""
    if text.startswith(b"<?xml"):
        return text.replace(b'"', b"'")
    return _TAG.sub(rb"<\1w:", text.replace(_NAMESPACE, b'xmlns:w="')).replace(b'"', b"'")


def _on_one_line(text: bytes) -> bytes:
    return text.strip(b" \n")


def _with_attributes_turned(text: bytes) -> bytes:
    """As serialisers write them that sort by name, or do not."""
    return _Q_FIRST.sub(rb"\2\1", _VOLGNR_FIRST.sub(rb"\2\1", text))


def _as_it_is(text: bytes) -> bytes:
    return text


SPELLINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "CRLF": _with_crlf,
    "comments, CDATA, instructions": _with_comments,
    "single quotes, another prefix": _with_prefix,
    "attributes in another order": _with_attributes_turned,
    "all on one line": _on_one_line,
    "byte order mark": _as_it_is,
}


def write_spelled(source: Path, target: Path, spelling: str) -> None:
    """Copy *source*, a generated file, to *target* in one of `SPELLINGS`, text line by text line."""
    spelled = SPELLINGS[spelling]
    with source.open("rb") as read, target.open("wb") as written:
        if spelled is _as_it_is:
            written.write(b"\xef\xbb\xbf")
        written.writelines(_lines(read, spelled))


def _lines(lines: Iterator[bytes], spelled: Callable[[bytes], bytes]) -> Iterator[bytes]:
    for line in lines:
        yield spelled(line)
