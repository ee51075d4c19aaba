"""`mandaat schema`: the schema as text, and whether the committed one is still the one that is served."""

from pathlib import Path

from cyclopts import App
from graphql import build_schema, find_breaking_changes, find_dangerous_changes

from graph.guard import declared_rights
from graph.schema import shared_schema
from server.graphql.trusted_documents import checked_documents, document_id

COMMITTED = Path("schema.graphql")

schema_app = App(name="schema", help="The GraphQL schema as text.")


@schema_app.command
def export() -> str:
    """Print the schema in the GraphQL schema definition language (schema.graphql)."""
    return shared_schema().as_str()


@schema_app.command
def rights() -> str:
    """Print the right that each field of the schema needs, or why it needs none (tests/graph/rights.txt)."""
    return "\n".join(f"{field}: {right}" for field, right in declared_rights(shared_schema()).items())


@schema_app.command
def documents(folder: Path, /) -> str:
    """Check the `.graphql` files of a folder and print the id by which clients name each (`documentId`).

    Ends with 2 for a document that the schema does not take, and says where.
    """
    found = checked_documents(shared_schema(), folder)
    return "\n".join(f"{document_id(text)}  {name}" for name, text in found.items())


@schema_app.command
def check(committed: Path = COMMITTED, /) -> tuple[str, int]:
    """Compare the served schema with the committed file; breaking and dangerous changes are named.

    Ends with 0 when they are the same, 1 when not, 2 when there is no such file.
    """
    if not committed.is_file():
        return f"{committed} is not there; make it with: mandaat schema export > {committed}", 2
    before, now = committed.read_text(encoding="utf-8"), shared_schema().as_str()
    if before.rstrip("\n") == now.rstrip("\n"):
        return f"{committed} is the schema that is served", 0
    old, new = build_schema(before), build_schema(now)
    lines = [f"breaking: {change.description}" for change in find_breaking_changes(old, new)]
    lines += [f"dangerous: {change.description}" for change in find_dangerous_changes(old, new)]
    lines.append(f"{committed} differs from the schema that is served; renew it: mandaat schema export > {committed}")
    return "\n".join(lines), 1
