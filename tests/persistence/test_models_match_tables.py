"""The models and the tables say the same; the raw tables are what the bulk module writes."""

from typing import Any

import pytest

from persistence import bulk, models
from persistence.database import Database, rows
from persistence.location import Dialect

MODELS = [getattr(models, name) for name in models.__all__]
RAW_TABLES = {"performance_line", "finding", "employee_month", "performance_file_read", "resumable_segment"}

COLUMN_TYPES = {
    Dialect.SQLITE: {"BOOL": "BOOLEAN", "INT": "INTEGER"},
    Dialect.POSTGRESQL: {
        "BOOL": "BOOLEAN",
        "INT": "INTEGER",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    },
}


async def columns_of(table: str, dialect: Dialect) -> dict[str, tuple[str, bool]]:
    """Type and whether it may be null, by name."""
    if dialect is Dialect.SQLITE:
        found = await rows('SELECT name, type, "notnull" = 0 AS nullable FROM pragma_table_info(?)', [table])
        return {row["name"]: (row["type"], bool(row["nullable"])) for row in found}
    found = await rows(
        "SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable"
        " FROM pg_attribute WHERE attrelid = CAST(CAST(? AS TEXT) AS regclass) AND attnum > 0",
        [table],
    )
    return {
        row["name"]: (row["type"].upper().replace("CHARACTER VARYING", "VARCHAR"), row["nullable"]) for row in found
    }


async def tables(dialect: Dialect) -> set[str]:
    if dialect is Dialect.SQLITE:
        found = await rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        found = await rows(
            "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    return {row["name"] for row in found}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
async def test_a_model_names_exactly_the_columns_of_its_table(database: Database, model: Any) -> None:
    described = model.describe(serializable=False)
    names = COLUMN_TYPES[database.dialect]
    expected: dict[str, tuple[str, bool]] = {}
    for field in [described["pk_field"], *described["data_fields"]]:
        types = field["db_field_types"]
        declared = str(types.get("postgres" if database.dialect is Dialect.POSTGRESQL else "", types[""]))
        expected[field["db_column"]] = (names.get(declared, declared), field["nullable"])

    assert await columns_of(described["table"], database.dialect) == expected


async def test_every_table_has_a_model_or_is_written_in_bulk(database: Database) -> None:
    modelled = {model.describe()["table"] for model in MODELS}

    assert await tables(database.dialect) == modelled | RAW_TABLES | {"schema_migration"}


@pytest.mark.parametrize("table", [bulk.LINES, bulk._FINDINGS, bulk._EMPLOYEE_MONTHS], ids=lambda table: table.name)
async def test_bulk_rows_fill_every_column_of_their_table(database: Database, table: Any) -> None:
    assert tuple(await columns_of(table.name, database.dialect)) == table.columns
