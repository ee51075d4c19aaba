"""The gate: from the first bytes of a file, whether it can be a collective file, and what its head says.

Bounded and quick, so that the web process can ask it while bytes come in. Expat looks first and refuses any DOCTYPE
and any other encoding before lxml sees a byte; then the head alone is checked against the schema.
"""

from decimal import Decimal
from typing import NoReturn
from xml.parsers import expat

from lxml import etree

from domain.findings import Header, Place
from validation.collecting import DETAILS_PER_CODE
from validation.document import ControlTotals, Envelope
from validation.encoding import START, UTF8_MARK, refuse_what_is_not_utf8_xml, wrong_encoding
from validation.frame import Frame, Head
from validation.places.positions import Origin
from validation.places.tags import end_of_tag
from validation.places.walking import NAMESPACE_SEPARATOR, Fragment, walk
from validation.refusal import FileRefused, refused
from validation.schema.compiled import parse
from validation.schema.diagnosis import Element
from validation.schema.faults import schema_faults
from validation.vocabulary import (
    ACCEPTED_SCHEMA_VERSIONS,
    FILE,
    HEADER,
    NAMESPACE,
    NAMESPACE_OF_ANY_MAJOR,
    PROMOTOR,
    tag,
)

HEAD_BYTES = 64 * 1024
"""How much of a file the gate looks at; the head must end before."""

_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
_A_PROMOTOR = (
    f'<{PROMOTOR} xmlns="{NAMESPACE}"><Ondernemingsnummer>0000000000</Ondernemingsnummer>'
    '<Prestatiestaat statusAanlevering="1"><Conventienummer>1</Conventienummer><Programma>GESCO</Programma>'
    f"<Prestatiemaand>2026-01</Prestatiemaand></Prestatiestaat></{PROMOTOR}>"
).encode()

_PATHS_OF_HEAD = tuple(
    f"/{FILE}/{HEADER}{rest}" for rest in ("", "/Omgeving", "/Verzender", "/Controletotalen", "/Bestandsreferentie")
)


def read_head(data: bytes, *, is_whole: bool) -> Head:
    """Read the head from the first bytes of a file, at most `HEAD_BYTES` of them; *is_whole*: there are no more.

    Raises `FileRefused`: F-001 (not XML, DOCTYPE, encoding, cut off), F-002 (another schema or version), F-007 (the
    head is too long), or the violations of the schema in the head (XSD codes).
    """
    refuse_what_is_not_utf8_xml(data)
    scan = _HeadScan(data)
    scan.run(is_whole=is_whole)
    if scan.body is None and not scan.is_closed:
        raise refused(
            "F-007",
            scan.place(len(data)),
            found=f"> {HEAD_BYTES}",
            expected=str(HEAD_BYTES),
            values={"limit": f"bytes ({HEADER})"},
        )
    document = scan.document()
    root = _valid(document, scan)
    places = walk(Fragment(document, 0, len(document), document, scan.origin(0)), _PATHS_OF_HEAD)
    frame = Frame(scan.opening, b"</" + scan.root_name + b">")
    return Head(_envelope(root), frame, scan.origin(len(data) if scan.body is None else scan.body), places)


class _Enough(Exception):
    """The first promotor begins: what follows is not the gate's."""


class _HeadScan:
    """One reading of the head by expat, up to the second child of the root."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.body: int | None = None
        self.opening = b""
        self.root_name = b""
        self.is_closed = False
        self._mark = len(UTF8_MARK) if data.startswith(UTF8_MARK) else 0
        self._depth = 0
        self._children = 0
        # The encoding is given, so that a declared one cannot choose how the bytes are read.
        self._parser = expat.ParserCreate("utf-8", NAMESPACE_SEPARATOR)

    def run(self, *, is_whole: bool) -> None:
        parser = self._parser
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(self.data, is_whole)
        except _Enough:
            return
        except expat.ExpatError as error:
            raise not_well_formed(error, self.place(parser.ErrorByteIndex)) from error

    def place(self, offset: int, path: str = "/") -> Place:
        return self.origin(offset).place(path)

    def origin(self, offset: int) -> Origin:
        """A byte order mark is no character of the first line."""
        return Origin(offset=min(self._mark, offset)).after(self.data[self._mark : offset])

    def document(self) -> bytes:
        """The head with a promotor put after it that is always right; all of the file when it has no body."""
        if self.body is None:
            return self.data
        return b"".join((self.data[: self.body], _A_PROMOTOR, b"</", self.root_name, b">"))

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in ("UTF-8", "UTF8"):
            raise wrong_encoding(encoding, START)
        if version != "1.0":
            raise refused("F-001", START, found=version, expected="XML 1.0", values={"problem": "NOT_XML"})

    def _doctype(self, name: str, _system: str | None, _public: str | None, _has_subset: int) -> NoReturn:
        # Expat speaks only where the name ends.
        where = self.place(self.data.rfind(b"<!DOCTYPE", 0, self._offset() + 1))
        raise refused("F-001", where, found=f"<!DOCTYPE {name}", expected="XML", values={"problem": "DOCTYPE"})

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self._root(name, attributes)
        elif self._depth == 2:
            self._children += 1
            if self._children > 1 or name != f"{NAMESPACE}{NAMESPACE_SEPARATOR}{HEADER}":
                self.body = self._offset()
                raise _Enough

    def _end(self, _name: str) -> None:
        self._depth -= 1
        self.is_closed = self._depth == 0

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        offset = self._offset()
        where = self.place(offset, f"/{FILE}")
        namespace, _, local = name.rpartition(NAMESPACE_SEPARATOR)
        if local != FILE or not namespace.startswith(NAMESPACE_OF_ANY_MAJOR):
            found = f"{local} ({namespace or '-'})"
            expected = f"{FILE} ({NAMESPACE})"
            raise refused("F-002", self.place(offset), found=found, expected=expected, values={"problem": "ROOT"})
        if namespace != NAMESPACE:
            raise refused("F-002", where, found=namespace, expected=NAMESPACE, values={"problem": "VERSION"})
        version = attributes.get("schemaVersie", "").strip(" \t\r\n")
        if version not in ACCEPTED_SCHEMA_VERSIONS:
            accepted = ", ".join(ACCEPTED_SCHEMA_VERSIONS)
            raise refused("F-002", where, found=version or "-", expected=accepted, values={"problem": "VERSION"})
        self.opening = self.data[offset : end_of_tag(self.data, offset)]
        self.root_name = self.opening[1:].split(None, 1)[0].rstrip(b"/>")

    def _offset(self) -> int:
        return self._parser.CurrentByteIndex


def not_well_formed(error: expat.ExpatError, place: Place) -> FileRefused:
    """F-001 for what expat could not read; the reason is one of expat's fixed sentences.

    Raises `MemoryError` when expat had none left, which says nothing of the file.
    """
    if error.code == _NO_MEMORY:
        raise MemoryError from error
    reason = expat.ErrorString(error.code) or "syntax error"
    return refused("F-001", place, found=reason, expected="XML", values={"problem": "NOT_WELL_FORMED"})


def refused_by_lxml(error: etree.XMLSyntaxError, place: Place) -> FileRefused:
    """F-001 for what expat reads and lxml, stricter about names and namespaces, does not; *place* is where it began."""
    entry = error.error_log.last_error
    reason = "syntax error" if entry is None else entry.type_name
    return refused("F-001", place, found=reason, expected="XML", values={"problem": "NOT_WELL_FORMED"})


def _valid(document: bytes, scan: _HeadScan) -> Element:
    """The tree of the head, once it obeys the schema."""
    try:
        root = parse(document)
    except etree.XMLSyntaxError as error:
        raise refused_by_lxml(error, scan.place(0)) from error
    fragment = Fragment(document, 0, len(document), document, Origin())
    faults = schema_faults(root, fragment, lambda _: DETAILS_PER_CODE)
    if faults:
        raise FileRefused(tuple(fault.finding for fault in faults if fault.finding is not None))
    return root


def _envelope(root: Element) -> Envelope:
    header = root[0]
    sender = header.find(tag("Verzender"))
    totals = header.find(tag("Controletotalen"))
    if sender is None or totals is None:
        raise AssertionError("the schema demands both")
    software = sender.find(tag("Software"))
    return Envelope(
        Header(
            reference=_text(header, "Bestandsreferentie"),
            environment=_text(header, "Omgeving"),
            created_at=_text(header, "Aanmaaktijdstip"),
            sender=_text(sender, "Ondernemingsnummer"),
            schema_version=root.attrib["schemaVersie"].strip(),
            software=None if software is None else " ".join(software.attrib.values()),
        ),
        ControlTotals(
            promotors=int(totals.attrib["promotoren"]),
            conventions=int(totals.attrib["conventies"]),
            employees=int(totals.attrib["werknemers"]),
            lines=int(totals.attrib["lijnen"]),
            hours=Decimal(totals.attrib["uren"].strip()),
            days=Decimal(totals.attrib["dagen"].strip()),
        ),
    )


def _text(parent: Element, name: str) -> str:
    return (parent.findtext(tag(name)) or "").strip()
