"""The name that a sender gives a file is a label and nothing else: never a path, a command or a way of writing."""

import re
import unicodedata

import pytest
from collective import sample, send, stored_files

from domain.caller import Caller
from filing.office import Office

NAMES = {
    "path": "../../policy.csv",
    "absolute": "/etc/passwd",
    "windows": "C:\\Windows\\System32\\config\\SAM",
    "long": "x" * 4096 + ".xml",
    "right-to-left": "invoice\u202elmx.exe",
    "device": "CON",
    "device-with-ending": "NUL.xml",
    "line-break": "a.xml\r\nSet-Cookie: a=b",
    "quote": 'a"; filename="b.exe',
    "nul": "a.xml\0.exe",
    "terminal": "\x1b]0;title\x07a.xml",
    "dots": "....",
    "nothing": "",
    "markup": "<script>alert(1)</script>.xml",
    "formula": "=cmd|' /C calc'!A0",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_25_a_file_name_is_a_label_and_the_key_of_the_store_our_own(
    office: Office, uploader: Caller, name: str
) -> None:
    row = await send(office, uploader, sample(), file_name=name)

    assert re.fullmatch(r"[a-z-]+/[0-9a-f-]{36}\.xml", row.store_key)
    assert stored_files(office) == [row.store_key]
    assert 1 <= len(row.file_name) <= 200
    assert not set(row.file_name) & set("/\\\r\n\0")
    assert not any(unicodedata.category(char)[0] == "C" for char in row.file_name)
