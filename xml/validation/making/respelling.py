"""A collective file in the spellings that XML allows and that software somewhere writes: for benchmarks and tests.

Each spelling changes a generated file, text line by text line; the parts, their rows and the findings stay the same.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

Respell = Callable[[str], str]

_START = re.compile(r"(?=<(?:Werknemer|Prestatielijn)\b)")
_VALUE = re.compile(r"(?<=<Uren>)([0-9]+)")
_CODE = re.compile(r"(?<=<Prestatiecode>)([0-9])")
_NAME = re.compile(r"<(/?)(?=[A-Z])")
_TWO_ATTRIBUTES = re.compile(r'(\w+="[^"]*") (\w+="[^"]*")')
_ATTRIBUTE = re.compile(r'="([^"]*)"')
_XML = "<?xml"


def _unless_declaration(respell: Respell) -> Respell:
    return lambda text: text if text.startswith(_XML) else respell(text)


SPELLINGS: Mapping[str, Respell] = {
    "comments": lambda text: _START.sub("<!-- loon <x> & zo -->", text),
    "comments in values": lambda text: _VALUE.sub(r"\1<!-- h -->", text),
    "instructions": lambda text: _START.sub("<?pay run 7?>", text),
    "cdata": lambda text: _VALUE.sub(r"<![CDATA[\1]]>", text),
    "references": lambda text: _CODE.sub(lambda digit: f"&#{ord(digit[1])};", text),
    "references in attributes": lambda text: text.replace('volgnr="1', 'volgnr="&#x31;'),
    "single quotes": _unless_declaration(lambda text: _ATTRIBUTE.sub(r"='\1'", text)),
    "a prefix": lambda text: _NAME.sub(r"<\1ns2:", text).replace("xmlns=", "xmlns:ns2="),
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "one line": lambda text: text.strip(),
    "a mark": lambda text: text.replace(_XML, "\ufeff" + _XML),
    "another order": _unless_declaration(lambda text: _TWO_ATTRIBUTES.sub(r"\2 \1", text)),
    "space in tags": _unless_declaration(lambda text: text.replace(">\n", " >\n").replace('"/ >', '" />')),
    "attributes on lines": _unless_declaration(lambda text: text.replace(' S="', '\n            S="')),
}


def write_respelled(source: Path, target: Path, respell: Respell) -> None:
    """Copy *source* (a generated file) to *target* in another spelling."""
    with source.open(encoding="utf-8", newline="") as plain, target.open("w", encoding="utf-8", newline="") as other:
        other.writelines(map(respell, plain))
