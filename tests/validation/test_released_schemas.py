"""The text of a schema version that was released stays as it is: senders build on it, and reports name its hash."""

import hashlib
from importlib.resources import files

from validation.schema.identity import schema_facts
from validation.vocabulary import ACCEPTED_SCHEMA_VERSIONS

RELEASED = {"1.0": "a705229abc870d8615b2bc0433665ea70b57e1a189af36951ad654ea1d093460"}
"""By the newest version that a text takes, the SHA-256 of that text; a line is added with a version, never changed."""


def test_the_text_of_a_released_schema_version_does_not_change() -> None:
    newest = max(ACCEPTED_SCHEMA_VERSIONS, key=lambda version: [int(number) for number in version.split(".")])

    assert schema_facts().sha256 == RELEASED.get(newest), "a changed schema is a new version, with a line of its own"


def test_a_report_names_the_text_that_is_there() -> None:
    schema = schema_facts()

    text = files("validation").joinpath("schemas", schema.name).read_bytes()
    assert schema.sha256 == hashlib.sha256(text).hexdigest()
    assert schema.namespace.encode() in text
