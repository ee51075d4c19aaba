"""XML for programs: what is written always obeys the schema of the report."""

from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree
from reports import SAMPLES, document_of, document_with

from domain.findings import Finding
from domain.vocabulary import Language, Severity
from validation.reporting.as_xml import REPORT_NAMESPACE, REPORT_SCHEMA_FILE, report_as_xml
from validation.schema.diagnosis import CODES

N = f"{{{REPORT_NAMESPACE}}}"
HOSTILE = "<b a='1'>&amp; \"x\" ]]> \u00e9"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(files("validation").joinpath("schemas", REPORT_SCHEMA_FILE).read_bytes()))


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.xml")), ids=lambda path: path.stem)
def test_the_report_on_every_sample_obeys_the_schema(path: Path, schema: etree.XMLSchema) -> None:
    root = etree.fromstring(report_as_xml(document_of(path), Language.NL))

    schema.assertValid(root)
    assert len(root.findall(f"{N}Finding")) == sum(int(count.attrib["count"]) for count in root.findall(f"{N}Count"))


@pytest.mark.parametrize("language", list(Language))
def test_every_code_of_the_schema_and_every_language_obeys_the_schema(
    language: Language, schema: etree.XMLSchema
) -> None:
    findings = [Finding(f"XSD.{code}", Severity.BLOCKING, values={"field": "Uren"}) for code in CODES]

    schema.assertValid(etree.fromstring(report_as_xml(document_with(*findings), language)))


def test_hostile_values_come_back_as_they_were(schema: etree.XMLSchema) -> None:
    finding = Finding("XSD.pattern", Severity.BLOCKING, value=HOSTILE, expected=HOSTILE, values={"field": HOSTILE})

    root = etree.fromstring(report_as_xml(document_with(finding, name=HOSTILE), Language.EN))

    schema.assertValid(root)
    [told] = root.findall(f"{N}Finding")
    assert (told.get("value"), told.get("field")) == (HOSTILE, HOSTILE)
    assert HOSTILE in (told.findtext(f"{N}Message") or "")
    assert len(told) == 2


@pytest.mark.parametrize(("attribute", "value"), [("verdict", "FINE"), ("checkedAt", "yesterday"), ("isCapped", "no")])
def test_the_schema_refuses_what_a_report_never_says(attribute: str, value: str, schema: etree.XMLSchema) -> None:
    root = etree.fromstring(report_as_xml(document_with(), Language.EN))
    root.set(attribute, value)

    assert not schema.validate(root)
