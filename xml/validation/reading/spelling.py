"""The canonical spelling of what stands under a promotor, as patterns that are made from the XSD.

Serialisers of payroll software write the same few spellings: one prefix or none, attributes in some order between
double quotes, any white space between elements, no comments, no references. The patterns take these and nothing else,
and only values that the XSD allows, so that a text that matches needs no parser and no schema. What they miss is no
error: a parser reads it. What no pattern can decide (whether a date exists) is left to whoever converts the value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations

from lxml import etree

from validation.schema.compiled import XSD, schema_document
from validation.schema.diagnosis import Element

SPACE = r"[ \t\r\n]*"
_BETWEEN_ATTRIBUTES = r"[ \t\r\n]+"
_END_OF_START_TAG = SPACE
# Visible ASCII but what XML gives a meaning.
_VISIBLE = "[!#-%'-;=?-~]"
_ANY_VALUE = f"{_VISIBLE}+"
# What patterns of the XSD may be made of, so that they mean the same to `re`: no class that differs by dialect.
_SAFE_PATTERN = re.compile(r"(?:[0-9A-Za-z:\-()?|]|\\[.S]|\{[0-9,]+\}|\[(?:[0-9A-Za-z._:/+]|-|\\-)+\])+")


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Child:
    """An element of a sequence, or a sequence in it (*inner*)."""

    name: str
    type: str
    is_optional: bool
    is_repeated: bool
    inner: tuple["Child", ...] = ()


@dataclass(frozen=True, slots=True)
class ComplexType:
    attributes: tuple[Attribute, ...]
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The types of the XSD, by name: complex ones, and the pattern of every simple one that has a safe pattern."""

    complex_types: Mapping[str, ComplexType]
    simple_types: Mapping[str, str]

    def of_any_value(self) -> "Grammar":
        """The same tags around any values."""
        return Grammar(self.complex_types, dict.fromkeys(self.simple_types, _ANY_VALUE))


@dataclass(frozen=True, slots=True)
class Spelling:
    """Patterns for one prefix (with its colon, or empty)."""

    prefix: str
    grammar: Grammar

    def start_tag(self, type_name: str) -> str:
        """Without the end of the tag, which may be `>` or `/>`."""
        return f"<{self.prefix}{type_name}{self._attributes(type_name)}{_END_OF_START_TAG}"

    def end_tag(self, name: str) -> str:
        return f"</{self.prefix}{name}>"

    def element(self, name: str, type_name: str, *, is_captured: bool = False) -> str:
        """A whole element; a type of elements bears the name of its element.

        *is_captured*: a simple value is a group with the name of its element.
        """
        simple = self.grammar.simple_types.get(type_name)
        if simple is not None:
            group = f"?P<{name}>" if is_captured else "?:"
            return f"<{self.prefix}{name}>({group}{simple}){self.end_tag(name)}"
        children = self.grammar.complex_types[type_name].children
        if not children:
            return f"{self.start_tag(type_name)}(?:/>|>{self.end_tag(name)})"
        return f"{self.start_tag(type_name)}>{SPACE}{self._sequence(children)}{self.end_tag(name)}"

    def children_before(self, name: str, type_name: str) -> str:
        """The content of a type before its child *name*, white space included, simple values captured."""
        children = self.grammar.complex_types[type_name].children
        names = [child.name for child in children]
        return SPACE + self._sequence(children[: names.index(name)], is_captured=True)

    def _sequence(self, children: Iterable[Child], *, is_captured: bool = False) -> str:
        return "".join(self._child(child, is_captured=is_captured) for child in children)

    def _child(self, child: Child, *, is_captured: bool) -> str:
        one = (
            self._sequence(child.inner)
            if child.inner
            else self.element(child.name, child.type, is_captured=is_captured) + SPACE
        )
        quantifier = {(True, True): "*", (True, False): "?", (False, True): "+", (False, False): ""}
        return f"(?:{one}){quantifier[child.is_optional, child.is_repeated]}"

    def _attributes(self, type_name: str) -> str:
        orders = _orders(self.grammar.complex_types[type_name].attributes)
        spelled = ("".join(self._attribute(attribute) for attribute in order) for order in orders)
        return f"(?:{'|'.join(spelled)})"

    def _attribute(self, attribute: Attribute) -> str:
        return f'{_BETWEEN_ATTRIBUTES}{attribute.name}="(?:{self.grammar.simple_types[attribute.type]})"'


def _orders(attributes: tuple[Attribute, ...]) -> Iterator[tuple[Attribute, ...]]:
    """Every order of the required attributes with any of the optional ones; a type has few."""
    for count in range(len(attributes), -1, -1):
        for chosen in combinations(attributes, count):
            if all(attribute in chosen for attribute in attributes if attribute.is_required):
                yield from permutations(chosen)


@cache
def grammar() -> Grammar:
    """Read the XSD; raises `ValueError` when it says something that the patterns cannot."""
    root = schema_document()
    complex_types = {
        named.attrib["name"]: ComplexType(_attributes(named), _children(named.find(_xs("sequence"))))
        for named in root.iterchildren(_xs("complexType"))
    }
    patterns = ((named.attrib["name"], _pattern(named)) for named in root.iterchildren(_xs("simpleType")))
    return Grammar(complex_types, {name: pattern for name, pattern in patterns if pattern is not None})


def _attributes(named: Element) -> tuple[Attribute, ...]:
    found = named.iterchildren(_xs("attribute"))
    return tuple(
        Attribute(each.attrib["name"], _local(each.attrib["type"]), each.get("use") == "required") for each in found
    )


def _children(sequence: Element | None) -> tuple[Child, ...]:
    if sequence is None:
        return ()
    return tuple(_child(each) for each in sequence.iterchildren(etree.Element))


def _child(element: Element) -> Child:
    is_optional, is_repeated = element.get("minOccurs") == "0", element.get("maxOccurs") == "unbounded"
    known = {"name", "type", "minOccurs", "maxOccurs"}
    if not known.issuperset(element.attrib) or element.get("maxOccurs", "unbounded") != "unbounded":
        raise ValueError(f"the spelling knows no such particle: {dict(element.attrib)}")
    if element.tag == _xs("sequence"):
        return Child("", "", is_optional, is_repeated, _children(element))
    if element.tag != _xs("element"):
        raise ValueError(f"the spelling knows no {element.tag}")
    return Child(element.attrib["name"], _local(element.attrib["type"]), is_optional, is_repeated)


def _pattern(named: Element) -> str | None:
    """Enumerations or one pattern; a type that is bounded otherwise has no canonical spelling."""
    restriction = named[0]
    facets = [(each.tag, each.attrib["value"]) for each in restriction]
    if all(tag == _xs("enumeration") for tag, _ in facets):
        return "|".join(re.escape(value) for _, value in facets)
    if [tag for tag, _ in facets] != [_xs("pattern")] or _SAFE_PATTERN.fullmatch(facets[0][1]) is None:
        return None
    return facets[0][1].replace(r"\S", _VISIBLE)


def _local(name: str) -> str:
    return name.partition(":")[2]


def _xs(name: str) -> str:
    return f"{{{XSD}}}{name}"
