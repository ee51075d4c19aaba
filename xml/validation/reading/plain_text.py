"""Other spellings brought back to the plain one: comments taken out, references resolved, quotes made alike.

The schema and the rules see no difference between `<Uren>8.<!-- x -->00</Uren>` and `<Uren>8.00</Uren>`, but patterns
do. What is replaced here is replaced only where both are the same document for any parser: between elements, in texts
and in values of attributes, and never by anything that XML gives a meaning. Whatever is doubtful raises `NotCanonical`
and is for the parser.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from operator import add

from validation.cutting.splitting import LONGEST_MARKUP_BYTES
from validation.places.extracts import WHOLE, Extract
from validation.reading.spelled import NotCanonical
from validation.vocabulary import XML_SPACE

# What may stand in a text and in a value alike, and means only itself there.
_PLAIN = re.compile(r"[!#-%(-;=?-~]+")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INSTRUCTION = re.compile(r"<\?(?![Xx][Mm][Ll][ \t\r\n?])[A-Za-z_][A-Za-z0-9_.\-]*(?:[ \t\r\n].*)?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6}));")
# What is literal comes first in each pattern: so the search for it is fast.
_SINGLE_QUOTED = re.compile(r"='(?<=\w=')([^'\"<>&=]*)'(?=[ \t\r\n/>])(?=[^<>]*>)")
_REFERRING_VALUE = re.compile(r"(=\"[^\"<>]*&[^\"<>]*\"|='[^'\"<>=]*&[^'\"<>=]*')")
_SPACE_BEFORE_END = re.compile(r"( >)(?<=[\w\"'] >)")
_ODD_CONTENT = {"<!": r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "<?": r"<\?.*?\?>", "&#": r"&#\w{1,8};"}
# Stands for what is replaced while we look where it is; no document can hold it.
_MARK = "\x00"
_MARK_IN_TAG = re.compile(f"{_MARK}[^<>]*>")
_MARK_IN_REFERENCE = re.compile(f"&[^;<>]*{_MARK}")
_LOOKED_AT = 32 * 1024
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 4096, 40


def plain_text(data: bytes) -> tuple[str, Extract]:
    """*data* in the plain spelling, a character for each byte, and where its characters stand in *data*.

    It has as many line breaks, each where it was. Spaces before the end of a tag are left in (`without_spaces`). Raises
    `NotCanonical`.
    """
    text, extract = data.decode("latin-1"), WHOLE
    is_about_tags = False
    if "'" in text:
        # As long as before, so nothing moves.
        text, count = _SINGLE_QUOTED.subn(r'="\1"', text)
        is_about_tags = count > 0
    if "&" in text and "&#" in text:
        text, extract = _replaced(text, extract, _REFERRING_VALUE, _without_references)
    # Looking for the rare single character first is twenty times faster.
    odd = tuple(sign for sign in _ODD_CONTENT if sign[1] in text and sign in text)
    if odd:
        text, extract = _replaced(text, extract, _content(odd), _content_of, is_content=True)
    if ("<!" in odd and "<!" in text) or ("<?" in odd and "<?" in text):
        # Markup without an end, or of a kind that has no place in a file.
        raise NotCanonical
    if is_about_tags and text.count("<") != text.count(">"):
        # A `>` in a text: what stands before it is no tag.
        raise NotCanonical
    return text, extract


def without_spaces(text: str, extract: Extract) -> tuple[str, Extract]:
    """A plain text without spaces before the end of its tags, when there are any near its begin.

    To look for them takes longer than all that `plain_text` looks for. Where a `>` stands in a text too, nobody can
    tell, and nothing is changed.
    """
    if text.find(" >", 0, _LOOKED_AT) < 0 or text.count("<") != text.count(">"):
        return text, extract
    return _replaced(text, extract, _SPACE_BEFORE_END, lambda _: ">")


def _replaced(
    text: str,
    extract: Extract,
    pattern: re.Pattern[str],
    replacement: Callable[[str], str],
    *,
    is_content: bool = False,
) -> tuple[str, Extract]:
    """*text*, of which *extract* says where it stands, with what *pattern* finds replaced.

    *is_content*: what is found must not stand in a tag, nor in a reference.
    """
    tokens = pattern.split(text)
    kept, odd = tokens[::2], tokens[1::2]
    if not odd:
        return text, extract
    if is_content:
        marked = _MARK.join(kept)
        if _MARK in text or _MARK_IN_TAG.search(marked) is not None or _MARK_IN_REFERENCE.search(marked) is not None:
            raise NotCanonical
        if not marked.isascii():
            _refuse_split_characters(marked)
    known: dict[str, str] = {}
    put: list[str] = []
    for token in odd:
        new = known.get(token)
        if new is None:
            new = replacement(token)
            if len(token) <= _LONGEST_REMEMBERED and len(known) < _MOST_REMEMBERED:
                known[token] = new
        put.append(new)
    if "\n" in "".join(put):
        _refuse_breaks_in_values(tokens, put)
    here, there = _begins(kept, put), _begins(kept, odd)
    tokens[1::2] = put
    return "".join(tokens), Extract(here, there, base=None if extract is WHOLE else extract)


def _begins(kept: list[str], between: list[str]) -> list[int]:
    return [0, *accumulate(map(add, map(len, kept), map(len, between)))]


@cache
def _content(odd: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"({'|'.join(_ODD_CONTENT[sign] for sign in odd)})", re.DOTALL)


def _content_of(token: str) -> str:
    """What a comment, an instruction, CDATA or a reference stands for in a text; line breaks of the first two stay."""
    if len(token) > LONGEST_MARKUP_BYTES:
        raise NotCanonical
    if token.startswith("&"):
        return _REFERENCE.sub(_referred, token)
    if token.startswith("<![CDATA["):
        if _PLAIN.fullmatch(token, 9, len(token) - 3) is None:
            raise NotCanonical
        return token[9:-3]
    is_comment = token.startswith("<!--")
    if token.find("--", 4) != len(token) - 3 if is_comment else _INSTRUCTION.fullmatch(token) is None:
        raise NotCanonical
    try:
        said = token if token.isascii() else token.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise NotCanonical from error
    if _FORBIDDEN.search(said) is not None:
        raise NotCanonical
    return "\n" * token.count("\n")


def _without_references(value: str) -> str:
    return f'="{_REFERENCE.sub(_referred, value[2:-1])}"'


def _referred(reference: re.Match[str]) -> str:
    """The character that a reference means, when it may stand for itself."""
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    character = chr(number) if number < 0x7F else ""
    return character if _PLAIN.fullmatch(character) else reference[0]


def _refuse_split_characters(marked: str) -> None:
    """What is taken out may not put the bytes of a character together that stood apart."""
    try:
        marked.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise NotCanonical from error


def _refuse_breaks_in_values(tokens: Sequence[str], put: Sequence[str]) -> None:
    """A break that is kept must stand between two elements; elsewhere it would belong to a value."""
    for index, each in enumerate(put):
        if "\n" not in each:
            continue
        before, after = 2 * index, 2 * index + 2
        while before > 0 and not tokens[before].strip(XML_SPACE):
            before -= 2
        while after < len(tokens) - 1 and not tokens[after].strip(XML_SPACE):
            after += 2
        is_begin = tokens[before].rstrip(XML_SPACE).endswith(">") or (before == 0 and not tokens[0].strip(XML_SPACE))
        is_end = tokens[after].lstrip(XML_SPACE).startswith("<") or not tokens[after].strip(XML_SPACE)
        if not (is_begin and is_end) or _are_around_a_value(
            tokens[before].rstrip(XML_SPACE), tokens[after].lstrip(XML_SPACE)
        ):
            raise NotCanonical


def _are_around_a_value(before: str, after: str) -> bool:
    """Whether *before* ends with a start tag, and *after* begins with an end tag."""
    last = before[before.rfind("<") :]
    return after.startswith("</") and not last.startswith("</") and not last.endswith("/>")
