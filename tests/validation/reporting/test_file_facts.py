"""What a report says of the file itself."""

import codecs
import hashlib
from pathlib import Path

import pytest

from validation.reporting.file_facts import facts_of_head, file_facts

XML = '<?xml version="1.0" encoding="{}"?><a>é</a>'


@pytest.mark.parametrize(
    ("data", "declared", "detected", "has_mark"),
    [
        (XML.format("UTF-8").encode(), "UTF-8", "UTF-8", False),
        (codecs.BOM_UTF8 + XML.format("utf-8").encode(), "utf-8", "UTF-8", True),
        (b"<a/>", None, "UTF-8", False),
        (XML.format("ISO-8859-1").encode("latin-1"), "ISO-8859-1", None, False),
        (XML.format("UTF-16").encode("utf-16"), "UTF-16", "UTF-16", True),
        (XML.format("UTF-8").encode("cp037"), "UTF-8", "EBCDIC", False),
        (b"", None, None, False),
        (b"\x1f\x8b\x08\x00\xff", None, None, False),
    ],
)
def test_the_encoding_is_told_as_declared_and_as_found(
    data: bytes, declared: str | None, detected: str | None, has_mark: bool
) -> None:
    facts = facts_of_head(data, name="file.xml", size_bytes=len(data), sha256="")

    assert (facts.declared_encoding, facts.detected_encoding, facts.has_byte_order_mark) == (
        declared,
        detected,
        has_mark,
    )


def test_a_head_that_ends_inside_a_character_is_still_utf_8() -> None:
    assert facts_of_head("<a>é".encode()[:-1], name="x", size_bytes=4, sha256="").detected_encoding == "UTF-8"


def test_size_and_hash_are_those_of_all_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    path.write_bytes(b"<a>" * 1_000_000)

    facts = file_facts(path)

    assert (facts.name, facts.size_bytes) == ("large.xml", 3_000_000)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_name_cannot_drive_a_terminal() -> None:
    assert facts_of_head(b"", name="a\x1b[2J\u202e.xml", size_bytes=0, sha256="").name == "a·[2J·.xml"
