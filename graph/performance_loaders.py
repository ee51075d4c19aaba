"""Dataloaders for performance files and what hangs on them; part of the loaders of one request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from domain.findings import Finding
from domain.performance import PerformanceLine
from domain.vocabulary import Action
from filing.financial_reports import FinancialReport, financial_reports
from graph.batching import batched
from persistence.file_readings import Reading, counts_of_readings, pages_of_readings
from persistence.pages import Page, PageRequest
from persistence.performance_files import (
    FilesWanted,
    PerformanceFile,
    count_of_conventions,
    performance_files_by_id,
    performance_files_of_conventions,
)
from persistence.revision_contents import (
    Described,
    Step,
    counts_of_findings,
    histories_of,
    pages_of_findings,
    pages_of_lines,
)
from persistence.scope import Scope

Parent = TypeVar("Parent", str, int, Described)
Shared = TypeVar("Shared")
Answer = TypeVar("Answer")


class Scoping(Protocol):
    """Whose request it is, as far as these loaders need to know."""

    def scope(self, action: Action) -> Scope: ...


class PerformanceLoaders:
    """Files come under the scope of consulting; what hangs on one comes by way of the file that holds it."""

    def __init__(self, sight: Scoping) -> None:
        self._sight = sight

    @batched
    async def files(self, ids: list[str]) -> Sequence[PerformanceFile | None]:
        found = await performance_files_by_id(self._sight.scope(Action.CONSULT), ids)
        return [found.get(one) for one in ids]

    @batched
    async def of_conventions(
        self, asked: list[tuple[str, tuple[FilesWanted, PageRequest]]]
    ) -> Sequence[Page[PerformanceFile]]:
        scope = self._sight.scope(Action.CONSULT)
        return await _grouped(asked, lambda ids, same: performance_files_of_conventions(scope, ids, *same))

    @batched
    async def counts_of_conventions(self, asked: list[tuple[str, FilesWanted]]) -> Sequence[int]:
        scope = self._sight.scope(Action.CONSULT)

        async def counts(ids: Sequence[str], wanted: FilesWanted) -> Mapping[str, int]:
            return dict.fromkeys(ids, 0) | dict(await count_of_conventions(scope, ids, wanted))

        return await _grouped(asked, counts)

    @batched
    async def lines(self, asked: list[tuple[int, PageRequest]]) -> Sequence[Page[PerformanceLine]]:
        return await _grouped(asked, pages_of_lines)

    @batched
    async def findings(self, asked: list[tuple[Described, PageRequest]]) -> Sequence[Page[Finding]]:
        return await _grouped(asked, pages_of_findings)

    @batched
    async def finding_counts(self, described: list[Described]) -> Sequence[int]:
        counts = await counts_of_findings(described)
        return [counts.get(one, 0) for one in described]

    @batched
    async def financial_reports(self, asked: list[tuple[str, int | None]]) -> Sequence[Sequence[FinancialReport]]:
        scope = self._sight.scope(Action.READ_FINANCIAL_REPORTS)
        return await _grouped(asked, lambda ids, year: financial_reports(scope, ids, year))

    @batched
    async def readings(self, asked: list[tuple[str, PageRequest]]) -> Sequence[Page[Reading]]:
        return await _grouped(asked, pages_of_readings)

    @batched
    async def reading_counts(self, ids: list[str]) -> Sequence[int]:
        found = await counts_of_readings(ids)
        return [found.get(one, 0) for one in ids]

    @batched
    async def histories(self, ids: list[str]) -> Sequence[Sequence[Step]]:
        found = await histories_of(ids)
        return [found[one] for one in ids]


async def _grouped(
    asked: Sequence[tuple[Parent, Shared]],
    fetch: Callable[[Sequence[Parent], Shared], Awaitable[Mapping[Parent, Answer]]],
) -> list[Answer]:
    """One fetch for all parents of whom the same is asked; answers in the order asked."""
    answers: dict[tuple[Parent, Shared], Answer] = {}
    for shared in dict.fromkeys(shared for _, shared in asked):
        found = await fetch([parent for parent, wanted in asked if wanted == shared], shared)
        answers |= {(parent, shared): answer for parent, answer in found.items()}
    return [answers[one] for one in asked]
