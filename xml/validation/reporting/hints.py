"""What was probably meant by a wrong value: `7,60` for 7.60, `Gesco` for GESCO, `5/10/2026` for 2026-10-05.

Only a value that would be right is ever proposed; a masked or cut one never is, so nothing personal is guessed.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache

from domain.findings import Finding
from validation.schema.compiled import pattern_types

_ALIKE = 0.7
_LONGEST = 60
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{4})[-/. ]?([0-9]{1,2})")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]*)?")
_NAMES = re.compile(r"[A-Za-z_][\w.-]*")


def probably_meant(finding: Finding) -> str | None:
    """A value that the schema would take in place of the one that was found; none when it is anybody's guess."""
    value, expected = finding.value, finding.expected
    if not value or not expected or len(value) > _LONGEST or "*" in value or "…" in value:
        return None
    match finding.code:
        case "XSD.enumeration":
            return _nearest(value, [option.strip() for option in expected.split(",")])
        case "XSD.unexpected-element":
            return _nearest(value, _NAMES.findall(expected))
        case "XSD.datatype":
            return _respelled(value, _patterns_by_type().get(expected))
        case "XSD.pattern":
            return _respelled(value, expected)
        case _:
            return None


def _nearest(value: str, options: list[str]) -> str | None:
    by_fold = {option.casefold(): option for option in options}
    if value in options:
        return None  # it stands in a wrong place, not in a wrong spelling
    found = get_close_matches(value.strip().casefold(), by_fold, n=1, cutoff=_ALIKE)
    return by_fold[found[0]] if found else None


def _respelled(value: str, pattern: str | None) -> str | None:
    if pattern is None:
        return None
    return next((one for one in _other_spellings(value) if one != value and _fits(pattern, one)), None)


@cache
def _patterns_by_type() -> Mapping[str, str]:
    return {name: pattern for pattern, name in pattern_types().items()}


def _other_spellings(value: str) -> Iterator[str]:
    bare = value.strip()
    yield bare
    yield re.sub(r"[ .]", "", bare)
    if _NUMBER.fullmatch(bare):
        number = bare.replace(",", ".")
        yield from (number + padding for padding in ("", "0", "00", ".0", ".00"))
    if month := _MONTH.fullmatch(bare):
        yield f"{month[1]}-{int(month[2]):02}"
    if day := _day(bare):
        yield day


def _day(value: str) -> str | None:
    value = value.strip()
    if day_first := _DAY_FIRST.fullmatch(value):
        day, month, year = day_first.groups()
    elif year_first := _YEAR_FIRST.fullmatch(value):
        year, month, day = year_first.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _fits(pattern: str, value: str) -> bool:
    """Patterns of our schema mean the same here; one that does not compile here proposes nothing."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False
