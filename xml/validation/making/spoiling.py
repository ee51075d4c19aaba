"""A collective file with an error on every tenth performance line, always the same: for benchmarks and for exact tests.

Made out of a generated file, text line by text line, so that whoever plants an error knows its line and column. Parts
take turns: one is spoilt for the schema, the next for the rules, because a part that breaks the schema is not read and
its rules are not asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

EVERY = 10


@dataclass(frozen=True, slots=True)
class Planted:
    """An error that checking must find: its code, the text line and the column of its element, both from 1."""

    code: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """What makes a performance line wrong, and the start of the element that the error is about."""

    code: str
    found: re.Pattern[str]
    replacement: str
    at: str

    def spoil(self, text: str) -> str:
        return self.found.sub(self.replacement, text, count=1)


_OF_SCHEMA = (
    _Kind("XSD.pattern", re.compile("</Dagen>"), "0</Dagen>", "<Dagen>"),
    _Kind("XSD.datatype", re.compile(r"\.(?=[0-9]</Dagen>)"), ",", "<Dagen>"),
    _Kind("XSD.unexpected-element", re.compile("<Prestatiecode>.*</Prestatiecode>"), "", "<Dagen>"),
    _Kind("XSD.missing-element", re.compile("<Prestatiecode>.*(?=</Prestatielijn>)"), "", "<Prestatielijn "),
    _Kind("XSD.missing-attribute", re.compile(' volgnr="[0-9]+"'), "", "<Prestatielijn"),
    _Kind("XSD.pattern", re.compile('volgnr="'), 'volgnr="0', "<Prestatielijn "),
)
_OF_RULES = (
    _Kind("L-501", re.compile("(?<=<Prestatiecode>)[0-9]+"), "999", "<Prestatiecode>"),
    _Kind(
        "L-505",
        re.compile("(?:<Van>.*</Tot>)?(?=</Prestatielijn>)"),
        "<Van>2025-01-06</Van><Tot>2025-01-31</Tot>",
        "<Van>",
    ),
)
_PROGRAMME = _Kind("XSD.enumeration", re.compile("(?<=<Programma>)[A-Z]"), "x", "<Programma>")


def write_spoilt(source: Path, target: Path, *, every: int = EVERY) -> Iterator[Planted]:
    """Copy *source* (a generated file) to *target*, wrong on each *every*-th performance line; gives what was planted.

    The same number of parts is wrong in its programme. The file is written while the answer is consumed.
    """
    lines = parts = 0
    schema, rules = cycle(_OF_SCHEMA), cycle(_OF_RULES)
    with source.open(encoding="utf-8", newline="") as right, target.open("w", encoding="utf-8", newline="") as wrong:
        for number, text in enumerate(right, 1):
            kind: _Kind | None = None
            if "<Prestatiestaat" in text:
                parts += 1
            elif "<Programma>" in text and parts % (2 * every) == 1:
                kind = _PROGRAMME
            elif "<Prestatielijn" in text:
                lines += 1
                if lines % every == 0:
                    kind = next(schema if parts % 2 else rules)
            if kind is not None:
                spoilt = kind.spoil(text)
                yield Planted(kind.code, number, spoilt.index(kind.at) + 1)
            wrong.write(text if kind is None else kind.spoil(text))
