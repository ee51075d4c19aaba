"""Loaders that are made when something is first loaded by them: most requests need one or two of two dozen."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from strawberry.dataloader import DataLoader

Key = TypeVar("Key")
Loaded = TypeVar("Loaded")


class batched(Generic[Key, Loaded]):  # noqa: N801 - a decorator
    """Makes a method, from the keys of one tick to what is loaded in their order, a loader of its object."""

    def __init__(self, load: Callable[[Any, list[Key]], Awaitable[Sequence[Loaded]]]) -> None:
        self._load = load
        self.__doc__ = load.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, _type: type) -> DataLoader[Key, Loaded]:
        loader = DataLoader[Key, Loaded](self._load.__get__(owner))
        # Found before this descriptor from now on.
        owner.__dict__[self._name] = loader
        return loader
