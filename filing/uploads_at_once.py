"""How many files one organisation sends at the same moment: who sends slowly, or very many, takes room from nobody."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from domain.errors import DomainError


class TooManyUploads(DomainError):
    """The sender has as many uploads under way as he may."""

    code = "TOO_MANY_UPLOADS"

    def __init__(self, *, found: int, limit: int) -> None:
        super().__init__(found=found, limit=limit)
        self.found = found
        self.limit = limit


class UploadsAtOnce:
    """Counts those of this process, by organisation."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def one_of(self, organisation_id: str) -> Generator[None]:
        """One more while the block runs; raises `TooManyUploads` when there are as many as there may be."""
        found = self._under_way[organisation_id]
        if found >= self._limit:
            raise TooManyUploads(found=found, limit=self._limit)
        self._under_way[organisation_id] += 1
        try:
            yield
        finally:
            self._under_way[organisation_id] -= 1
            if not self._under_way[organisation_id]:
                del self._under_way[organisation_id]
