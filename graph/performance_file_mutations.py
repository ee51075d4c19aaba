"""What can be done with a performance file, one mutation an intention."""

import strawberry

from domain.months import Month
from domain.vocabulary import Action, Judgement
from filing.deciding import Decide, decide_on_performance_file
from filing.filling_in import FillIn, Modify, fill_in_performance_file, modify_performance_file
from filing.submitting import Submit, Withdraw, submit_performance_file, withdraw_performance_file
from filing.testing import PutToTest, put_to_test
from graph.context import Info
from graph.guard import Intention
from graph.nodes import key_of
from graph.performance_file_payloads import (
    PerformanceFileDecided,
    PerformanceFileDecidePayload,
    PerformanceFileFilledIn,
    PerformanceFileFillInPayload,
    PerformanceFileModified,
    PerformanceFileModifyPayload,
    PerformanceFileSubmitPayload,
    PerformanceFileSubmitted,
    PerformanceFileTested,
    PerformanceFileTestPayload,
    PerformanceFileWithdrawn,
    PerformanceFileWithdrawPayload,
)
from graph.performance_lines import PerformanceLineInput

strawberry.enum(Judgement, description="What a case handler (dossierbeheerder) decides.")


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
