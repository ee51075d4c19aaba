"""The operations that stand ready in the IDE fit the schema, and their variables fit them."""

import json

import pytest
from api import Api
from graphql import parse, validate

from graph.schema import operations_folder, shared_schema

FOLDER = operations_folder()
DOCUMENTS = sorted(entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".graphql"))
QUERIES = [name for name in DOCUMENTS if "mutation" not in FOLDER.joinpath(name).read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_operation_is_valid(name: str) -> None:
    document = parse(FOLDER.joinpath(name).read_text(encoding="utf-8"))

    assert validate(shared_schema()._schema, document) == []


@pytest.mark.parametrize("name", [name for name in QUERIES if "subscription" not in name and "follow" not in name])
@pytest.mark.parametrize("persona", ["promotor", "uploader"])
async def test_each_query_answers_both_sides_without_an_error(api: Api, name: str, persona: str) -> None:
    variables = FOLDER.joinpath(name.replace(".graphql", ".json"))
    given = json.loads(variables.read_text(encoding="utf-8")) if variables.is_file() else {}

    answer = await api.as_(persona).execute(FOLDER.joinpath(name).read_text(encoding="utf-8"), given)

    assert (answer.status, answer.error_codes) == (200, [])
