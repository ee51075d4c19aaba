"""One GraphQL request, out of JSON or out of a query string, or a refusal that says what is wrong with its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from starlette.datastructures import QueryParams

from server.graphql.request_bodies import malformed
from server.refusals import Refusal

_PARAMETERS: Final = ("query", "documentId", "variables", "operationName", "extensions")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks for; its form is right, its document is not looked at yet.

    *document_id* names a trusted document (`sha256:…`) in place of *query*; one of the two is there.
    """

    query: str | None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    document_id: str | None = None


def decode_json(data: str | bytes) -> object:
    """Strict: no lone surrogates, no NaN; and no zero characters, which no database column takes."""
    try:
        decoded: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise malformed("the body is not JSON in UTF-8") from error
    # In JSON neither a zero character nor a backslash stands in a string without a backslash before it.
    is_escaped = "\\" in data if isinstance(data, str) else b"\\" in data
    if is_escaped and holds_zero(decoded):
        raise Refusal(400, "ZERO_CHARACTER", {})
    return decoded


def from_query_string(parameters: QueryParams) -> GraphQLRequest:
    """The request of a GET; what stands there more than once is refused, because readers differ in which one counts."""
    given: dict[str, Any] = {}
    for name in _PARAMETERS:
        values = parameters.getlist(name)
        if len(values) > 1:
            raise malformed(f"{name} is given more than once")
        if values:
            given[name] = values[0]
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = decode_json(given[name]) if given[name] else None
    if holds_zero(given):
        raise Refusal(400, "ZERO_CHARACTER", {})
    return from_document(given)


def from_document(document: object) -> GraphQLRequest:
    """The request in decoded JSON; raises `Refusal` 400."""
    if isinstance(document, list):
        # A list would pass every limit on one operation.
        raise Refusal(400, "BATCH_REFUSED", {})
    if not isinstance(document, dict):
        raise malformed("the body is not a JSON object")
    return checked(cast("dict[str, object]", document))


def checked(given: Mapping[str, object]) -> GraphQLRequest:
    """The request with these parameters; raises `Refusal` 400 when one has the wrong type."""
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise malformed("variables is not an object")
    if name is not None and not isinstance(name, str):
        raise malformed("operationName is not a string")
    extensions = given.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise malformed("extensions is not an object")
    identifier = _document_id(given.get("documentId"), cast("dict[str, object]", extensions or {}))
    if identifier is None or query is not None:
        if not isinstance(query, str):
            raise malformed("query is not a string")
        if not query.strip():
            raise malformed("query is empty")
    return GraphQLRequest(query, cast("dict[str, Any] | None", variables), name or None, identifier)


def _document_id(given: object, extensions: Mapping[str, object]) -> str | None:
    """The trusted document that is named, as GraphQL over HTTP does it or as Apollo's persisted queries do."""
    persisted = extensions.get("persistedQuery")
    if given is None and isinstance(persisted, dict):
        found = cast("dict[str, object]", persisted).get("sha256Hash")
        given = f"sha256:{found}" if isinstance(found, str) else found
    if given is not None and not isinstance(given, str):
        raise malformed("documentId is not a string")
    return given


def holds_zero(value: object) -> bool:
    """Whether a string anywhere in *value* has a zero character, written out or as a GraphQL escape."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            if "\0" in found or "\\u0000" in found or "\\u{0" in found:
                return True
        elif isinstance(found, dict):
            waiting += cast("dict[str, object]", found).values()
        elif isinstance(found, list):
            waiting += cast("list[object]", found)
    return False
