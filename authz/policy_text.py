"""From the bytes of a policy file to rows of cells, each with its column, whichever program saved it.

Spreadsheets leave a byte order mark, semicolons, quotes, carriage returns and padded columns: these are taken away.
Whatever could change the meaning of a line without being seen is a fault: another encoding, letters that only look
like the right ones, characters without width. casbin's own reader lets all of these pass and drops or misreads lines.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from authz.policy_faults import PolicyFault

SIZE_LIMIT_BYTES = 256 * 1024
_BYTE_ORDER_MARK = "\ufeff"
_SPACE = " \t"
_QUOTE = '"'
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two separators, without quotes and outer spaces; *column* counts from 1."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is neither blank nor comment, without the empty cells at its end."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CommentRow:
    line: int
    text: str


class _Unreadable(Exception):
    """Ends the reading of one line."""

    def __init__(self, code: str, column: int) -> None:
        super().__init__(code)
        self.code = code
        self.column = column


def decode(data: bytes) -> str | PolicyFault:
    """The text, without byte order mark; or the reason why there is none."""
    if len(data) > SIZE_LIMIT_BYTES:
        return PolicyFault("POLICY_TOO_LARGE", values={"found": str(len(data)), "expected": str(SIZE_LIMIT_BYTES)})
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        return PolicyFault("POLICY_UTF16", line=1, column=1)
    try:
        return data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return PolicyFault(
            "POLICY_NOT_UTF8",
            line=before.count("\n") + 1,
            column=len(before) - (before.rfind("\n") + 1) + 1,
            values={"found": f"0x{data[error.start]:02X}"},
        )


def rows(text: str) -> Iterator[Row | CommentRow | PolicyFault]:
    """Every line that says something, in order; a fault in the place of a line that cannot be read."""
    # Only these two end a line: str.splitlines would also split at characters that an editor does not show.
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    separator = _separator(lines)
    for number, line in enumerate(lines, start=1):
        hidden = _first_invisible(line)
        if hidden is not None:
            yield PolicyFault(
                "POLICY_INVISIBLE_CHARACTER", line=number, column=hidden + 1, values={"found": code_point(line[hidden])}
            )
            continue
        read = _row(number, line, separator)
        if read is not None:
            yield read


def code_point(character: str) -> str:
    """How to name a character that may not show: `U+200B`."""
    return f"U+{ord(character):04X}"


def shown(text: str) -> str:
    """A piece of the file for a message, cut."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _row(number: int, line: str, separator: str) -> Row | CommentRow | PolicyFault | None:
    if line.lstrip(_SPACE).startswith("#"):
        return CommentRow(number, line.strip(_SPACE))
    try:
        cells = list(_cells(line, separator))
    except _Unreadable as unreadable:
        return PolicyFault(unreadable.code, line=number, column=unreadable.column, values={"found": shown(line)})
    while cells and not cells[-1].text:
        cells.pop()
    if not cells:
        return None
    if cells[0].text.startswith("#"):
        # A spreadsheet quotes a comment that holds its separator.
        return CommentRow(number, separator.join(cell.text for cell in cells))
    for place, character in enumerate(line):
        if not character.isascii():
            values = {"found": code_point(character), "character": character}
            return PolicyFault("POLICY_NOT_ASCII", line=number, column=place + 1, values=values)
    return Row(number, tuple(cells))


def _separator(lines: list[str]) -> str:
    """A semicolon where most lines use it, as spreadsheets with Belgian settings do."""
    rules = [line for line in lines if line.strip() and not line.lstrip(_SPACE + _QUOTE).startswith("#")]
    with_semicolons = sum(1 for line in rules if line.count(";") > line.count(","))
    return ";" if with_semicolons * 2 > len(rules) else ","


def _first_invisible(line: str) -> int | None:
    """Index of the first control or format character; a tab is a space."""
    for index, character in enumerate(line):
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"} and character != "\t":
            return index
    return None


def _cells(line: str, separator: str) -> Iterator[Cell]:
    position = 0
    while True:
        while line[position : position + 1] and line[position] in _SPACE:
            position += 1
        column = position + 1
        if line[position : position + 1] == _QUOTE:
            text, position = _quoted(line, position)
        else:
            end = line.find(separator, position)
            end = len(line) if end < 0 else end
            text = line[position:end].rstrip(_SPACE)
            if _QUOTE in text:
                raise _Unreadable("POLICY_QUOTE_IN_FIELD", position + text.index(_QUOTE) + 1)
            position = end
        yield Cell(text.strip(_SPACE), column)
        while line[position : position + 1] and line[position] in _SPACE:
            position += 1
        if position >= len(line):
            return
        if line[position] != separator:
            raise _Unreadable("POLICY_QUOTE_IN_FIELD", position + 1)
        position += 1


def _quoted(line: str, start: int) -> tuple[str, int]:
    """The text of a quoted cell, and the place after its closing quote; a doubled quote is one quote."""
    position = start + 1
    while True:
        end = line.find(_QUOTE, position)
        if end < 0:
            raise _Unreadable("POLICY_UNBALANCED_QUOTES", start + 1)
        if line[end + 1 : end + 2] != _QUOTE:
            return line[start + 1 : end].replace(_QUOTE * 2, _QUOTE), end + 1
        position = end + 2
