"""Limits on what one operation may ask for, held before it runs and told to clients.

Each refusal is an error with a code, the limit and what was measured. What is worked out about a document is kept
(`graph/documents.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from typing_extensions import override

from domain.errors import DomainError
from filing.line_forms import MOST_LINES
from graph.compiled.execution import executed
from graph.context import Context, Info, ServiceLimits
from graph.documents import Document, Documents
from graph.errors import LimitExceeded
from graph.guard import ForCaller
from graph.measuring import Measures
from graph.rights import public_type
from persistence.pages import DEFAULT_PAGE_SIZE, LARGEST_PAGE

MOST_SUBMISSIONS: Final = 1
"""Submitting is final: each file is submitted by a request of its own, whose answer is read."""
_PUBLISHED = "limits are published, so that clients can keep to them"


class DocumentTooLarge(LimitExceeded):
    code = "DOCUMENT_TOO_LARGE"


class TooManyTokens(LimitExceeded):
    code = "TOO_MANY_TOKENS"


class TooManyFields(LimitExceeded):
    """With its fragments written out; the limit is that on tokens, which a document without fragments keeps to."""

    code = "TOO_MANY_FIELDS"


class TooManyFragments(LimitExceeded):
    """So many come together in one selection, with their own fragments written out."""

    code = "TOO_MANY_FRAGMENTS"


class NumberTooLong(LimitExceeded):
    code = "NUMBER_TOO_LONG"


class TooDeep(LimitExceeded):
    code = "TOO_DEEP"


class TooManyAliases(LimitExceeded):
    code = "TOO_MANY_ALIASES"


class TooManyDirectives(LimitExceeded):
    code = "TOO_MANY_DIRECTIVES"


class TooManySubmissions(LimitExceeded):
    code = "TOO_MANY_SUBMISSIONS"


class TooManyRootFields(LimitExceeded):
    code = "TOO_MANY_ROOT_FIELDS"


class TooManyMutations(LimitExceeded):
    code = "TOO_MANY_MUTATIONS"


class TooCostly(LimitExceeded):
    code = "TOO_COSTLY"


class TimedOut(LimitExceeded):
    code = "TIMED_OUT"


class UnknownOperation(DomainError):
    """The document has no operation of the name that was asked for."""

    code = "UNKNOWN_OPERATION"


class OperationNotAllowed(DomainError):
    """The operation is of a kind that cannot be done the way it came: a mutation by GET, a subscription by POST."""

    code = "OPERATION_NOT_ALLOWED"


def refuse_excess(measures: Measures, limits: ServiceLimits) -> None:
    """Raise the `LimitExceeded` of the first measure over its limit."""
    mutations = measures.roots if measures.is_mutation else 0
    for excess, found, limit in (
        (TooManyFields, measures.fields, limits.tokens),
        (TooDeep, measures.depth, limits.depth),
        (TooManyAliases, measures.aliases, limits.aliases),
        (TooManyDirectives, measures.directives, limits.directives),
        (TooManyFragments, measures.fragments, limits.fragments),
        (TooManyMutations, mutations, limits.mutations),
        (TooManySubmissions, measures.submissions, MOST_SUBMISSIONS),
        (TooManyRootFields, measures.roots, limits.root_fields),
        (TooCostly, measures.cost, limits.cost),
    ):
        if found > limit:
            raise excess(found=found, limit=limit)


@dataclass
class Asked(ExecutionContext):
    """A request to the schema; *document* is there when it was within its limits."""

    document: Document | None = None


class LimitedSchema(strawberry.Schema):
    """A schema that reads each document once, holds it to the limits, and whose operations end in time.

    Parsing and validation are not left to Strawberry: what one of its extensions raises passes its other extensions
    by, so that a refusal would reach the client unmasked over HTTP, and over WebSocket not at all.
    """

    @cached_property
    def documents(self) -> Documents:
        return Documents(self._schema)

    @override
    def _create_execution_context(
        self,
        query: str | None,
        allowed_operation_types: Iterable[OperationType],
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> Asked:
        return Asked(
            query=query,
            schema=self,
            allowed_operations=allowed_operation_types,
            context=context_value,
            variables=variable_values,
            root_value=root_value,
            provided_operation_name=operation_name,
            operation_extensions=operation_extensions,
        )

    @override
    async def _prepare_operation_async(self, context: Any, extensions_runner: Any) -> PreExecutionError | None:
        request: Context = context.context
        caller = request.identified.caller if request.identified else None
        try:
            try:
                document = await self._document_for(context)
            except (DomainError, GraphQLError):
                request.allowances.charge(caller, 0)
                raise
            asked = document.measures(_named(context), context.variables)[0]
            request.allowances.charge(caller, asked.cost, is_submission=asked.submissions > 0)
        except (DomainError, GraphQLError) as error:
            return refused(error)
        context.document, context.graphql_document = document, document.syntax
        if mistakes := await self.documents.mistakes_of(document, context.query):
            return PreExecutionError(data=None, errors=list(mistakes))
        self.documents.keep(context.query, request.limits.tokens, document)
        return None

    async def _document_for(self, asked: ExecutionContext) -> Document:
        """What was asked, within its limits; raises what is told to the client otherwise."""
        context: Context = asked.context
        limits, text = context.limits, asked.query or ""
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > limits.document_bytes:
            raise DocumentTooLarge(found=size, limit=limits.document_bytes)
        try:
            document = await self.documents.read(text, limits.tokens)
        except GraphQLSyntaxError as error:
            if "more than" in error.message and "tokens" in error.message:
                # The parser stops at the first token too many and counts no further.
                raise TooManyTokens(found=limits.tokens + 1, limit=limits.tokens) from error
            raise
        name = _named(asked)
        kind = document.kind_of(name)
        if kind is None:
            raise UnknownOperation
        if kind not in asked.allowed_operations:
            raise OperationNotAllowed(found=kind.value)
        if document.longest_number > limits.digits:
            # Python reads no number of thousands of digits, and says so in words of its own.
            raise NumberTooLong(found=document.longest_number, limit=limits.digits)
        for measures in document.measures(name, asked.variables):
            refuse_excess(measures, limits)
        return document

    @override
    async def _execute_operation(self, execution_context: Any, *_extensions: Any, **_named: Any) -> Any:
        """Run the operation; Strawberry's extensions have no part in it."""
        context: Context = execution_context.context
        seconds = context.patience.seconds
        try:
            with context.patience.deadline() as context.deadline:
                result = await executed(
                    self._schema,
                    execution_context.graphql_document,
                    plans=execution_context.document.plans,
                    operation_name=execution_context.operation_name,
                    variables=execution_context.variables,
                    context=context,
                )
        except TimeoutError:
            result = refused(TimedOut(found=seconds, limit=seconds))
        execution_context.result = result
        return result


def _named(asked: ExecutionContext) -> str | None:
    """The operation that the client names; the public `operation_name` guesses where he has to say."""
    return asked._provided_operation_name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def refused(error: Exception) -> PreExecutionError:
    """What an operation answers that *error* keeps from being answered."""
    told = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    return PreExecutionError(data=None, errors=[told])


@public_type(_PUBLISHED)
@strawberry.type(description="What one request may ask for (grenzen); over a limit it is refused before it runs.")
class Limits:
    document_bytes: int = strawberry.field(description="Longest GraphQL document, in bytes of UTF-8.")
    tokens: int = strawberry.field(
        description="Most tokens in a document, and most fields in an operation with its fragments written out."
    )
    depth: int = strawberry.field(
        description="Deepest nesting of fields in one operation; introspection counts as one."
    )
    aliases: int = strawberry.field(
        description="Most aliases in one operation; a field that stands twice in one selection counts too."
    )
    directives: int = strawberry.field(description="Most directives in one operation, with its fragments written out.")
    fragments: int = strawberry.field(description="Most fragments that come together in one selection.")
    root_fields: int = strawberry.field(description="Most fields at the top of one operation.")
    mutations: int = strawberry.field(description="Most mutations in one operation.")
    submissions: int = strawberry.field(description="Most performance files that one operation submits (aanbieden).")
    digits: int = strawberry.field(description="Most characters of a number in a document.")
    cost: int = strawberry.field(
        description="Most objects that one operation may ask for: each counts one, times the sizes of its pages."
    )
    trusted_documents_only: bool = strawberry.field(
        description="Whether only documents that the operator trusts are run, by their text or by `documentId`."
    )
    points_of_caller: int = strawberry.field(
        description="Points that one caller may ask for in a minute: ten a request, and one an object (cost)."
    )
    points_of_organisation: int = strawberry.field(
        description="Points that all callers of one organisation may ask for in a minute together."
    )
    page_items: int = strawberry.field(description="Most items in one page, and most ids in `nodes`.")
    default_page_items: int = strawberry.field(description="Items in a page when neither `first` nor `last` is given.")
    operation_seconds: float = strawberry.field(
        description="Longest run of one query or mutation that brings no file, in seconds."
    )
    streams: int = strawberry.field(
        description="Most WebSockets and event streams that stay open at once, on one server process."
    )
    streams_of_organisation: int = strawberry.field(
        description="Most of those by people and programs of one organisation."
    )
    streams_of_caller: int = strawberry.field(description="Most of those by one caller, in one organisation.")
    operations_a_connection: int = strawberry.field(description="Most operations at a time on one WebSocket.")
    request_bytes: int = strawberry.field(description="Largest request body that is not an upload, in bytes.")
    upload_bytes: int = strawberry.field(description="Largest collective file (collectief bestand), in bytes.")
    resumable_uploads: int = strawberry.field(description="Most resumable uploads that one sender has under way.")
    resumable_upload_hours: int = strawberry.field(
        description="How long a resumable upload may take from its beginning, in hours; then its bytes are deleted."
    )
    performance_lines: int = strawberry.field(description="Most lines in a performance file that is filled in by hand.")


@strawberry.type
class LimitsQueries:
    @strawberry.field(description="The limits on requests.", extensions=[ForCaller(_PUBLISHED)])
    async def limits(self, info: Info) -> Limits:
        found = info.context.limits
        return Limits(
            document_bytes=found.document_bytes,
            tokens=found.tokens,
            depth=found.depth,
            aliases=found.aliases,
            directives=found.directives,
            fragments=found.fragments,
            root_fields=found.root_fields,
            mutations=found.mutations,
            submissions=MOST_SUBMISSIONS,
            digits=found.digits,
            cost=found.cost,
            trusted_documents_only=found.trusted_documents_only,
            points_of_caller=found.points_of_caller,
            points_of_organisation=found.points_of_organisation,
            page_items=LARGEST_PAGE,
            default_page_items=DEFAULT_PAGE_SIZE,
            operation_seconds=found.operation_seconds,
            streams=found.streams,
            streams_of_organisation=found.streams_of_organisation,
            streams_of_caller=found.streams_of_caller,
            operations_a_connection=found.operations_a_connection,
            request_bytes=found.request_limit_bytes,
            upload_bytes=found.upload_limit_bytes,
            resumable_uploads=found.resumable_uploads,
            resumable_upload_hours=found.resumable_upload_hours,
            performance_lines=MOST_LINES,
        )
