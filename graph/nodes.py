"""Opaque ids and the interface of everything that can be fetched again by one."""

import base64
import binascii

import strawberry

from domain.errors import NotFound
from graph.rights import public_type


@public_type("an id alone says nothing; the type behind it asks for its own right")
@strawberry.interface(description="Something with an opaque id, by which `node` finds it again.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque and stable; never to be taken apart.")


def opaque_id(type_name: str, key: str | int) -> strawberry.ID:
    """The id of *key* among the things of *type_name*."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


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
    type_name, _, key = text.partition(":")
    return type_name, key
