"""Documents that the operator trusts: a client may name one by its hash, and a server can be told to run no others.

The hash is that of the file's bytes, as `documentId` of GraphQL over HTTP (`sha256:…`) or as Apollo's persisted
queries send it. A text that is sent whole is trusted when it is one of them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from graphql import GraphQLError, SourceLocation

from domain.errors import CouldNotRun, DomainError
from graph.schema import FilingSchema, operations_folder
from server.graphql.requests import GraphQLRequest

_PREFIX: Final = "sha256:"
_MOST_TOKENS: Final = 10_000


class DocumentUnknown(DomainError):
    """The hash is of no document that is trusted here."""

    code = "DOCUMENT_UNKNOWN"


class DocumentNotTrusted(DomainError):
    """This server runs trusted documents only, and this is none of them."""

    code = "DOCUMENT_NOT_TRUSTED"


class TrustedDocuments:
    """Texts by their hash; *are_required* when nothing else is run."""

    def __init__(self, texts: Iterable[str], *, are_required: bool = False) -> None:
        self._texts: Mapping[str, str] = {document_id(text): text for text in texts}
        self._are_required = are_required

    def text_of(self, request: GraphQLRequest) -> str:
        """The document that a request asks to run. Raises `DocumentUnknown` and `DocumentNotTrusted`."""
        identifier = request.document_id
        if request.query is None:
            text = self._texts.get(identifier or "")
            if text is None:
                raise DocumentUnknown(path=("documentId",))
            return text
        if self._are_required and document_id(request.query) not in self._texts:
            raise DocumentNotTrusted(path=("query",))
        return request.query


def document_id(text: str) -> str:
    return f"{_PREFIX}{hashlib.sha256(text.encode()).hexdigest()}"


def trusted_documents(schema: FilingSchema, folder: Path | None, *, are_required: bool) -> TrustedDocuments:
    """Those of the tour and those of *folder*; raises `CouldNotRun` for one that the schema does not take."""
    texts = [*documents_in(operations_folder()).values()]
    if folder is not None:
        texts += checked_documents(schema, folder).values()
    return TrustedDocuments(texts, are_required=are_required)


def checked_documents(schema: FilingSchema, folder: Path) -> dict[str, str]:
    """The texts of the `.graphql` files of *folder* by name, in order.

    Raises `CouldNotRun` without such a folder, and, with file and place, for a document that the schema does not take.
    """
    if not folder.is_dir():
        raise CouldNotRun(f"there is no folder of trusted documents {folder}")
    documents = documents_in(folder)
    for name, text in documents.items():
        try:
            errors = schema.documents.parsed(text, _MOST_TOKENS).mistakes
        except GraphQLError as error:
            errors = [error]
        if errors:
            place = errors[0].locations[0] if errors[0].locations else SourceLocation(1, 1)
            where = f"{folder / name}, line {place.line}, column {place.column}"
            raise CouldNotRun(f"{where}: this schema does not take it: {errors[0].message}")
    return documents


def documents_in(folder: Path | Traversable) -> dict[str, str]:
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".graphql"))
    return {name: entry.read_bytes().decode() for name, entry in found}
