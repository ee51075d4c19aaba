"""In which form an answer goes back: read from `Accept` as GraphQL over HTTP and server-sent events say.

JSON wherever the client takes it, because some clients list `text/event-stream` on every request and only subscribe
with few; a stream for those that take nothing else, and for subscriptions.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
TAKEN: Final = f"{GRAPHQL_RESPONSE}, {JSON}, {EVENT_STREAM}"

_WILDCARDS: Final = frozenset({"*/*", "application/*"})
_MOST_TYPES: Final = 50
_MOST_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Acceptable:
    """*json* is the media type of a whole answer, none when the client takes no JSON; *streams*: it takes events."""

    json: str | None
    streams: bool


@lru_cache(_MOST_REMEMBERED)
def acceptable(accept: str | None) -> Acceptable:
    """What a client takes; one that does not say takes JSON."""
    if accept is None or not accept.strip():
        return Acceptable(JSON, streams=False)
    weights: dict[str, float] = {}
    for part in accept.split(",")[:_MOST_TYPES]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights.setdefault(name, _weight(parameters))
    any_weight = max((weights.get(name, 0.0) for name in _WILDCARDS), default=0.0)
    json_weights = {GRAPHQL_RESPONSE: weights.get(GRAPHQL_RESPONSE, 0.0), JSON: weights.get(JSON, any_weight)}
    # The one that it prefers; of equals the one that it names, and the new one before the old.
    best = max(json_weights, key=lambda name: (json_weights[name], name in weights))
    return Acceptable(best if json_weights[best] > 0 else None, streams=weights.get(EVENT_STREAM, 0.0) > 0)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
