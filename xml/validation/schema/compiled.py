"""The XML Schema of the collective file: compiled once a thread, and asked about one small document at a time.

The parser is set as the notes on hostile input demand; each setting closes a hole that was seen open. One compiled
schema for each thread, because two threads that share one mix their errors.
"""

import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"
_COMPILING = threading.Lock()
_OF_THREAD = threading.local()


class RawError(NamedTuple):
    """One error as libxml2 tells it; *path* counts elements (`/*/*[2]/*[1]`)."""

    kind: str
    message: str
    path: str


def new_parser() -> etree.XMLParser[etree._Element]:  # pyright: ignore[reportPrivateUsage] -- lxml names its element class so
    """For bytes only, never for a path: a path may be unpacked or fetched."""
    return etree.XMLParser(
        # 'internal' and not False: with False and a schema, truncated documents were accepted.
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        # A comment inside a value would cut the value in two.
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
        recover=False,
    )


def parse(document: bytes) -> etree._Element:  # pyright: ignore[reportPrivateUsage] -- see new_parser
    """The root; raises `lxml.etree.XMLSyntaxError` when it is not well-formed, `MemoryError` when none is left."""
    try:
        return etree.fromstring(document, new_parser())
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            # Said as if it were a fault of the document.
            raise MemoryError from error
        raise


def errors_of(root: etree._Element) -> tuple[RawError, ...]:  # pyright: ignore[reportPrivateUsage] -- see new_parser
    """All violations of the schema, in order; costs grow with the square of the errors under one parent."""
    schema = _schema()
    if schema.validate(root):
        return ()
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in schema.error_log):
        raise MemoryError
    return tuple(RawError(entry.type_name, entry.message, entry.path or "/*") for entry in schema.error_log)


def prepare() -> None:
    """Compile now, so that the first file does not wait for it."""
    _schema()


def _schema() -> etree.XMLSchema:
    known: etree.XMLSchema | None = getattr(_OF_THREAD, "schema", None)
    if known is not None:
        return known
    with _COMPILING:
        compiled = etree.XMLSchema(schema_document())
    _OF_THREAD.schema = compiled
    return compiled


@cache
def pattern_types() -> Mapping[str, str]:
    """By pattern, the name of the simple type that demands it."""
    types = schema_document().iter(f"{{{XSD}}}simpleType")
    return {
        pattern.attrib["value"]: named.attrib["name"] for named in types for pattern in named.iter(f"{{{XSD}}}pattern")
    }


def schema_document() -> etree._Element:  # pyright: ignore[reportPrivateUsage] -- see new_parser
    """The XSD itself, read anew: whoever gets it may keep it."""
    return parse(files("validation").joinpath("schemas", "collective-1.xsd").read_bytes())
