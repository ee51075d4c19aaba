"""The lines around a place: the right ones, cut and masked, for the price of a window."""

import gzip
import io
import re
import tracemalloc
from typing import BinaryIO

import pytest
from collective_files import INSZ
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.findings import Place
from validation.reporting.lines_around import ShownLine, lines_around, masked


def at(text: str, needle: str, *, around: int = 2, width: int = 60) -> tuple[ShownLine, ...]:
    """The lines_around where *needle* begins."""
    data = text.encode()
    offset = data.index(needle.encode())
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode()) + 1
    return lines_around(io.BytesIO(data), Place(line, column, offset, "/"), around=around, width=width)


def marked(lines: tuple[ShownLine, ...]) -> tuple[int, str]:
    """Number of the line that it is about, and what is marked in it."""
    [line] = [line for line in lines if line.begin is not None]
    return line.number, line.text[line.begin : line.end]


def test_the_line_stands_between_its_neighbours_without_their_common_indent() -> None:
    lines = at("<a>\n    <b>\n      <c>1</c>\n    </b>\n</a>\n", "<c>", around=1)

    assert [(line.number, line.text) for line in lines] == [(2, "<b>"), (3, "  <c>1</c>"), (4, "</b>")]
    assert marked(lines) == (3, "<c>1</c>")


@pytest.mark.parametrize(
    ("needle", "numbers"), [("<a>", [1, 2, 3]), ("</a>", [3, 4, 5]), ("<c>", [1, 2, 3, 4, 5])], ids=str
)
def test_a_place_at_the_edge_of_the_file_has_fewer_neighbours(needle: str, numbers: list[int]) -> None:
    assert [line.number for line in at("<a>\n<b>\n<c>1</c>\n</b>\n</a>\n", needle)] == numbers


def test_a_start_tag_is_marked_when_its_element_goes_on() -> None:
    assert marked(at('<a>\n <b x="1">\n  <c/>\n </b></a>', "<b")) == (2, '<b x="1">')


def test_characters_of_several_bytes_and_windows_line_ends_shift_nothing() -> None:
    lines = at("<é>\r\n<ë>ééé</ë><c>1</c>\r\n</é>\r\n", "<c>")

    assert marked(lines) == (2, "<c>1</c>")
    assert [line.text for line in lines] == ["<é>", "<ë>ééé</ë><c>1</c>", "</é>"]


@pytest.mark.parametrize("position", [0, 1, 500, 4_000, 50_000])
def test_a_long_line_is_cut_around_the_place(position: int) -> None:
    text = "<x/>" * position + "<c>1</c>" + "<y/>" * 50_000

    [line] = at(text, "<c>")

    assert line.begin is not None
    assert line.text[line.begin : line.end] == "<c>1</c>"
    assert len(line.text) <= 62
    assert line.text.endswith("…")
    assert line.text.startswith("…") is (position > 20)


def test_control_characters_and_turned_writing_direction_show_as_dots() -> None:
    [line] = at("<c>\x1b[31m\u202e</c>", "<c>")

    assert line.text == "<c>·[31m·</c>"


@pytest.mark.parametrize(
    "text",
    [
        f"<INSZ>{INSZ}</INSZ>",
        f"<Conventienummer>{INSZ}</Conventienummer>",
        f'<Werknemer insz="{INSZ}">',
        "85.07.30-033.28",
        "85 07 30 033 28",
        "<INSZ>850730<![CDATA[03328]]></INSZ>",
        "<INSZ>850730<!-- x -->03328</INSZ>",
        "8\x015\x010\x017\x013\x010\x010\x013\x013\x012\x018",
        "<INSZ>&#56;&#x35;07&#51;003328</INSZ>",
        "<ns2:INSZ>8507300332</ns2:INSZ>",
        f"<INSZ>\n  {INSZ}\n</INSZ>",
    ],
)
def test_no_insz_is_shown_whole_however_it_is_spelled(text: str) -> None:
    shown = masked(text)

    assert len(shown) == len(text)
    assert len(re.findall(r"[0-9]", re.sub(r"ns2|&#x?|-07-30", "", shown))) <= 6
    assert "0730" not in shown
    assert "07.30" not in shown


def test_an_insz_that_the_window_cuts_in_two_is_not_shown() -> None:
    for shift in range(30):
        text = "<x/>" * 1000 + "y" * shift + f"<INSZ>{INSZ}</INSZ>" + "<z>" + "q" * 4_060 + "</z><c>1</c>"
        text += "q" * (4_060 + shift) + f"<INSZ>{INSZ}</INSZ>" + "<y/>" * 1000

        [line] = at(text, "<c>", width=9_000)

        assert not re.search(r"[0-9]{3}", line.text), shift


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037"])
def test_nothing_is_shown_of_what_is_no_text_in_utf_8(encoding: str) -> None:
    text = f"<a>\n<INSZ>{INSZ}</INSZ>\n</a>"

    assert lines_around(io.BytesIO(text.encode(encoding)), Place(1, 1, 0, "/")) == ()
    assert lines_around(io.BytesIO(gzip.compress(text.encode())), Place(1, 1, 0, "/")) == ()
    assert lines_around(io.BytesIO(), Place(1, 1, 0, "/")) == ()


def test_a_letter_in_another_encoding_is_shown_where_it_stands() -> None:
    data = f"<a>\n<b>{'x' * 50}</b><c>\xe9</c>\n</a>".encode("latin-1")

    lines = lines_around(io.BytesIO(data), Place(2, 61, data.index(b"\xe9"), "/"))

    assert marked(lines) == (2, "·")


class _Counted(io.BytesIO):
    """Counts the bytes that are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


def test_a_file_of_one_long_line_costs_one_window() -> None:
    file: BinaryIO = _Counted(b"<a>" + b"<b>x</b>" * 1_000_000)
    tracemalloc.start()

    lines = lines_around(file, Place(1, 4_000_004, 4_000_003, "/a"))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert marked(lines) == (1, "<b>x</b>")
    assert isinstance(file, _Counted)
    assert file.count <= 8_192
    assert peak < 1_000_000


_PIECES = st.sampled_from(
    [
        "<a>",
        "</a>",
        "é",
        "€",
        "\n",
        "  ",
        "\t",
        "\r\n",
        "<b x='1'/>",
        "2026-10-05",
        INSZ,
        "85.07.30-033.28",
        "🙂",
        "x" * 70,
    ]
)


@given(pieces=st.lists(_PIECES, min_size=1, max_size=60), data=st.data(), width=st.integers(10, 200))
@settings(max_examples=150, deadline=None)
def test_any_place_in_any_text_is_found_again_without_an_insz(
    pieces: list[str], data: st.DataObject, width: int
) -> None:
    before = "".join(pieces[: data.draw(st.integers(0, len(pieces) - 1))])
    text = "".join(("<F>", before, "<here>", *pieces))
    offset = len(f"<F>{before}".encode())
    place = Place(1 + before.count("\n"), 1, offset, "/F")

    lines = lines_around(io.BytesIO(text.encode()), place, width=width)

    number, shown = marked(lines)
    assert number == place.line
    assert shown
    assert "<here>".startswith(shown)
    assert [line.number for line in lines] == list(range(lines[0].number, lines[-1].number + 1))
    assert all(len(line.text) <= width + 2 and line.text.isprintable() for line in lines)
    assert not any(re.search(r"[0-9]{11}|07\.30", line.text) for line in lines)
