"""Other spellings brought back to the plain one: comments taken out, references resolved, quotes made alike.

The schema and the rules see no difference between `<Uren>8.<!-- x -->00</Uren>` and `<Uren>8.00</Uren>`, but patterns
do. What is replaced here is replaced only where both are the same document for any parser: between elements, in texts
and in values of attributes, and never by anything that XML gives a meaning. Whatever is doubtful raises `NotCanonical`
and is for the parser.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from operator import add

from validation.places.extracts import WHOLE, Extract
from validation.reading.spelled import NotCanonical

# What may stand in a text and in a value alike, and means only itself there.
_PLAIN = re.compile(r"[!#-%(-;=?-~]+")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INSTRUCTION = re.compile(r"<\?(?![Xx][Mm][Ll][ \t\r\n?])[A-Za-z_][A-Za-z0-9_.\-]*(?:[ \t\r\n].*)?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6}));")
# A mark of ours before what replaces something in a text or between elements; no document can hold it.
_MARK = "\x00"
_MARK_IN_TAG = re.compile(f"{_MARK}[^<>]*>")
_MARK_IN_REFERENCE = re.compile(f"&[^;<>]*{_MARK}")
_ODD = {
    "!": r"<!--.*?-->|<!\[CDATA\[.*?\]\]>",
    "?": r"<\?.*?\?>",
    "&": r'="[^"<>]*&[^"<>]*"|&#\w{1,8};',
    "'": r"(?<=\w)='[^'\"<>=]*'(?=[ \t\r\n/>?])",
}
_SPACE_BEFORE_END = " >"
# What is literal comes first: so the search is fast.
_SPACES_BEFORE_END = r" >(?<=[\w\"'] >)"
_SHORT = 40
_SPACE = " \t\r\n"


def plain_text(data: bytes, *, with_spaces: bool = False) -> tuple[str, Extract]:
    """*data* in the plain spelling, a character for each byte, and where its characters stand in *data*.

    It has as many line breaks, each where it was. *with_spaces*: those before the end of a tag are looked for too,
    which takes longer than all the rest. Raises `NotCanonical`.
    """
    text = data.decode("latin-1")
    odd = "".join(sign for sign in _ODD if sign in text)
    if with_spaces and _SPACE_BEFORE_END in text:
        odd += _SPACE_BEFORE_END[0]
    tokens = _tokens(odd).split(text) if odd else [text]
    if len(tokens) > 1:
        if _MARK in text:
            raise NotCanonical
        return _replacing(tokens, has_spaces=odd.endswith(" "))
    _refuse_rest(text)
    return text, WHOLE


@cache
def _tokens(odd: str) -> re.Pattern[str]:
    return re.compile(f"({'|'.join(_ODD.get(sign, _SPACES_BEFORE_END) for sign in odd)})", re.DOTALL)


def _replacing(tokens: list[str], *, has_spaces: bool) -> tuple[str, Extract]:
    """*tokens*: what is kept and what is replaced, by turns; *has_spaces*: spaces in tags among them."""
    kept, replaced = tokens[::2], tokens[1::2]
    put = [_replacement_of_short(token) if len(token) <= _SHORT else _replacement(token) for token in replaced]
    if "\n" in "".join(put):
        _refuse_breaks_in_values(tokens, put)
    here = _begins(kept, [len(each) - each.startswith(_MARK) for each in put])
    there = _begins(kept, [len(each) for each in replaced])
    tokens[1::2] = put
    marked = "".join(tokens)
    if _MARK_IN_TAG.search(marked) is not None or _MARK_IN_REFERENCE.search(marked) is not None:
        # What is put together here was none before: `&#x<?y?>36;` is no reference.
        raise NotCanonical
    text = marked.replace(_MARK, "")
    _refuse_rest(text)
    if has_spaces and text.count("<") != text.count(">"):
        # A `>` in a text: what stands before it is no end of a tag.
        raise NotCanonical
    return text, WHOLE if here == there else Extract(here, there)


def _begins(kept: list[str], between: list[int]) -> list[int]:
    return [0, *accumulate(map(add, map(len, kept), between))]


def _refuse_rest(text: str) -> None:
    """Markup without an end, or of a kind that has no place in a file."""
    if ("!" in text and "<!" in text) or ("?" in text and "<?" in text):
        raise NotCanonical


def _replacement(token: str) -> str:
    """What stands for *token*, after a mark when it must not stand in a tag; line breaks of a comment are kept."""
    if token == _SPACE_BEFORE_END:
        return ">"
    if token.startswith("="):
        return f'="{_REFERENCE.sub(_referred, token[2:-1])}"'
    if token.startswith("&"):
        found = _REFERENCE.fullmatch(token)
        return _MARK + _referred(found) if found else token
    if token.startswith("<![CDATA["):
        if _PLAIN.fullmatch(token, 9, len(token) - 3) is None:
            raise NotCanonical
        return _MARK + token[9:-3]
    is_comment = token.startswith("<!--")
    if token.find("--", 4) != len(token) - 3 if is_comment else _INSTRUCTION.fullmatch(token) is None:
        raise NotCanonical
    try:
        said = token if token.isascii() else token.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise NotCanonical from error
    if _FORBIDDEN.search(said) is not None:
        raise NotCanonical
    return _MARK + "\n" * token.count("\n")


_replacement_of_short = lru_cache(maxsize=4096)(_replacement)


def _referred(reference: re.Match[str]) -> str:
    """The character that a reference means, when it may stand for itself."""
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    character = chr(number) if number < 0x7F else ""
    return character if _PLAIN.fullmatch(character) else reference[0]


def _refuse_breaks_in_values(tokens: Sequence[str], put: Sequence[str]) -> None:
    """A break that is kept must stand between two elements; elsewhere it would belong to a value."""
    for index, each in enumerate(put):
        if "\n" not in each:
            continue
        before, after = 2 * index, 2 * index + 2
        while before > 0 and not tokens[before].strip(_SPACE):
            before -= 2
        while after < len(tokens) - 1 and not tokens[after].strip(_SPACE):
            after += 2
        is_begin = tokens[before].rstrip(_SPACE).endswith(">") or (before == 0 and not tokens[0].strip(_SPACE))
        is_end = tokens[after].lstrip(_SPACE).startswith("<") or not tokens[after].strip(_SPACE)
        if not (is_begin and is_end):
            raise NotCanonical
