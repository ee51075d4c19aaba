"""Problems that a client can act on: one type for each thing that he treats differently.

A mutation's payload is a union of what happened and of the problems that its use case can raise; `problem_from` is
the one place that turns a domain error into its type. A module that adds a problem registers it with
`@problem_for`.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Self, TypeVar

import strawberry

from domain.catalogue import problem_message
from domain.decisions import Ask, GrantNotAllowed, Lack, Missing, NotAllowed
from domain.errors import DomainError, IdempotencyKeyReused, InvalidValue, NotFound, StaleRevision, WrongState
from domain.vocabulary import Action, Language
from graph.rights import public_type

strawberry.enum(Action, description="Everything that can be allowed or refused (actie).")
strawberry.enum(Lack, description="The one thing that stands between a caller and a right.")
strawberry.enum(Ask, description="Who can mend what is missing.")

OWN_REQUEST = "says only what is wrong with the caller's own request"


@public_type(OWN_REQUEST)
@strawberry.interface(description="Something that kept a mutation from being done; nothing has been changed.")
class Problem:
    code: str = strawberry.field(description="Stable and for programs; the type says the same more coarsely.")
    message: str = strawberry.field(description="For people, in the language of `Accept-Language`: nl, fr, de or en.")
    path: list[str] | None = strawberry.field(description="The input that it is about, outermost first.")

    @classmethod
    def from_error(cls, error: Any, message: str, language: Language) -> Self:  # noqa: ARG003
        """The problem for *error*, its *message* already in *language*; those with more fields extend it."""
        return cls(**problem_fields(error, message))


ProblemType = TypeVar("ProblemType", bound=type[Problem])
_problems: dict[type[DomainError], type[Problem]] = {}


def problem_for(error_class: type[DomainError]) -> Callable[[ProblemType], ProblemType]:
    """Register the decorated type as the wire form of *error_class*, and of what is derived from it."""

    def register(problem: ProblemType) -> ProblemType:
        _problems[error_class] = problem
        return problem

    return register


def problem_fields(error: DomainError, message: str) -> dict[str, Any]:
    """The fields that every problem has, for the constructor of a problem type."""
    return {"code": error.code, "message": message, "path": list(error.path) or None}


def problem_from(error: DomainError, language: Language) -> Problem:
    """The problem type for *error*.

    Raises *error* itself when no type is registered for it: it is then not one that a client can act on.
    """
    for error_class in type(error).__mro__:
        problem = _problems.get(error_class)
        if problem is not None:
            return problem.from_error(error, problem_message(error.code, error.values, language), language)
    raise error


@problem_for(NotFound)
@public_type(OWN_REQUEST)
@strawberry.type(
    name="NotFound", description="There is no such thing, or not within the caller's sight: both answer the same."
)
class NotFoundProblem(Problem):
    pass


@problem_for(InvalidValue)
@public_type(OWN_REQUEST)
@strawberry.type(name="InvalidInput", description="An input has the wrong form; says what was found and expected.")
class InvalidInputProblem(Problem):
    found: str = strawberry.field(description="What was given, cut.")
    expected: str = strawberry.field(description="What would be right.")

    @classmethod
    def from_error(cls, error: InvalidValue, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), found=error.values["found"], expected=error.values["expected"])


@problem_for(WrongState)
@public_type(OWN_REQUEST)
@strawberry.type(name="WrongState", description="The thing is in a state in which this cannot be done.")
class WrongStateProblem(Problem):
    found: str = strawberry.field(description="The state that it is in.")
    expected: str = strawberry.field(description="The states in which it can be done, with commas between.")

    @classmethod
    def from_error(cls, error: WrongState, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), found=error.values["found"], expected=error.values["expected"])


@problem_for(StaleRevision)
@public_type(OWN_REQUEST)
@strawberry.type(name="StaleRevision", description="Someone made a newer revision; read it and decide again.")
class StaleRevisionProblem(Problem):
    current_revision: int = strawberry.field(description="The revision that holds now.")

    @classmethod
    def from_error(cls, error: StaleRevision, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), current_revision=error.current_revision)


@problem_for(IdempotencyKeyReused)
@public_type(OWN_REQUEST)
@strawberry.type(name="IdempotencyKeyReused", description="The key was used before with another request.")
class IdempotencyKeyReusedProblem(Problem):
    pass


@public_type(OWN_REQUEST)
@strawberry.type(name="MissingRight", description="One thing that the caller lacks, and who can give it.")
class MissingRight:
    lack: Lack = strawberry.field(description="What is missing.")
    ask: Ask = strawberry.field(description="Who can mend it.")
    since: date | None = strawberry.field(
        description="First day without a mandate, a role or an admission that was there before, or first day of a"
        " block; null when there never was one, or when it is only assumed."
    )
    message: str = strawberry.field(description="The same in words, in the language of the request.")

    @classmethod
    def from_missing(cls, missing: Missing, language: Language) -> Self:
        message = problem_message(f"LACK_{missing.lack}", missing.values, language)
        return cls(lack=missing.lack, ask=missing.ask, since=missing.since, message=message)


@problem_for(GrantNotAllowed)
@problem_for(NotAllowed)
@public_type(OWN_REQUEST)
@strawberry.type(name="NotAllowed", description="The caller sees the thing but may not do this.")
class NotAllowedProblem(Problem):
    action: Action | None = strawberry.field(
        description="The action that was refused; null for giving or taking away a role."
    )
    missing: list[MissingRight] = strawberry.field(description="What is missing, the first thing to mend first.")

    @classmethod
    def from_error(cls, error: NotAllowed | GrantNotAllowed, message: str, language: Language) -> Self:
        missing = [MissingRight.from_missing(one, language) for one in error.decision.missing]
        action = error.decision.action if isinstance(error, NotAllowed) else None
        return cls(**problem_fields(error, message), action=action, missing=missing)
