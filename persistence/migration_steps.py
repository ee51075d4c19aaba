"""The steps of this version, read from `persistence/migrations/`, and how they compare with a database's ledger."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from domain.errors import CouldNotRun
from persistence.location import Dialect

LEDGER: Final = "schema_migration"


class MigrationRefused(CouldNotRun):
    """The database is not one that this version may touch; the sentence says why, and the step was rolled back."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: *name* as in the ledger (`0001_initial`) and its *sql*."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(dialect: Dialect) -> tuple[Migration, ...]:
    """All steps of this version, in order."""
    suffix = f".{dialect}.sql"
    found = [entry for entry in (files("persistence") / "migrations").iterdir() if entry.name.endswith(suffix)]
    return tuple(
        Migration(entry.name.removesuffix(suffix), entry.read_text(encoding="utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
    )


def missing(steps: Sequence[Migration], ledger: Sequence[tuple[str, str]]) -> tuple[Migration, ...]:
    """The steps that the ledger (name and sha256, in order) does not hold.

    Raises `MigrationRefused` when the ledger holds another step, another order or another content.
    """
    for step, (name, sha256) in zip(steps, ledger, strict=False):
        if name != step.name:
            raise MigrationRefused(f"the database has migration {name} where this version has {step.name}")
        if sha256 != step.sha256:
            raise MigrationRefused(f"migration {name} was applied with other content than this version has")
    if len(ledger) > len(steps):
        raise MigrationRefused(f"the database has migration {ledger[len(steps)][0]}, which this version does not know")
    return tuple(steps[len(ledger) :])


def compare(expected: dict[str, str], found: dict[str, str]) -> None:
    """Hold the definitions in a catalogue, by name, to what the steps make from nothing.

    What an operator added beside them (an index, a view) is his; raises `MigrationRefused` naming the rest.
    """
    lacking = sorted(expected.keys() - found.keys())
    changed = sorted(name for name in expected.keys() & found.keys() if expected[name] != found[name])
    if lacking or changed:
        described = [*(f"{name} is missing" for name in lacking), *(f"{name} is different" for name in changed)]
        raise MigrationRefused(f"the database is not what its ledger says: {'; '.join(described[:10])}")
