"""A file that comes in with a request: read once, as it comes, never kept beside the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from domain.errors import DomainError


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
