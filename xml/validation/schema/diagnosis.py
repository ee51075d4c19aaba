"""From what libxml2 says about an element to a stable code, the value that was found and the one expected.

Only the kind of the error and the words after the value are taken from its message: the value itself is read from the
document, because a hostile value can spell anything inside a message.
"""

import re
from dataclasses import dataclass

from lxml import etree

from validation.masking import shown
from validation.schema.compiled import RawError
from validation.vocabulary import KNOWN_ELEMENTS, NAMESPACE

Element = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- lxml names its class so

_ATTRIBUTE = re.compile(r"^Element '[^']*', attribute '([^']*)': ")
_NAMES = re.compile(r"\(\s*([^()]*?)\s*\)\.$")
_QUALIFIED = re.compile(r"\{([^}]*)\}")
_TYPE = re.compile(r"'(?:\{[^}]*\})?([\w:]+)'\.$")

_FACETS = {
    "SCHEMAV_CVC_ENUMERATION_VALID": "enumeration",
    "SCHEMAV_CVC_PATTERN_VALID": "pattern",
    "SCHEMAV_CVC_MINLENGTH_VALID": "minLength",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "maxLength",
    "SCHEMAV_CVC_LENGTH_VALID": "length",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "datatype",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "missing-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "unexpected-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "unexpected-attribute",
    "SCHEMAV_CVC_TYPE_3_1_1": "unexpected-attribute",
    "SCHEMAV_CVC_TYPE_3_1_2": "unexpected-element",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "unexpected-text",
    "SCHEMAV_CVC_ELT_3_1": "unexpected-attribute",
    "SCHEMAV_CVC_ELT_1": "unexpected-element",
}
_AFTER_VALUE = {
    "enumeration": " is not an element of the set ",
    "pattern": " is not accepted by the pattern ",
    "minLength": "; this underruns the allowed minimum length of ",
    "maxLength": "; this exceeds the allowed maximum length of ",
}
CODES = (
    *("enumeration", "pattern", "minLength", "maxLength", "datatype", "missing-element", "unexpected-element"),
    *("missing-attribute", "unexpected-attribute", "unexpected-text", "other"),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """*field* is the element, or its attribute with an `@`.

    *is_about_place*: the element stands where it may not; *is_about_text*: in the element stands text that may not.
    """

    code: str
    field: str
    value: str | None
    expected: str | None
    is_about_place: bool
    is_about_text: bool


def diagnose(error: RawError, element: Element) -> Diagnosis:
    attribute = _ATTRIBUTE.match(error.message)
    kind = _kind(error)
    name = shown_name(element)
    field = f"@{shown_attribute(attribute[1])}" if attribute else name
    if kind == "missing-attribute":
        field = f"@{_quoted(error.message, 'The attribute ')}"
    value: str | None = None
    if kind in ("enumeration", "pattern", "minLength", "maxLength", "datatype"):
        value = _value(element, attribute[1] if attribute else None, is_insz=name == "INSZ")
    is_about_place = error.kind == "SCHEMAV_ELEMENT_CONTENT" and kind == "unexpected-element"
    if is_about_place:
        value = name
    return Diagnosis(f"XSD.{kind}", field, value, _expected(error, kind), is_about_place, kind == "unexpected-text")


def is_secondary(error: RawError, previous: RawError | None) -> bool:
    """Whether libxml2 says again of the same element what it just said: no value, after a wrong child."""
    return (
        previous is not None
        and previous.path == error.path
        and error.kind == "SCHEMAV_CVC_DATATYPE_VALID_1_2_1"
        and previous.kind == "SCHEMAV_CVC_TYPE_3_1_2"
    )


def shown_name(element: Element) -> str:
    """The local name; one that is not of the vocabulary is cut and masked, a foreign namespace is marked."""
    name = etree.QName(element)
    if name.namespace != NAMESPACE:
        return f"{shown(name.localname)} ({shown(name.namespace or '-')})"
    return name.localname if name.localname in KNOWN_ELEMENTS else shown(name.localname)


def shown_attribute(name: str) -> str:
    return shown(_QUALIFIED.sub("", name))


def code_of(error: RawError) -> str:
    return f"XSD.{_kind(error)}"


def _kind(error: RawError) -> str:
    if error.kind == "SCHEMAV_ELEMENT_CONTENT":
        return "missing-element" if ": Missing child element(s)." in error.message else "unexpected-element"
    if error.kind == "SCHEMAV_CVC_COMPLEX_TYPE_2_1":
        return "unexpected-element" if ": Element content " in error.message else "unexpected-text"
    return _FACETS.get(error.kind, "other")


def _expected(error: RawError, kind: str) -> str | None:
    if kind in ("missing-element", "unexpected-element"):
        names = _NAMES.search(error.message)
        return _QUALIFIED.sub(_unless_ours, names[1]) if names else ("-" if kind == "unexpected-element" else None)
    if kind == "missing-attribute":
        return f"@{_quoted(error.message, 'The attribute ')}"
    if kind == "datatype":
        named = _TYPE.search(error.message)
        return named[1] if named else None
    after = _AFTER_VALUE.get(kind)
    if after is None or after not in error.message:
        return None
    # From the right: what stands left of it is the value, which may hold the same words.
    expected = error.message.rpartition(after)[2].rstrip(".")
    if kind == "enumeration":
        return ", ".join(re.findall(r"'([^']*)'", expected))
    return expected.strip("'")


def _value(element: Element, attribute: str | None, *, is_insz: bool) -> str | None:
    text = element.text if attribute is None else element.get(attribute)
    return shown(text or "", is_insz=is_insz)


def _unless_ours(namespace: re.Match[str]) -> str:
    return "" if namespace[1] == NAMESPACE else namespace[0]


def _quoted(message: str, before: str) -> str:
    return message.partition(before)[2].partition("'")[2].partition("'")[0]
