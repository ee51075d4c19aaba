"""Documents that were read before: parsed, validated, measured and planned once, for who sends the same text again.

A document is the same for everybody. What it asks for is not: the sizes of its pages can come in variables, so that
its measures are kept by those, and the limits are held against them for every request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Final, TypeVar, cast

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Token,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.graphql import OperationType

from graph.compiled.plans import Plans
from graph.measuring import Measures, Measuring, sizing_variables

Result = TypeVar("Result")

_MOST_CHARACTERS: Final = 200_000
"""Of all documents that are kept; read, each character takes about a hundred bytes."""

LONG_CHARACTERS: Final = 1500
"""Longer documents take milliseconds to read and to validate."""

_MOST_SIZES: Final = 64
MOST_MISTAKES: Final = 5
"""One mistake made a hundred times in a document is neither looked for nor told a hundred times."""

_RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_NOT_GIVEN: Final = object()


class Document:
    """One document that could be parsed."""

    def __init__(self, schema: GraphQLSchema, syntax: DocumentNode) -> None:
        self._schema = schema
        self.syntax = syntax
        self.plans = Plans()
        self._operations = [one for one in syntax.definitions if isinstance(one, OperationDefinitionNode)]
        self._sizing = sizing_variables(syntax)
        self._measures: dict[tuple[Any, ...], Sequence[Measures]] = {}

    def kind_of(self, operation_name: str | None) -> OperationType | None:
        """Whether it is a query, a mutation or a subscription; none when the document has no such operation.

        Without a name only where there is one operation.
        """
        if operation_name is None:
            found = self._operations if len(self._operations) == 1 else []
        else:
            found = [one for one in self._operations if one.name is not None and one.name.value == operation_name]
        return OperationType(found[0].operation.value) if found else None

    def measures(self, operation_name: str | None, variables: Mapping[str, Any] | None) -> Sequence[Measures]:
        """Those of the operation that runs, and then of the others in the document."""
        given = variables or {}
        key = (operation_name, *(_size(given.get(name, _NOT_GIVEN)) for name in self._sizing))
        known = self._measures.get(key)
        if known is None:
            if len(self._measures) >= _MOST_SIZES:
                self._measures.clear()
            measuring = Measuring(self._schema, self.syntax, operation_name=operation_name, variables=given)
            known = self._measures[key] = tuple(measuring.of_every_operation())
        return known

    @cached_property
    def longest_number(self) -> int:
        """Characters of the longest number that is written in the document."""
        longest = 0
        token: Token | None = self.syntax.loc.start_token if self.syntax.loc else None
        while token is not None:
            if token.kind in (TokenKind.INT, TokenKind.FLOAT):
                longest = max(longest, token.end - token.start)
            token = token.next
        return longest

    @cached_property
    def mistakes(self) -> Sequence[GraphQLError]:
        """What validation says at first, none for a good document; to be asked only of one within its limits.

        Some rules of validation take the square of a document's size.
        """
        return validate(self._schema, self.syntax, _RULES, max_errors=MOST_MISTAKES)

    @property
    def is_validated(self) -> bool:
        return "mistakes" in self.__dict__


class Documents:
    """The good documents of late, the least recently used forgotten first.

    What was refused is not kept: it would take the place of what others ask, and memory for as long.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[tuple[str, int], Document] = OrderedDict()
        self._characters = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="documents")

    async def read(self, text: str, tokens: int) -> Document:
        """The document in *text*; raises `GraphQLSyntaxError`, also for one of more than *tokens*."""
        known = self._kept.get((text, tokens))
        if known is None:
            return await self._apart(text, lambda: self.parsed(text, tokens))
        self._kept.move_to_end((text, tokens))
        return known

    def parsed(self, text: str, tokens: int) -> Document:
        """The same, read now."""
        return Document(self._schema, parse(text, max_tokens=tokens))

    async def mistakes_of(self, document: Document, text: str) -> Sequence[GraphQLError]:
        """`Document.mistakes`, of the document in *text*."""
        return document.mistakes if document.is_validated else await self._apart(text, lambda: document.mistakes)

    async def _apart(self, text: str, work: Callable[[], Result]) -> Result:
        """Do *work* here; of a long text in another thread, so that others are answered meanwhile.

        There is one such thread: those who send long texts that nobody sent before wait for each other.
        """
        if len(text) <= LONG_CHARACTERS:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def keep(self, text: str, tokens: int, document: Document) -> None:
        """Have this document, which is good, at hand for who asks it again."""
        if (text, tokens) in self._kept:
            return
        self._kept[text, tokens] = document
        self._characters += len(text)
        while self._characters > _MOST_CHARACTERS:
            (forgotten, _), _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)


def _size(value: Any) -> Any:
    """What of a variable the measures depend on: a number, how long a list is, or whether it is given at all."""
    if value is _NOT_GIVEN or isinstance(value, int):
        return value
    return ("list", len(cast("list[Any]", value))) if isinstance(value, list) else None
