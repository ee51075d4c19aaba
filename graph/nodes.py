"""Opaque ids and the interface of everything that can be fetched again by one."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Any, Final, ForwardRef, Optional

import strawberry

from domain.errors import NotFound
from graph.context import Context
from graph.rights import public_type


@public_type("an id alone says nothing; the type behind it asks for its own right")
@strawberry.interface(description="Something with an opaque id, by which `node` finds it again.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque and stable; never to be taken apart.")


_MOST_REMEMBERED: Final = 4096
_IN_ADDRESSES: Final = bytes.maketrans(b"+/", b"-_")

Door = Callable[[Context, str], Awaitable[Node | None]]
"""Answers the thing with a key, none when there is none within the caller's sight."""

doors: dict[str, Door] = {}
"""The door of each type of node, by its name; `graph/node_queries.py` hangs them."""


def reference_to(type_name: str, module: str) -> Any:
    """The GraphQL type of a nullable field for a thing higher up, whose module this one must not import.

    Its resolver answers what `behind_door` gives.
    """
    lazily = Annotated[ForwardRef(type_name), strawberry.lazy(module)]  # pyright: ignore[reportInvalidTypeForm] - read when the program runs
    return Optional[lazily]  # noqa: UP045 - a union with `|` needs a class


async def behind_door(context: Context, type_name: str, key: str) -> Node | None:
    """The thing of that type with that key, through the same door as `node`."""
    door = doors.get(type_name)
    return await door(context, key) if door else None


@lru_cache(_MOST_REMEMBERED)
def opaque_id(type_name: str, key: str | int) -> strawberry.ID:
    """The id of *key* among the things of *type_name*."""
    written = binascii.b2a_base64(f"{type_name}:{key}".encode(), newline=False).translate(_IN_ADDRESSES)
    return strawberry.ID(written.decode().rstrip("="))


def key_of(identifier: str, type_name: str) -> str:
    """The key in an id of *type_name*.

    Raises `NotFound` for anything else: a forged id answers as one that does not exist.
    """
    found_type, key = split_id(identifier)
    if found_type != type_name:
        raise NotFound(type_name)
    return key


def split_id(identifier: str) -> tuple[str, str]:
    """Type name and key of an id, both empty when it is not one of ours."""
    try:
        text = base64.urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return "", ""
    if not text.isprintable():
        return "", ""
    type_name, _, key = text.partition(":")
    return type_name, key
