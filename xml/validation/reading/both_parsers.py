"""One verdict on names: lxml takes those of the fifth edition of XML 1.0, expat those of the fourth.

Expat decides, because it is what reads a whole file where searching bytes does not do: the same file must not be
well-formed in small pieces and broken in large ones.
"""

from xml.parsers import expat

from validation.schema.compiled import parse
from validation.schema.diagnosis import Element


class ReadByOne(Exception):
    """Lxml reads the document and expat does not."""


def parse_alike(document: bytes) -> Element:
    """The root; raises `lxml.etree.XMLSyntaxError` when lxml cannot read the document, `ReadByOne` when only it can."""
    root = parse(document)
    if not document.isascii():
        is_final = True
        try:
            expat.ParserCreate("utf-8").Parse(document, is_final)
        except expat.ExpatError as error:
            raise ReadByOne from error
    return root
