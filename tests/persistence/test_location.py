"""Where the database is, and plain SQL that runs on both engines."""

from pathlib import Path

import pytest

from domain.errors import InvalidValue
from persistence.location import PostgresqlLocation, SqliteLocation, read_location
from persistence.placeholders import a_list, numbered


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("sqlite://var/mandaat.sqlite3", SqliteLocation(Path("var/mandaat.sqlite3"))),
        ("sqlite:///srv/my%20data/m.db", SqliteLocation(Path("/srv/my data/m.db"))),
        (
            "postgresql://me:p%40ss@db.example:6432/mandaat?sslmode=require",
            PostgresqlLocation("db.example", 6432, "me", "p@ss", "mandaat", "require"),
        ),
        ("postgres://me@/mandaat?host=/run/pg", PostgresqlLocation("/run/pg", 5432, "me", None, "mandaat", None)),
    ],
)
def test_both_kinds_of_address_are_read(url: str, location: SqliteLocation | PostgresqlLocation) -> None:
    assert read_location(url) == location


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret@host:port/x",
        "postgresql://me:secret@host/x?sslmode=maybe",
        "postgresql://me:secret@host/x?application_name=y",
        "postgresql://me:secret@host",
        "mysql://me:secret@host/x",
        "sqlite://folder/",
        "sqlite://file.db?mode=ro",
    ],
)
def test_another_address_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_location(url)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a = '?' AND b = ?", "a = '?' AND b = $1"),
        ("a = 'it''s ?' AND \"c?\" = ? -- why?\nAND d = ?", "a = 'it''s ?' AND \"c?\" = $1 -- why?\nAND d = $2"),
    ],
)
def test_placeholders_are_numbered_outside_quotes_and_comments(sql: str, expected: str) -> None:
    assert numbered(sql) == expected


def test_a_list_has_a_place_for_each_value() -> None:
    assert a_list(3) == "(?, ?, ?)"
