"""What can be done with a performance file, one mutation an intention."""

from typing import Annotated, Self

import strawberry

from domain.months import Month
from domain.vocabulary import Action, Judgement, Language
from filing.deciding import Decide, OwnSubmission, decide_on_performance_file
from filing.filling_in import FillIn, Modify, VersionExists, fill_in_performance_file, modify_performance_file
from filing.submitting import SubmissionBlocked, Submit, Withdraw, submit_performance_file, withdraw_performance_file
from filing.testing import PutToTest, put_to_test
from graph.context import Info
from graph.findings import Finding
from graph.guard import Intention
from graph.nodes import key_of
from graph.performance_files import PerformanceFile, performance_file_in_sight
from graph.performance_lines import PerformanceLineInput
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

strawberry.enum(Judgement, description="What a case handler (dossierbeheerder) decides.")

DONE = "tells the caller what he did; the file comes through its own door"


@strawberry.input(description="The first lines of a month under a convention (invullen).")
class PerformanceFileFillInInput:
    convention_number: str = strawberry.field(description="Number of the convention.")
    month: Month = strawberry.field(description="The month of the performances.")
    lines: list[PerformanceLineInput] = strawberry.field(
        description="All lines, at most 5000; none at all says that nobody worked."
    )


@strawberry.input(description="All lines of a performance file anew (wijzigen).")
class PerformanceFileModifyInput:
    id: strawberry.ID = strawberry.field(description="The performance file.")
    revision: int = strawberry.field(description="The revision that was read; a newer one is not overwritten.")
    lines: list[PerformanceLineInput] = strawberry.field(
        description="All lines, at most 5000; they replace those of the revision."
    )


@strawberry.input(description="A revision to test (testen).")
class PerformanceFileTestInput:
    id: strawberry.ID = strawberry.field(description="The performance file.")
    revision: int = strawberry.field(description="The revision that was read.")


@strawberry.input(description="A tested revision to submit (aanbieden).")
class PerformanceFileSubmitInput:
    id: strawberry.ID = strawberry.field(description="The performance file.")
    revision: int = strawberry.field(description="The revision that was read and tested.")
    idempotency_key: str = strawberry.field(
        description="1 to 100 visible ASCII characters of the client's choice; repeat a request whose answer got lost"
        " with the same key, and it is submitted once."
    )


@strawberry.input(description="A submitted revision to take back (intrekken).")
class PerformanceFileWithdrawInput:
    id: strawberry.ID = strawberry.field(description="The performance file.")
    revision: int = strawberry.field(description="The revision that was submitted.")


@strawberry.input(description="A judgement on a submitted revision (beslissen).")
class PerformanceFileDecideInput:
    id: strawberry.ID = strawberry.field(description="The performance file.")
    revision: int = strawberry.field(description="The revision that was judged.")
    judgement: Judgement = strawberry.field(description="Accept or refuse.")
    reason: str | None = strawberry.field(
        default=None, description="Why, at most 2000 characters; needed to refuse. The filers read it."
    )


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


@strawberry.type
class PerformanceFileMutations:
    @strawberry.mutation(
        description="Make the first version of a month by hand.", extensions=[Intention(Action.FILL_IN)]
    )
    async def performance_file_fill_in(
        self,
        info: Info,
        input: PerformanceFileFillInInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileFillInPayload:
        lines = [line.to_form() for line in input.lines]
        request = FillIn(input.convention_number, input.month, lines)
        return PerformanceFileFilledIn(
            key=await fill_in_performance_file(info.context.office, info.context.caller, request)
        )

    @strawberry.mutation(
        description="Replace all lines of a performance file: a new revision in DRAFT, or the next version when this"
        " one was accepted.",
        extensions=[Intention(Action.MODIFY)],
    )
    async def performance_file_modify(
        self,
        info: Info,
        input: PerformanceFileModifyInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileModifyPayload:
        lines = [line.to_form() for line in input.lines]
        request = Modify(key_of(input.id, "PerformanceFile"), input.revision, lines)
        return PerformanceFileModified(
            key=await modify_performance_file(info.context.office, info.context.caller, request)
        )

    @strawberry.mutation(
        description="Check the current revision against every rule. Never changes a line; the result holds for this"
        " revision only.",
        extensions=[Intention(Action.TEST)],
    )
    async def performance_file_test(
        self,
        info: Info,
        input: PerformanceFileTestInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileTestPayload:
        request = PutToTest(key_of(input.id, "PerformanceFile"), input.revision)
        return PerformanceFileTested(key=await put_to_test(info.context.office, info.context.caller, request))

    @strawberry.mutation(
        description="Submit the tested revision to the department, finally and officially.",
        extensions=[Intention(Action.SUBMIT)],
    )
    async def performance_file_submit(
        self,
        info: Info,
        input: PerformanceFileSubmitInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileSubmitPayload:
        request = Submit(key_of(input.id, "PerformanceFile"), input.revision, input.idempotency_key)
        return PerformanceFileSubmitted(
            key=await submit_performance_file(info.context.office, info.context.caller, request)
        )

    @strawberry.mutation(
        description="Take back what was submitted, before the department decides.",
        extensions=[Intention(Action.SUBMIT)],
    )
    async def performance_file_withdraw(
        self,
        info: Info,
        input: PerformanceFileWithdrawInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileWithdrawPayload:
        request = Withdraw(key_of(input.id, "PerformanceFile"), input.revision)
        return PerformanceFileWithdrawn(
            key=await withdraw_performance_file(info.context.office, info.context.caller, request)
        )

    @strawberry.mutation(
        description="Accept or refuse what was submitted; for case handlers of the department.",
        extensions=[Intention(Action.DECIDE)],
    )
    async def performance_file_decide(
        self,
        info: Info,
        input: PerformanceFileDecideInput,  # noqa: A002 - the name in the contract
    ) -> PerformanceFileDecidePayload:
        request = Decide(key_of(input.id, "PerformanceFile"), input.revision, input.judgement, input.reason)
        return PerformanceFileDecided(
            key=await decide_on_performance_file(info.context.office, info.context.caller, request)
        )
