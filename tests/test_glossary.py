"""The glossary and the code speak of the same things."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TECHNICAL_TABLES = {"idempotency", "number_series", "schema_migration"}
"""Tables that are about no thing of the field."""


def _rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    # Without the heading and the line under it.
    return rows[2:]


def _named(where: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", where))


def test_the_terms_stand_in_the_order_of_the_alphabet() -> None:
    terms = [row[0].lower() for row in _rows()]

    assert terms == sorted(terms)


def test_each_term_has_a_dutch_one_a_meaning_a_place_and_a_source() -> None:
    assert [row for row in _rows() if len(row) != 5 or not all(row)] == []


def test_every_place_that_the_glossary_names_is_in_the_code() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for pattern in (
            "schema.graphql",
            "policy.csv",
            "domain/*.py",
            "server/signing_in/identity.py",
            "xml/validation/schemas/*.xsd",
            "persistence/migrations/*.sql",
        )
        for path in ROOT.glob(pattern)
    )
    places = {part for row in _rows() for name in _named(row[3]) for part in name.split(".") if name != "policy.csv"}

    assert {place for place in places if not re.search(rf"\b{re.escape(place)}\b", sources)} == set()


def test_every_table_of_the_database_has_its_term() -> None:
    tables = {
        table
        for path in (ROOT / "persistence" / "migrations").glob("*.sqlite.sql")
        for table in re.findall(r"^CREATE TABLE (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {name for row in _rows() for name in _named(row[3])}

    assert tables - named - TECHNICAL_TABLES == set()
