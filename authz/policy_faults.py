"""What is wrong, or remarkable, in a policy file: where, what was found, what was expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.catalogue import problem_message
from domain.errors import DomainError
from domain.vocabulary import Language


class FaultLevel(StrEnum):
    """An ERROR refuses the file; a CONFIRMATION too, unless who activates it repeats its code and says why.

    A WARNING is for the administrator to read before he activates the file.
    """

    ERROR = "ERROR"
    CONFIRMATION = "CONFIRMATION"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One fault. *line* and *column* count from 1; both none when the fault is about the file as a whole.

    The sentence stands in the message catalogue under *code* (`POLICY_…`), filled with *values*.
    """

    code: str
    level: FaultLevel = FaultLevel.ERROR
    line: int | None = None
    column: int | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])

    def message(self, language: Language) -> str:
        """The sentence, without the place."""
        return problem_message(self.code, self.values, language)


class PolicyRefused(DomainError):
    """A policy file that is not accepted; the policy in force stays. Carries every fault at once, in file order."""

    code = "POLICY_REFUSED"

    def __init__(self, faults: Sequence[PolicyFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(path=("policy",), errors=len(self.errors), lines=self._lines() or "-")

    @property
    def errors(self) -> tuple[PolicyFault, ...]:
        return tuple(fault for fault in self.faults if fault.level is FaultLevel.ERROR)

    def _lines(self) -> str:
        return ", ".join(str(line) for line in sorted({fault.line for fault in self.errors if fault.line is not None}))


class ModelRefused(DomainError):
    """`casbin_model.conf` does not say what this version of Mandaat was proved with."""

    code = "MODEL_REFUSED"

    def __init__(self, *, name: str, found: str, expected: str) -> None:
        super().__init__(name=name, found=found, expected=expected)
