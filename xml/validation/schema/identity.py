"""Which XML schema this installation checks by, as a report tells it."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from validation.vocabulary import ACCEPTED_SCHEMA_VERSIONS, NAMESPACE

SCHEMA_FILE = "collective-1.xsd"


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """The schema of this installation: file, namespace, the versions that it takes, SHA-256 of its text."""

    name: str
    namespace: str
    versions: tuple[str, ...]
    sha256: str


@cache
def schema_facts() -> SchemaFacts:
    text = files("validation").joinpath("schemas", SCHEMA_FILE).read_bytes()
    return SchemaFacts(SCHEMA_FILE, NAMESPACE, ACCEPTED_SCHEMA_VERSIONS, sha256(text).hexdigest())
