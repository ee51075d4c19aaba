"""A hint proposes only what the schema would take."""

import pytest

from domain.findings import Finding
from domain.vocabulary import Severity
from validation.reporting.hints import probably_meant

PROGRAMMES = "GESCO, GESCO_KB474, DAC"
HOURS = r"-?[0-9]{1,4}\.[0-9]{2}"


@pytest.mark.parametrize(
    ("code", "value", "expected", "meant"),
    [
        ("XSD.enumeration", "gesco", PROGRAMMES, "GESCO"),
        ("XSD.enumeration", "GESKO", PROGRAMMES, "GESCO"),
        ("XSD.enumeration", "XYZ", PROGRAMMES, None),
        ("XSD.unexpected-element", "Dag", "Dagen, Uren", "Dagen"),
        ("XSD.unexpected-element", "Uren", "Dagen, Uren", None),
        ("XSD.pattern", "7,60", HOURS, "7.60"),
        ("XSD.pattern", "7,6", HOURS, "7.60"),
        ("XSD.pattern", " 7.60", HOURS, "7.60"),
        ("XSD.pattern", "7", HOURS, "7.00"),
        ("XSD.pattern", "seven", HOURS, None),
        ("XSD.pattern", "0999.000.129", "[01][0-9]{9}", "0999000129"),
        ("XSD.pattern", "202610", "20[0-9]{2}-[0-9]{2}", "2026-10"),
        ("XSD.pattern", "x", "(", None),
        ("XSD.datatype", "7,60", "Uren", "7.60"),
        ("XSD.datatype", "7/10/2026", "Datum", "2026-10-07"),
        ("XSD.datatype", "2026-10-7", "Datum", "2026-10-07"),
        ("XSD.datatype", "2026-02-30", "Datum", None),
        ("XSD.datatype", "31/2/2026", "Datum", None),
        ("XSD.datatype", "85*******28", "INSZ", None),
        ("XSD.maxLength", "7,60", HOURS, None),
        ("N-401", "gesco", PROGRAMMES, None),
    ],
)
def test_what_was_probably_meant(code: str, value: str, expected: str, meant: str | None) -> None:
    assert probably_meant(Finding(code, Severity.BLOCKING, value=value, expected=expected)) == meant


def test_nothing_is_guessed_without_a_value_or_an_expectation() -> None:
    assert probably_meant(Finding("XSD.pattern", Severity.BLOCKING, value="7,60")) is None
    assert probably_meant(Finding("XSD.pattern", Severity.BLOCKING, expected=HOURS)) is None
