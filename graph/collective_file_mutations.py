"""Sending a collective file: to be tested, or to be loaded; answered as soon as its bytes are safe."""

from typing import Annotated, Any, Final, Self

import strawberry
from strawberry.file_uploads import Upload

from domain.errors import InvalidValue
from domain.vocabulary import Action, Language
from filing.peeking import CollectiveFileRefused, CollectiveFileTooLarge
from filing.receiving import ReferenceReused, SendCollectiveFile, SentFile, receive_collective_file
from filing.resumable_uploads import take_in_upload
from filing.uploads_at_once import TooManyUploads
from graph.collective_files import CollectiveFile
from graph.context import Context, Info
from graph.findings import Finding
from graph.guard import Intention
from graph.problems import (
    OWN_REQUEST,
    IdempotencyKeyReusedProblem,
    InvalidInputProblem,
    NotAllowedProblem,
    Problem,
    problem_fields,
    problem_for,
)
from graph.rights import public_type
from graph.uploads import IncomingFile, resumable_upload_key
from graph.vocabulary import Mode
from persistence.models import CollectiveFileRow

_FILE: Final = "The file, as a part of a multipart request; XML in UTF-8. Either this or `upload`."
_UPLOAD: Final = "The file, sent before as a resumable upload: the id at the end of its address under `/uploads`."


@strawberry.input(description="A collective file to test (testen).")
class CollectiveFileTestInput:
    file: Upload | None = strawberry.field(description=_FILE, default=None)
    upload: strawberry.ID | None = strawberry.field(description=_UPLOAD, default=None)


@strawberry.input(description="A collective file to load (opladen).")
class CollectiveFileUploadInput:
    mode: Mode = strawberry.field(description="The environment that is meant; the file says the same (Omgeving).")
    idempotency_key: str = strawberry.field(
        description="Of the caller's choice, 1 to 100 visible ASCII characters. The same request under the same key is"
        " done once and answered the same; keys are kept for a week at least."
    )
    file: Upload | None = strawberry.field(description=_FILE, default=None)
    upload: strawberry.ID | None = strawberry.field(description=_UPLOAD, default=None)


@public_type("tells the caller what he did")
@strawberry.type(description="The file was taken in to be checked; nothing of it will be loaded.")
class CollectiveFileTested:
    collective_file: CollectiveFile = strawberry.field(description="The file, with its receipt.")


@public_type("tells the caller what he did")
@strawberry.type(description="The bytes are safe. Checking follows; loading comes with it, in production.")
class CollectiveFileUploaded:
    collective_file: CollectiveFile = strawberry.field(
        description="The file, with its receipt; the first one when it had been sent before."
    )


@problem_for(CollectiveFileRefused)
@public_type(OWN_REQUEST)
@strawberry.type(name="CollectiveFileRefused", description="The file cannot be taken in; nothing of it was kept.")
class CollectiveFileRefusedProblem(Problem):
    findings: list[Finding] = strawberry.field(description="What is wrong with it, in the order of the file.")

    @classmethod
    def from_error(cls, error: CollectiveFileRefused, message: str, language: Language) -> Self:
        findings = [Finding.from_finding(finding, language) for finding in error.findings]
        return cls(**problem_fields(error, message), findings=findings)


@problem_for(CollectiveFileTooLarge)
@public_type(OWN_REQUEST)
@strawberry.type(name="CollectiveFileTooLarge", description="The file has more bytes than one file may have.")
class CollectiveFileTooLargeProblem(Problem):
    measured_bytes: int = strawberry.field(description="How many bytes it has, or at least has.")
    limit_bytes: int = strawberry.field(description="How many bytes are allowed.")

    @classmethod
    def from_error(cls, error: CollectiveFileTooLarge, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), measured_bytes=error.measured_bytes, limit_bytes=error.limit_bytes)


@problem_for(TooManyUploads)
@public_type(OWN_REQUEST)
@strawberry.type(
    name="TooManyUploads",
    description="The organisation sends as many files at this moment as it may; send this one when another is there.",
)
class TooManyUploadsProblem(Problem):
    found: int = strawberry.field(description="How many files it is sending to this server.")
    limit: int = strawberry.field(description="How many it may send at the same moment.")

    @classmethod
    def from_error(cls, error: TooManyUploads, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), found=error.found, limit=error.limit)


@problem_for(ReferenceReused)
@public_type(OWN_REQUEST)
@strawberry.type(
    name="ReferenceReused", description="The sender used the reference of this file before, for other content (F-005)."
)
class ReferenceReusedProblem(Problem):
    earlier: CollectiveFile = strawberry.field(description="The file that has the reference, with its receipt.")

    @classmethod
    def from_error(cls, error: ReferenceReused, message: str, language: Language) -> Self:  # noqa: ARG003
        return cls(**problem_fields(error, message), earlier=CollectiveFile.from_row(error.earlier))


CollectiveFileTestPayload = Annotated[
    CollectiveFileTested
    | NotAllowedProblem
    | InvalidInputProblem
    | CollectiveFileRefusedProblem
    | CollectiveFileTooLargeProblem
    | TooManyUploadsProblem,
    strawberry.union("CollectiveFileTestPayload", description="The file that will be tested, or why it will not."),
]
CollectiveFileUploadPayload = Annotated[
    CollectiveFileUploaded
    | NotAllowedProblem
    | InvalidInputProblem
    | CollectiveFileRefusedProblem
    | CollectiveFileTooLargeProblem
    | TooManyUploadsProblem
    | ReferenceReusedProblem
    | IdempotencyKeyReusedProblem,
    strawberry.union("CollectiveFileUploadPayload", description="The file that was taken in, or why it was not."),
]


@strawberry.type
class CollectiveFileMutations:
    @strawberry.mutation(
        description="Check a collective file without loading anything, whichever environment it names (testen).",
        extensions=[Intention(Action.TEST)],
    )
    async def collective_file_test(
        self,
        info: Info,
        input: CollectiveFileTestInput,  # noqa: A002 - the name in the contract
    ) -> CollectiveFileTestPayload:
        row = await _taken_in(info.context, input, mode=Mode.TEST, checks_only=True)
        return CollectiveFileTested(collective_file=CollectiveFile.from_row(row))

    @strawberry.mutation(
        description="Send a collective file (opladen). Answered with state RECEIVED and a signed receipt as soon as its"
        " bytes are safe; follow `collectiveFileProgress`, or ask `node` again.",
        extensions=[Intention(Action.UPLOAD)],
    )
    async def collective_file_upload(
        self,
        info: Info,
        input: CollectiveFileUploadInput,  # noqa: A002 - the name in the contract
    ) -> CollectiveFileUploadPayload:
        row = await _taken_in(info.context, input, mode=input.mode, idempotency_key=input.idempotency_key)
        return CollectiveFileUploaded(collective_file=CollectiveFile.from_row(row))


async def _taken_in(
    context: Context,
    given: CollectiveFileTestInput | CollectiveFileUploadInput,
    *,
    mode: Mode,
    checks_only: bool = False,
    idempotency_key: str | None = None,
) -> CollectiveFileRow:
    """The file of the request itself, or the resumable upload that it names; exactly one of them."""
    # What is declared as a scalar comes in as whatever the request had in its place.
    file: Any = given.file
    if (file is None) == (given.upload is None):
        found = "neither" if file is None else "both"
        raise InvalidValue("file", found=found, expected="either `file` or `upload`")
    request = SendCollectiveFile(mode=mode, checks_only=checks_only, idempotency_key=idempotency_key)
    context.take_as_long_as_a_file_takes()
    if given.upload is not None:
        return await take_in_upload(context.office, context.caller, resumable_upload_key(given.upload), request)
    if not isinstance(file, IncomingFile):
        raise InvalidValue("file", found=type(file).__name__, expected="a file part of a multipart request")
    sent = SentFile(file.content, file.file_name)
    return await receive_collective_file(context.office, context.caller, request, sent)
