"""What a report says of the file itself: size, SHA-256, and its encoding as declared and as its bytes are."""

import codecs
import hashlib
import re
from pathlib import Path

from validation.encoding import SIGNATURES, UTF8_MARK
from validation.masking import on_one_line
from validation.reporting.document import FileFacts

HEAD_BYTES = 4096
"""Where the XML declaration stands, if anywhere."""
_READ_BYTES = 1024 * 1024
_NAME_CHARACTERS = 200
_DECLARED = re.compile(r"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CODECS = {"UTF-8": "utf-8", "UTF-16": "utf-16", "UTF-32": "utf-32", "EBCDIC": "cp037", "UTF-7": "utf-7"}


def file_facts(path: Path) -> FileFacts:
    """Read the file once; raises `OSError` when it cannot be read."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            head = head or piece[:HEAD_BYTES]
            digest.update(piece)
            size += len(piece)
    return facts_of_head(head, name=path.name, size_bytes=size, sha256=digest.hexdigest())


def facts_of_head(head: bytes, *, name: str, size_bytes: int, sha256: str) -> FileFacts:
    """The same from the first bytes alone, when the rest is known."""
    detected = _detected(head)
    text = head.removeprefix(UTF8_MARK).decode(_CODECS.get(detected or "", "latin-1"), errors="replace")
    declared = _DECLARED.match(text.lstrip("\ufeff"))
    return FileFacts(
        name=on_one_line(name)[:_NAME_CHARACTERS],
        size_bytes=size_bytes,
        sha256=sha256,
        declared_encoding=declared[1] if declared else None,
        detected_encoding=detected,
        has_byte_order_mark=head.startswith((UTF8_MARK, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
    )


def _detected(head: bytes) -> str | None:
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    try:
        # The head may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return None
    return "UTF-8" if head else None
