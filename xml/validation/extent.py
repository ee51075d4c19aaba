"""How far a stretch of a file reaches, in text lines, promotors and parts: extents of stretches that follow add up."""

import re
from dataclasses import dataclass, replace

from domain.findings import Place
from validation.places.positions import Origin
from validation.vocabulary import FILE, PROMOTOR

_IN_PROMOTOR = re.compile(rf"/{FILE}/{PROMOTOR}\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Extent:
    """*lines* counts line feeds, *characters* those behind the last of them: all of them when there is none."""

    lines: int = 0
    characters: int = 0
    promotors: int = 0
    parts: int = 0

    def then(self, following: "Extent") -> "Extent":
        return Extent(
            self.lines + following.lines,
            following.characters if following.lines else self.characters + following.characters,
            self.promotors + following.promotors,
            self.parts + following.parts,
        )

    def origin(self, offset: int) -> Origin:
        """Where stands what is at *offset* of the file, right behind this stretch from its begin."""
        return Origin(offset, 1 + self.lines, 1 + self.characters)

    def placed(self, place: Place) -> Place:
        """*place*, counted from behind this stretch, counted from the begin of the file; its offset is so already."""
        column = place.column + self.characters if place.line == 1 else place.column
        return replace(place, line=place.line + self.lines, column=column, path=self._path(place.path))

    def _path(self, path: str) -> str:
        found = _IN_PROMOTOR.match(path)
        if found is None:
            return path
        return f"/{FILE}/{PROMOTOR}[{int(found[1]) + self.promotors}]{path[found.end() :]}"


NOTHING = Extent()
