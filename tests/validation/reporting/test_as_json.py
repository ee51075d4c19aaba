"""JSON for programs: stable keys, exact counts, everything that a finding knows."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from collective_files import collective_file, employee, part, place_of, promotor, written
from reports import SAMPLES, document_of, document_with

from domain.findings import Finding, Place
from domain.vocabulary import Language, Severity
from validation.reporting.as_json import report_as_json

WRONG_INSZ = "8507300332X"


def as_json(path: Path, language: Language = Language.EN, *, cap: int = 1000) -> dict[str, Any]:
    return json.loads(report_as_json(document_of(path, cap=cap), language))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    text = collective_file(promotor(part("1", employee(insz=WRONG_INSZ)) + part("2", employee())))
    return written(tmp_path, text)


def test_the_keys_stand_in_a_fixed_order(file: Path) -> None:
    document = as_json(file)

    assert list(document) == [
        *("format", "checkedAt", "receivedAt", "finishedAt", "language", "file", "schema", "ruleSet"),
        *("verdict", "state", "stageReached"),
        *("seconds", "stages", "slices", "counts", "countsBySeverity", "countsByLayer", "isCapped", "header", "parts"),
        "findings",
    ]
    assert (document["format"], document["checkedAt"]) == (1, "2026-11-05T09:00:00+01:00")
    assert (document["receivedAt"], document["finishedAt"]) == (None, None)
    assert [found["outcome"] for found in document["parts"]] == ["NOT_LOADED", "LOADED"]


def test_it_says_which_file_was_checked_against_which_schema(file: Path) -> None:
    document = as_json(file)

    assert document["file"] == {
        "name": "file.xml",
        "sizeBytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "declaredEncoding": "UTF-8",
        "detectedEncoding": "UTF-8",
        "hasByteOrderMark": False,
    }
    schema = Path(__file__).parents[3] / "xml" / "validation" / "schemas" / document["schema"]["name"]
    assert document["schema"]["sha256"] == hashlib.sha256(schema.read_bytes()).hexdigest()
    assert document["schema"]["versions"] == ["1.0"]


def test_a_finding_has_codes_place_path_value_and_sentences(file: Path) -> None:
    line, column = place_of(file.read_text(encoding="utf-8"), "<INSZ>")
    offset = file.read_bytes().index(b"<INSZ>")

    [finding] = as_json(file)["findings"]

    assert finding == {
        "code": "XSD.pattern",
        "specKey": "cvc-pattern-valid",
        "severity": "BLOCKING",
        "layer": "schema",
        "message": "INSZ has the value 85*******2X; expected: 11 digits.",
        "advice": "Write the value in the expected form, without spaces or other characters.",
        "hint": None,
        "place": {
            "line": line,
            "column": column,
            "byteOffset": offset,
            "path": "/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[1]/Werknemer[1]/INSZ",
        },
        "firstPath": None,
        "part": 1,
        "promotor": finding["promotor"],
        "convention": finding["convention"],
        "month": finding["month"],
        "employee": finding["employee"],
        "lineNumber": None,
        "field": "INSZ",
        "value": "85*******2X",
        "expected": "[0-9]{11}",
        "expectedInWords": "11 digits",
    }


def test_counts_are_exact_beyond_the_cap_by_code_severity_and_layer(tmp_path: Path) -> None:
    text = collective_file(promotor(part("1", employee(insz=WRONG_INSZ) * 7) + part("2", employee(insz="1") * 2)))

    document = as_json(written(tmp_path, text), cap=3)

    assert document["isCapped"] is True
    assert len(document["findings"]) == 3
    assert document["counts"] == [{"code": "XSD.pattern", "severity": "BLOCKING", "layer": "schema", "count": 9}]
    assert document["countsBySeverity"] == {"FILE": 0, "BLOCKING": 9, "WARNING": 0, "INFO": 0}
    assert document["countsByLayer"]["schema"] == 9
    assert sum(document["countsByLayer"].values()) == 9


def test_the_stage_reached_is_the_last_that_was_done(file: Path) -> None:
    refused = as_json(SAMPLES / "rules" / "F-001.xml")

    assert (as_json(file)["stageReached"], refused["stageReached"]) == ("whole-file", "envelope")
    assert refused["countsByLayer"]["well-formed"] == 1


@pytest.mark.parametrize(
    ("code", "values", "path", "first"),
    [
        ("N-405", {"first": "1"}, "/F/Promotor[1]/Prestatiestaat[1]/Werknemer[4]/INSZ", "/Werknemer[1]/INSZ"),
        ("N-408", {"employment": "5", "other": "1"}, "/F/Werknemer[2]/Tewerkstelling[3]", "[2]/Tewerkstelling[1]"),
        (
            "L-504",
            {"other": "7"},
            "/F/Werknemer[2]/Tewerkstelling[1]/Prestatielijn[3]/Van",
            '/Prestatielijn[@volgnr="7"]',
        ),
        ("L-511", {}, "/F/Werknemer[2]/Tewerkstelling[1]/Prestatielijn[3]/@volgnr", '/Prestatielijn[@volgnr="2"][1]'),
    ],
)
def test_what_stands_twice_says_where_it_stands_first(code: str, values: dict[str, str], path: str, first: str) -> None:
    finding = Finding(code, Severity.BLOCKING, Place(9, 1, 90, path), part=1, value="2", values=values)

    [told] = json.loads(report_as_json(document_with(finding), Language.NL))["findings"]

    assert told["firstPath"].endswith(first)
    assert told["firstPath"].startswith("/F/")


def test_an_employment_outside_its_fiche_stands_in_the_way_of_no_other() -> None:
    place = Place(9, 1, 90, "/F/Werknemer[2]/Tewerkstelling[1]")
    finding = Finding("N-408", Severity.BLOCKING, place, part=1, values={"employment": "1"})

    [told] = json.loads(report_as_json(document_with(finding), Language.NL))["findings"]

    assert told["firstPath"] is None


def test_a_key_that_stands_twice_points_to_the_other_part() -> None:
    document = as_json(SAMPLES / "rules" / "P-304.xml")
    paths = {part["number"]: part["place"]["path"] for part in document["parts"]}

    twice = [finding for finding in document["findings"] if finding["code"] == "P-304"]

    assert len(twice) == 2
    assert [finding["firstPath"] for finding in twice] == [paths[finding["part"]] for finding in reversed(twice)]


def test_findings_come_in_the_order_of_the_file_whatever_order_they_had() -> None:
    places = [Place(3, 1, 30, "/F"), Place(1, 1, 10, "/F"), Place(2, 1, 20, "/F"), None]
    findings = [Finding("XSD.other", Severity.BLOCKING, place, values={"field": "F"}) for place in places]

    told = json.loads(report_as_json(document_with(*reversed(findings)), Language.NL))["findings"]

    assert [finding["place"] and finding["place"]["line"] for finding in told] == [1, 2, 3, None]
