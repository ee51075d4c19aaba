"""What a client may say over graphql-transport-ws, read strictly: anything else ends the connection with 4400."""

from dataclasses import dataclass
from typing import Any, Final, cast

from server.graphql.requests import GraphQLRequest, checked, decode_json
from server.refusals import Refusal

_LONGEST_ID: Final = 128


class Closing(Exception):
    """The connection ends now, with this code of the protocol; *reason* is short and says nothing of ours."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code} {reason}")


@dataclass(frozen=True, slots=True)
class Initialise:
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    request: GraphQLRequest


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


Message = Initialise | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message:
    """The message; raises `Closing` 4400 for anything that the protocol does not know."""
    try:
        decoded = decode_json(text)
    except Refusal as refusal:
        raise Closing(4400, "Invalid message: not JSON that is taken here") from refusal
    if not isinstance(decoded, dict):
        raise Closing(4400, "Invalid message: not a JSON object")
    message = cast("dict[str, Any]", decoded)
    match message.get("type"):
        case "connection_init":
            return Initialise(_payload(message) or {})
        case "ping":
            return Ping(_payload(message))
        case "pong":
            _payload(message)
            return Pong()
        case "subscribe":
            return _subscribe(message)
        case "complete":
            return Complete(_id(message))
        case _:
            raise Closing(4400, "Invalid message: unknown type")


def _subscribe(message: dict[str, Any]) -> Subscribe:
    identifier = _id(message)
    payload = _payload(message)
    if payload is None:
        raise Closing(4400, "Invalid message: subscribe without payload")
    try:
        return Subscribe(identifier, checked(payload))
    except Refusal as refusal:
        raise Closing(4400, f"Invalid message: {refusal.values.get('reason', refusal.code)}") from refusal


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Closing(4400, "Invalid message: payload is not an object")
    return cast("dict[str, Any] | None", payload)


def _id(message: dict[str, Any]) -> str:
    identifier = message.get("id")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_ID:
        raise Closing(4400, "Invalid message: id is not a short text")
    return identifier
