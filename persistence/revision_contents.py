"""What revisions hold and what was said of them: lines, findings and history, for many at once."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.findings import Finding
from domain.performance import PerformanceLine
from domain.states import PerformanceFileState
from domain.vocabulary import Happening, Source
from persistence.bulk_reading import LINE_COLUMNS, findings_of, lines_of
from persistence.database import as_moment, rows
from persistence.pages import Page, PageRequest
from persistence.pages_of_each import Listing, pages_of_each
from persistence.placeholders import a_list

Described = tuple[int, int | None]
"""A report, and the number of the one part of it that is meant; none means all of it."""

_STEPS: Final = ("performanceFileTest", "performanceFileSubmit", "performanceFileWithdraw", "performanceFileDecide")
"""Acts in the audit trail that change the state of a revision and make none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a version, and the *state* it was in afterwards.

    *organisation_id* is the one that the person acted for.
    """

    what: Happening
    revision: int
    state: PerformanceFileState
    at: datetime
    user_id: str
    organisation_id: str
    reason: str | None


async def pages_of_lines(revision_ids: Sequence[int], request: PageRequest) -> Mapping[int, Page[PerformanceLine]]:
    """The same page of the lines of each revision, by line number; who may see them is asked of their file."""
    listing = Listing(
        columns=LINE_COLUMNS,
        source="FROM performance_line l WHERE l.revision_id = ?",
        values=(),
        key="l.line_number",
        key_name="line_number",
        make=lines_of,
    )
    return await pages_of_each(listing, revision_ids, request)


async def pages_of_findings(described: Sequence[Described], request: PageRequest) -> Mapping[Described, Page[Finding]]:
    """The same page of the findings of each report or part of one, in the order of the report."""
    reports = [report_id for report_id, part in described if part is None]
    parts = [(report_id, part) for report_id, part in described if part is not None]
    of_reports = await pages_of_each(_findings("f.report_id = ?"), reports, request)
    of_parts = await pages_of_each(_findings("f.report_id = ? AND f.part = ?"), parts, request)
    return {**{(report_id, None): page for report_id, page in of_reports.items()}, **of_parts}


async def counts_of_findings(described: Sequence[Described]) -> Mapping[Described, int]:
    """How many findings each has; one without any is left out."""
    counts: dict[Described, int] = defaultdict(int)
    found = await rows(
        f"SELECT report_id, part, COUNT(*) AS total FROM finding WHERE report_id IN {a_list(len(described))}"
        " GROUP BY report_id, part",
        [report_id for report_id, _ in described],
    )
    for row in found:
        counts[row["report_id"], None] += int(row["total"])
        if row["part"] is not None:
            counts[row["report_id"], row["part"]] += int(row["total"])
    return counts


async def histories_of(file_ids: Sequence[str]) -> Mapping[str, Sequence[Step]]:
    """What happened to each version, oldest first: revisions from their rows, steps of state from the audit trail."""
    steps: dict[str, list[Step]] = {file_id: [] for file_id in file_ids}
    revisions = await rows(
        "SELECT r.performance_file_id, r.revision, r.source, r.made_at, r.made_by, r.made_for, f.version"
        " FROM performance_revision r JOIN performance_file f ON f.id = r.performance_file_id"
        f" WHERE f.id IN {a_list(len(file_ids))} ORDER BY r.id",
        file_ids,
    )
    for row in revisions:
        steps[row["performance_file_id"]].append(_revision(row))
    acts = await rows(
        "SELECT object_id, action, at, user_id, organisation_id, details FROM audit_entry"
        f" WHERE object_kind = 'PerformanceFile' AND object_id IN {a_list(len(file_ids))} AND outcome = 'DONE'"
        f" AND action IN {a_list(len(_STEPS))} ORDER BY sequence",
        [*file_ids, *_STEPS],
    )
    for row in acts:
        steps[row["object_id"]].append(_act(row))
    for history in steps.values():
        history.sort(key=lambda step: step.at)
    return steps


def _findings(condition: str) -> Listing[Finding]:
    return Listing(
        columns="f.*",
        source=f"FROM finding f WHERE {condition}",
        values=(),
        key="f.finding_number",
        key_name="finding_number",
        make=findings_of,
    )


def _revision(row: dict[str, Any]) -> Step:
    what = Happening.MODIFIED
    if row["source"] == Source.COLLECTIVE_FILE:
        what = Happening.UPLOADED
    elif row["version"] == row["revision"] == 1:
        what = Happening.FILLED_IN
    return Step(
        what=what,
        revision=row["revision"],
        state=PerformanceFileState.DRAFT,
        at=as_moment(row["made_at"]),
        user_id=row["made_by"],
        organisation_id=row["made_for"],
        reason=None,
    )


def _act(row: dict[str, Any]) -> Step:
    details: dict[str, Any] = json.loads(row["details"])
    state = PerformanceFileState(details["state"])
    return Step(
        what=Happening.TESTED if row["action"] == "performanceFileTest" else Happening(state),
        revision=details["revision"],
        state=state,
        at=as_moment(row["at"]),
        user_id=row["user_id"],
        organisation_id=row["organisation_id"],
        reason=details["reason"],
    )
