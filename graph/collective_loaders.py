"""Dataloaders for collective files and what hangs on them; part of the loaders of one request.

Files come through the sight of the caller: those of his own organisation, or all for the department. Reports and parts
are reached by way of a file that came through it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.findings import Finding
from domain.vocabulary import PartOutcome
from filing.identification import Identified
from filing.sending import files_in_sight
from graph.batching import batched
from persistence.collective_files import collective_files_by_id
from persistence.models import CollectiveFilePartRow, CollectiveFileRow, ReportRow
from persistence.pages import Page, PageRequest
from persistence.reports import (
    FindingsWanted,
    count_findings,
    count_parts,
    findings_of_reports,
    parts_of_files,
    reports_by_id,
)

FindingsAsked = tuple[int, FindingsWanted, PageRequest]
PartsAsked = tuple[str, PartOutcome | None, PageRequest]


class Knowing(Protocol):
    """Whose request it is, as far as these loaders need to know."""

    @property
    def known(self) -> Identified: ...


class CollectiveLoaders:
    """One query for all objects of a kind that are asked for in the same way."""

    def __init__(self, sight: Knowing) -> None:
        self._sight = sight

    @batched
    async def files(self, ids: list[str]) -> Sequence[CollectiveFileRow | None]:
        known = self._sight.known
        found = await collective_files_by_id(files_in_sight(known.caller, known.table), ids)
        return [found.get(one) for one in ids]

    @batched
    async def reports(self, ids: list[int]) -> Sequence[ReportRow | None]:
        found = await reports_by_id(ids)
        return [found.get(one) for one in ids]

    @batched
    async def findings(self, asked: list[FindingsAsked]) -> Sequence[Page[Finding]]:
        pages: dict[FindingsAsked, Page[Finding]] = {}
        for wanted, request in dict.fromkeys((wanted, request) for _, wanted, request in asked):
            ids = [report_id for report_id, *same in asked if same == [wanted, request]]
            found = await findings_of_reports(ids, wanted, request)
            pages |= {(report_id, wanted, request): page for report_id, page in found.items()}
        return [pages[one] for one in asked]

    @batched
    async def finding_counts(self, asked: list[tuple[int, FindingsWanted]]) -> Sequence[int]:
        counts: dict[FindingsWanted, Mapping[int, int]] = {}
        for wanted in dict.fromkeys(wanted for _, wanted in asked):
            counts[wanted] = await count_findings([one for one, same in asked if same == wanted], wanted)
        return [counts[wanted].get(report_id, 0) for report_id, wanted in asked]

    @batched
    async def parts(self, asked: list[PartsAsked]) -> Sequence[Page[CollectiveFilePartRow]]:
        pages: dict[PartsAsked, Page[CollectiveFilePartRow]] = {}
        for outcome, request in dict.fromkeys((outcome, request) for _, outcome, request in asked):
            ids = [file_id for file_id, *same in asked if same == [outcome, request]]
            found = await parts_of_files(ids, outcome, request)
            pages |= {(file_id, outcome, request): page for file_id, page in found.items()}
        return [pages[one] for one in asked]

    @batched
    async def part_counts(self, asked: list[tuple[str, PartOutcome | None]]) -> Sequence[int]:
        counts: dict[PartOutcome | None, Mapping[str, int]] = {}
        for outcome in dict.fromkeys(outcome for _, outcome in asked):
            counts[outcome] = await count_parts([one for one, same in asked if same == outcome], outcome)
        return [counts[outcome].get(file_id, 0) for file_id, outcome in asked]
