"""The lines of a file around a place, as a report may show them: cut to a width, on one line each, no INSZ whole.

Only a window of bytes around the place is read, so a file that is one line of a hundred megabytes costs what any other
does.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO

from domain.findings import Place
from validation.masking import on_one_line

WIDTH = 100
_WINDOW_BYTES = 4096
_EDGE_CHARACTERS = 80
"""Not shown at either end of a window inside a longer line: an INSZ that the window cuts in two would not be known."""

_REFERENCE = r"&\#[xX]?[0-9A-Fa-f]{1,6};"
_BETWEEN = r"(?:[ .\-/_\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]|<!\[CDATA\[|\]\]>|<!--.{0,40}?-->)"
# Eleven digits or more, however they are spelled and spaced: an INSZ in the wrong element is one too.
_PERSONAL_DIGITS = re.compile(rf"(?:[0-9]|{_REFERENCE})(?:{_BETWEEN}{{0,3}}(?:[0-9]|{_REFERENCE})){{10,}}")
_IN_INSZ = re.compile(r"(<(?:[\w.-]+:)?INSZ(?:\s[^<>]*)?>)([^<]+)")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_ELEMENT = re.compile(r"<([\w:.-]+)(?:\s[^<>]*)?(?:/>|>[^<\n]*</\1\s*>|>)")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """*number* counts from 1; the characters from *begin* to *end* of *text* are what it is about, if any of them."""

    number: int
    text: str
    begin: int | None = None
    end: int | None = None


def lines_around(file: BinaryIO, place: Place, *, around: int = 2, width: int = WIDTH) -> tuple[ShownLine, ...]:
    """The line of *place* with as many as *around* on either side, indented no further than need be.

    Characters beyond *width* of a line become an ellipsis; of the line itself, the stretch around the place stays.
    Nothing of what is no text, or text in another encoding.
    """
    text, at, is_start, is_end = _window(file, place)
    if not _is_text(text):
        return ()
    text = masked(text)
    low = 0 if is_start else min(_EDGE_CHARACTERS, at)
    high = len(text) if is_end else max(len(text) - _EDGE_CHARACTERS, at)
    begin = text.rfind("\n", low, at) + 1 or low
    before = text[low : begin - 1].split("\n") if around and begin > low else []
    if before and not is_start:
        before[0] = f"…{before[0]}"
    before = before[-around:]
    end = text.find("\n", at, high)
    end = high if end < 0 else end
    after = text[end + 1 : high].split("\n")[:around] if end < high else []
    if after and after[-1].strip() == "":
        after.pop()
    is_cut = begin == low and not is_start
    return _shown(
        before,
        _Marked(text[begin:end], at - begin, _length(text, at, end), is_cut=is_cut),
        after,
        line=place.line,
        width=width,
    )


def stretch_around(place: Place) -> tuple[int, int]:
    """From which byte to before which one the file is read for the lines around *place*, as far as it reaches."""
    return max(place.byte_offset - _WINDOW_BYTES, 0), place.byte_offset + _WINDOW_BYTES


def masked(text: str) -> str:
    """*text* with as many characters, and no INSZ whole in it, whatever element it stands in."""
    text = _PERSONAL_DIGITS.sub(lambda found: _hidden(found[0]), text)
    return _IN_INSZ.sub(lambda found: found[1] + _hidden(found[2]), text)


def _is_text(text: str) -> bool:
    """Whether hardly a character is none; an INSZ in UTF-16 would not be known as one, and has a zero byte in it."""
    return text != "" and "\0" not in text and 20 * len(_NO_TEXT.findall(text)) <= len(text) + 100


def _hidden(text: str) -> str:
    """All but two characters at either end, as `mask_insz` leaves them; line breaks stay where they are."""
    if len(text) <= 4:
        return "*" * len(text)
    return text[:2] + re.sub(r"[^\n]", "*", text[2:-2]) + text[-2:]


@dataclass(frozen=True, slots=True)
class _Marked:
    text: str
    at: int
    length: int
    is_cut: bool


def _window(file: BinaryIO, place: Place) -> tuple[str, int, bool, bool]:
    """Text around *place*, where *place* is in it, and whether it reaches the start and the end of the file."""
    first, end = stretch_around(place)
    file.seek(first)
    before = file.read(place.byte_offset - first)
    after = file.read(end - place.byte_offset)
    is_end = len(after) < end - place.byte_offset
    # Carriage returns go with the line feed behind them; a lone one is no line break here, as in an editor's count.
    text_before = before.decode("utf-8", "replace").replace("\r\n", "\n").removeprefix("\ufeff")
    text = text_before + after.decode("utf-8", "replace").replace("\r\n", "\n")
    return text, len(text_before), first == 0, is_end


def _length(text: str, at: int, end: int) -> int:
    """How far the element that begins at *at* reaches on its line; one character when none does."""
    element = _ELEMENT.match(text, at, end)
    return element.end() - at if element else min(1, end - at)


def _shown(before: list[str], marked: _Marked, after: list[str], *, line: int, width: int) -> tuple[ShownLine, ...]:
    indents = [_indent(one) for one in (*before, marked.text, *after) if one.strip()]
    indent = 0 if marked.is_cut else min([*indents, marked.at], default=0)
    lines = [ShownLine(line - len(before) + index, _cut(one[indent:], width)) for index, one in enumerate(before)]
    lines.append(_cut_around(marked, indent, line, width))
    lines += [ShownLine(line + 1 + index, _cut(one[indent:], width)) for index, one in enumerate(after)]
    return tuple(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _cut(line: str, width: int) -> str:
    line = on_one_line(line.rstrip().replace("\t", " "))
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _cut_around(marked: _Marked, indent: int, number: int, width: int) -> ShownLine:
    """The line itself: from its indent when what is marked fits so, else from a little before it."""
    text = marked.text.rstrip()
    start = indent
    if marked.is_cut or marked.at + marked.length - indent > width:
        start = max(indent, marked.at - width // 4)
    stretch = text[start : start + width]
    begin = min(marked.at - start, len(stretch))
    end = min(begin + marked.length, len(stretch))
    head = "…" if start > indent or marked.is_cut else ""
    tail = "…" if len(text) > start + width else ""
    shown = head + on_one_line(stretch.replace("\t", " ")) + tail
    return ShownLine(number, shown, begin + len(head), end + len(head))
