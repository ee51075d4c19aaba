"""What becomes of a mutation of a performance file: what happened, or the problem that kept it from happening."""

from typing import Annotated, Self

import strawberry

from domain.vocabulary import Language
from filing.deciding import OwnSubmission
from filing.filling_in import VersionExists
from filing.submitting import SubmissionBlocked
from graph.context import Info
from graph.findings import Finding
from graph.performance_files import PerformanceFile, performance_file_in_sight
from graph.problems import (
    OWN_REQUEST,
    IdempotencyKeyReusedProblem,
    InvalidInputProblem,
    NotAllowedProblem,
    NotFoundProblem,
    Problem,
    StaleRevisionProblem,
    WrongStateProblem,
    problem_fields,
    problem_for,
)
from graph.rights import public_type

DONE = "tells the caller what he did; the file comes through its own door"


@strawberry.type
class _Done:
    key: strawberry.Private[str]

    @strawberry.field(description="The performance file as it is now; null when the caller may not consult it.")
    async def performance_file(self, info: Info) -> PerformanceFile | None:
        return await performance_file_in_sight(info.context, self.key)


@public_type(DONE)
@strawberry.type(description="The first version of the month was made, in DRAFT.")
class PerformanceFileFilledIn(_Done):
    pass


@public_type(DONE)
@strawberry.type(description="The lines were replaced; after an accepted version this is the next version.")
class PerformanceFileModified(_Done):
    pass


@public_type(DONE)
@strawberry.type(description="The revision was tested: TESTED without blocking findings, else still DRAFT with them.")
class PerformanceFileTested(_Done):
    pass


@public_type(DONE)
@strawberry.type(description="The revision was submitted, once, whatever the number of retries.")
class PerformanceFileSubmitted(_Done):
    pass


@public_type(DONE)
@strawberry.type(description="The submission was taken back.")
class PerformanceFileWithdrawn(_Done):
    pass


@public_type(DONE)
@strawberry.type(description="The department decided on the submission.")
class PerformanceFileDecided(_Done):
    pass


@problem_for(VersionExists)
@public_type(OWN_REQUEST)
@strawberry.type(name="VersionExists", description="The month has a version already that must be changed instead.")
class VersionExistsProblem(Problem):
    key: strawberry.Private[str | None]

    @classmethod
    def from_error(cls, error: VersionExists, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), key=error.existing_id)

    @strawberry.field(description="That version; null when the caller may not consult it, or it came just now.")
    async def performance_file(self, info: Info) -> PerformanceFile | None:
        return await performance_file_in_sight(info.context, self.key) if self.key else None


@problem_for(SubmissionBlocked)
@public_type(OWN_REQUEST)
@strawberry.type(name="SubmissionBlocked", description="The revision is not tested as it is, or a rule blocks it.")
class SubmissionBlockedProblem(Problem):
    findings: list[Finding] = strawberry.field(description="What blocks it, at most a hundred.")

    @classmethod
    def from_error(cls, error: SubmissionBlocked, message: str, language: Language) -> Self:
        findings = [Finding.from_finding(finding, language) for finding in error.findings]
        return cls(**problem_fields(error, message), findings=findings)


@problem_for(OwnSubmission)
@public_type(OWN_REQUEST)
@strawberry.type(name="OwnSubmission", description="A person does not decide on what he submitted himself.")
class OwnSubmissionProblem(Problem):
    pass


PerformanceFileFillInPayload = Annotated[
    PerformanceFileFilledIn | NotFoundProblem | NotAllowedProblem | InvalidInputProblem | VersionExistsProblem,
    strawberry.union("PerformanceFileFillInPayload", description="The new file, or why there is none."),
]
PerformanceFileModifyPayload = Annotated[
    PerformanceFileModified
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | StaleRevisionProblem
    | WrongStateProblem
    | VersionExistsProblem,
    strawberry.union("PerformanceFileModifyPayload", description="The changed file, or why it is as it was."),
]
PerformanceFileTestPayload = Annotated[
    PerformanceFileTested | NotFoundProblem | NotAllowedProblem | StaleRevisionProblem | WrongStateProblem,
    strawberry.union("PerformanceFileTestPayload", description="The tested file, or why it was not tested."),
]
PerformanceFileSubmitPayload = Annotated[
    PerformanceFileSubmitted
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | StaleRevisionProblem
    | WrongStateProblem
    | SubmissionBlockedProblem
    | IdempotencyKeyReusedProblem,
    strawberry.union("PerformanceFileSubmitPayload", description="The submitted file, or why it was not submitted."),
]
PerformanceFileWithdrawPayload = Annotated[
    PerformanceFileWithdrawn | NotFoundProblem | NotAllowedProblem | StaleRevisionProblem | WrongStateProblem,
    strawberry.union("PerformanceFileWithdrawPayload", description="The withdrawn file, or why it is as it was."),
]
PerformanceFileDecidePayload = Annotated[
    PerformanceFileDecided
    | NotFoundProblem
    | NotAllowedProblem
    | InvalidInputProblem
    | StaleRevisionProblem
    | WrongStateProblem
    | OwnSubmissionProblem,
    strawberry.union("PerformanceFileDecidePayload", description="The decided file, or why nothing was decided."),
]
