"""What every line of a request or a check says beside its own words, all of it in one variable of the context.

structlog keeps a variable for each value, and looks through all variables of the context for them at every line.
"""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType
from typing import Final

Values = Mapping[str, object]

_BOUND: Final[ContextVar[Values]] = ContextVar("log_context", default=MappingProxyType({}))


def bind(**values: object) -> Token[Values]:
    """Put *values* on every later line of this task and of those that it starts, until `unbind`."""
    return _BOUND.set({**_BOUND.get(), **values})


def bound() -> Values:
    """What was bound."""
    return _BOUND.get()


def unbind(token: Token[Values]) -> None:
    """Forget what was bound by the call that answered *token*, and whatever was bound since."""
    _BOUND.reset(token)
