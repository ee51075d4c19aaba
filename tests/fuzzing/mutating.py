"""Changes to a file that keep it near to one of ours: tags, attributes and values moved, doubled and spelled otherwise.

Bytes that a fuzzer changes at random are refused at the gate nearly always. These get behind it: most of them leave a
well-formed file well-formed.
"""

import random
import re
from collections.abc import Callable, Sequence

Change = Callable[[random.Random, list[bytes]], None]

_TOKEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^>]*>|[^<]+", re.DOTALL)
_VALUE = re.compile(rb"[^\s<>\"'=/]+")
_ATTRIBUTE_VALUE = re.compile(rb"=\s*[\"']([^\"']*)[\"']")
_TEXT = re.compile(rb"([^\s]+)")
_MOST_CHANGES = 4
_CALM_SHARE = 0.75
_LONGEST_ELEMENT = 400

VALUES = (
    *(
        b"",
        b" ",
        b"0",
        b"1",
        b"2",
        b"3",
        b"-0.00",
        b"0.00",
        b"7.60",
        b"7.6",
        b"07.60",
        b"-7.60",
        b"20.0",
        b"31.0",
        b"99.9",
    ),
    *(b"9999999999999", b"7_6.00", b"1e1", b"NaN", b"\xd9\xa1", b"999", b"T", b"P", b"GESCO", b"DAC", b"104233"),
    *(b"2026-10-01", b"2026-10-31", b"2026-11-01", b"2026-02-30", b"0000-00-00", b"2024-02-29", b"2026-10", b"2026-13"),
    *(b"85073003328", b"85073003329", b"0999000228", b"0000000000", b"85.07.30-033.28", b"1.1", b"19.00", b"38.00"),
    *(b"&#55;", b"&#x37;", b"&amp;", b"&lt;", b"&#10;", b"\r", b"\t", b"\n", b"\xc2\x85", b"\xc3\xa9", b"\xe2\x80\xae"),
    *(b"{value}", b"=1+1", b"]]", b"x" * 300),
)
"""They leave a well-formed file as it is."""
ASIDES = (b"<!-- -->", b"<!---->", b"<?x y?>", b"<!-- </Promotor> -->", b"<!-- <Prestatielijn> -->", b"<![CDATA[7]]>")
"""So do they, between two tags and in a text."""
BROKEN = (b"&x;", b"&#0;", b"]]>", b"</Promotor>", b"\xff", b"\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"&", b"<", b'"')
MARKUP = (
    *(b"<Promotor>", b"</Promotor>", b"<Prestatiestaat>", b"</Prestatiestaat>", b"<Werknemer>", b"</Werknemer>"),
    *(
        b"<Tewerkstelling/>",
        b"<Prestatielijn/>",
        b"<Hoofding/>",
        b"<!DOCTYPE r>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
    ),
    *(b"<?xml version='1.0'?>", b"<Promotor", b"<x:Promotor xmlns:x='urn:x'>", b"<Uren xmlns=''>1.00</Uren>"),
    *(
        b"<!-- </Promotor> -->",
        b"<Promotor xmlns='urn:x'/>",
        b"<Prestatiestaat xmlns=''/>",
        b"</CollectiefPrestatiebestand>",
    ),
)
ATTRIBUTES = (
    *(b' volgnr="1"', b" volgnr='2'", b' begin="2026-10-01"', b' einde="2026-10-31"', b' Q="19.00"', b' xmlns="urn:x"'),
    *(
        b' xml:lang="nl"',
        b' vervangt="1.1"',
        b' statusAanlevering="3"',
        b' ref="=1"',
        b' x="&#10;"',
        b' xsi:nil="true"',
    ),
)


def changed(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """*data* after a few changes; *others* lend pieces of themselves."""
    tokens = _TOKEN.findall(data)
    changes = _CALM if chance.random() < _CALM_SHARE else _WILD
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        if not tokens:
            break
        chance.choice(changes)(chance, tokens)
        if others and changes is _WILD and chance.random() < 0.1:
            _lend(chance, tokens, _TOKEN.findall(chance.choice(others)))
    return b"".join(tokens)


def _at(chance: random.Random, tokens: list[bytes]) -> int:
    return chance.randrange(len(tokens))


def _change_value(chance: random.Random, tokens: list[bytes]) -> None:
    """A text, or what stands between the quotes of an attribute."""
    at = _at(chance, tokens)
    token = tokens[at]
    if token.startswith((b"<!", b"<?")):
        return
    found = list(_ATTRIBUTE_VALUE.finditer(token) if token.startswith(b"<") else _TEXT.finditer(token))
    if found:
        where = chance.choice(found)
        tokens[at] = token[: where.start(1)] + chance.choice(VALUES) + token[where.end(1) :]


def _change_any_value(chance: random.Random, tokens: list[bytes]) -> None:
    """Whatever looks like a value, names too."""
    at = _at(chance, tokens)
    found = list(_VALUE.finditer(tokens[at]))
    if found:
        where = chance.choice(found)
        tokens[at] = tokens[at][: where.start()] + chance.choice(VALUES + BROKEN) + tokens[at][where.end() :]


def _put_aside(chance: random.Random, tokens: list[bytes]) -> None:
    """A comment, an instruction or CDATA: before a tag, or in the midst of a text."""
    at = _at(chance, tokens)
    token = tokens[at]
    middle = 0 if token.startswith(b"<") else chance.randint(0, len(token))
    tokens[at] = token[:middle] + chance.choice(ASIDES) + token[middle:]


def _wrap_text(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    if not tokens[at].startswith(b"<") and b"]]>" not in tokens[at] and b"&" not in tokens[at]:
        tokens[at] = b"<![CDATA[" + tokens[at] + b"]]>"


def _requote(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    if tokens[at].startswith(b"<") and b"'" not in tokens[at]:
        tokens[at] = tokens[at].replace(b'"', b"'")


def _open_empty(chance: random.Random, tokens: list[bytes]) -> None:
    """`<a/>` becomes `<a></a>`."""
    at = _at(chance, tokens)
    name = re.match(rb"<([^\s/>]+)", tokens[at])
    if name is not None and tokens[at].endswith(b"/>"):
        tokens[at] = tokens[at][:-2] + b"></" + name[1] + b">"


def _change_character(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    token = bytearray(tokens[at])
    if token:
        token[chance.randrange(len(token))] = chance.choice(b"<>&\"'/=:;-!?[] \n0aZ\x00\xff")
        tokens[at] = bytes(token)


def _insert_text(chance: random.Random, tokens: list[bytes]) -> None:
    tokens.insert(_at(chance, tokens), chance.choice(VALUES + BROKEN))


def _insert_markup(chance: random.Random, tokens: list[bytes]) -> None:
    tokens.insert(_at(chance, tokens), chance.choice(MARKUP))


def _insert_attribute(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    if tokens[at].startswith(b"<") and tokens[at].endswith(b">"):
        end = -2 if tokens[at].endswith(b"/>") else -1
        tokens[at] = tokens[at][:end] + chance.choice(ATTRIBUTES) + tokens[at][end:]


def _drop(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    del tokens[at : at + chance.choice((1, 1, 2, 5, 30))]


def _double(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    stretch = tokens[at : at + chance.choice((1, 3, 5, 20, 60))]
    tokens[at:at] = stretch * chance.choice((1, 1, 2, 10))


def _double_element(chance: random.Random, tokens: list[bytes]) -> None:
    """Whole, with all that is in it, so that it stays in place."""
    whole = _element_at(_at(chance, tokens), tokens)
    if whole is not None:
        tokens[whole.start : whole.start] = tokens[whole] * chance.choice((1, 2, 7))


def _drop_element(chance: random.Random, tokens: list[bytes]) -> None:
    whole = _element_at(_at(chance, tokens), tokens)
    if whole is not None:
        del tokens[whole]


def _move_element(chance: random.Random, tokens: list[bytes]) -> None:
    """To before another tag, wherever that is."""
    whole = _element_at(_at(chance, tokens), tokens)
    if whole is not None:
        moved = tokens[whole]
        del tokens[whole]
        at = _at(chance, tokens) if tokens else 0
        tokens[at:at] = moved


def _element_at(at: int, tokens: list[bytes]) -> slice | None:
    """From the start tag at *at* to its end tag; none where there is none, or where it would be too much."""
    name = re.match(rb"<([A-Za-z:0-9]+)", tokens[at])
    if name is None:
        return None
    if tokens[at].endswith(b"/>"):
        return slice(at, at + 1)
    closing = b"</" + name[1]
    last = min(len(tokens), at + _LONGEST_ELEMENT)
    end = next((index for index in range(at, last) if tokens[index].startswith(closing)), None)
    return None if end is None else slice(at, end + 1)


def _swap(chance: random.Random, tokens: list[bytes]) -> None:
    one, other = _at(chance, tokens), _at(chance, tokens)
    tokens[one], tokens[other] = tokens[other], tokens[one]


def _respace(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    tokens[at] = re.sub(rb"\s+|(?<=>)|(?=/?>)", chance.choice((b" ", b"\n", b"\r\n", b"\t ")), tokens[at], count=2)


def _prefix_everything(chance: random.Random, tokens: list[bytes]) -> None:
    prefix = chance.choice((b"ns2:", b"p:", b"Promotor:"))
    for at, token in enumerate(tokens):
        if token[:1] == b"<" and token[1:2] not in (b"!", b"?"):
            tokens[at] = re.sub(rb"^<(/?)(?:[A-Za-z0-9]+:)?", rb"<\1" + prefix, token).replace(
                b" xmlns=", b" xmlns:" + prefix[:-1] + b"="
            )


def _turn_attributes(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    found = re.findall(rb"\s[^\s=]+=(?:\"[^\"]*\"|'[^']*')", tokens[at])
    if len(found) > 1:
        rest = tokens[at]
        for each in found:
            rest = rest.replace(each, b"", 1)
        name = re.match(rb"<[^\s/>]+", rest)
        if name is not None:
            chance.shuffle(found)
            tokens[at] = name[0] + b"".join(found) + rest[name.end() :]


def _cut_off(chance: random.Random, tokens: list[bytes]) -> None:
    at = _at(chance, tokens)
    tokens[at:] = [tokens[at][: chance.randint(0, len(tokens[at]))]]


def _lend(chance: random.Random, tokens: list[bytes], other: list[bytes]) -> None:
    if other:
        start = chance.randrange(len(other))
        at = _at(chance, tokens) if tokens else 0
        tokens[at:at] = other[start : start + chance.choice((1, 3, 10, 40))]


_CALM: tuple[Change, ...] = (
    *(_change_value,) * 5,
    *(_double_element,) * 3,
    *(_drop_element, _move_element, _insert_attribute, _turn_attributes, _respace, _requote, _open_empty),
    *(_put_aside, _wrap_text, _prefix_everything),
)
_WILD: tuple[Change, ...] = (
    *_CALM,
    *(_change_any_value, _change_character, _insert_text, _insert_markup, _drop, _double, _swap, _cut_off) * 2,
)
