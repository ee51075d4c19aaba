"""Which of our languages a client prefers, by its `Accept-Language`."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from domain.vocabulary import Language

_OURS = frozenset(language.value for language in Language)
_MOST_REMEMBERED: Final = 256


@lru_cache(_MOST_REMEMBERED)
def preferred_language(header: str | None) -> Language:
    """The language of ours with the highest weight, the first of equals; Dutch when the client names none of them."""
    best, best_weight = Language.NL, 0.0
    for part in (header or "").split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary in _OURS:
            weight = _weight(parameters)
            if weight > best_weight:
                best, best_weight = Language(primary), weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0


def terminal_language(environment: Mapping[str, str]) -> Language:
    """The language of a terminal by its locale variables; English when it is none of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        primary = environment.get(name, "").partition("_")[0].lower()
        if primary in _OURS:
            return Language(primary)
    return Language.EN
