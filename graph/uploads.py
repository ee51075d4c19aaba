"""Files that come in: with a request, read once as it comes; or before, as a resumable upload that is named by id."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from domain.errors import DomainError
from graph.nodes import opaque_id, split_id

_RESUMABLE = "ResumableUpload"


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """*content* can be read once; *file_name* is what the sender calls it and means nothing to us."""

    file_name: str
    content: AsyncIterator[bytes]


class BrokenUpload(DomainError):
    """What comes in is not a whole file; the store keeps nothing of it."""

    code = "MALFORMED_REQUEST"

    def __init__(self, reason: str) -> None:
        super().__init__(path=("file",), reason=reason)


def resumable_upload_id(key: str) -> str:
    """The id of a resumable upload, as it ends its address."""
    return opaque_id(_RESUMABLE, key)


def resumable_upload_key(identifier: str) -> str:
    """The key in such an id; empty for anything else, which then answers as an upload that nobody began."""
    type_name, key = split_id(identifier)
    return key if type_name == _RESUMABLE else ""
