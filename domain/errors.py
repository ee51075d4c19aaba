"""Errors that a caller can understand and act on.

Each has a stable code, the values that its sentence needs and the path of the input that it is about. The
sentences stand in the message catalogue (`domain/messages/`), one per language, keyed by the code, so that the
same error reads well in Dutch, French, German and English. A class of its own exists for each thing that a caller
treats differently; those that need more than values stand in the module that raises them.
"""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Something a caller can understand and act on; nothing has been changed when it is raised.

    *path* names the input it is about, outermost first; *values* fill the sentence and never hold personal data.
    """

    code: ClassVar[str]

    def __init__(self, *, path: tuple[str, ...] = (), **values: object) -> None:
        self.path = path
        self.values: Mapping[str, str] = {name: str(value) for name, value in values.items()}
        described = ", ".join(f"{name}={value}" for name, value in self.values.items())
        super().__init__(f"{self.code}: {described}" if described else self.code)


class CouldNotRun(Exception):
    """A process or command cannot do its work before an operator mends something; the text says what, for him."""


class InvalidValue(DomainError):
    """An input has the wrong form."""

    code = "INVALID_VALUE"

    def __init__(self, field: str, *, found: str, expected: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path or (field,), field=field, found=found, expected=expected)


class NotFound(DomainError):
    """There is no such thing within the caller's sight; says the same of what he may not see."""

    code = "NOT_FOUND"

    def __init__(self, thing: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path, thing=thing)


class WrongState(DomainError):
    """The thing is in a state in which this cannot be done."""

    code = "WRONG_STATE"

    def __init__(self, *, found: str, expected: str) -> None:
        super().__init__(found=found, expected=expected)


class StaleRevision(DomainError):
    """Someone made a newer revision than the one that the caller saw."""

    code = "STALE_REVISION"

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(path=("revision",), found=expected, expected=current)
        self.current_revision = current


class IdempotencyKeyReused(DomainError):
    """The key was used before with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__(path=("idempotencyKey",))
