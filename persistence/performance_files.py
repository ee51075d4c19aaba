"""Performance files as a caller sees them: each with its current revision, in lists and one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.months import Month
from domain.performance import Totals
from domain.states import PerformanceFileState
from domain.vocabulary import OrganisationKind, Programme, Source
from persistence.database import Connection, Record, as_moment, rows
from persistence.pages import Page, PageRequest, page_of
from persistence.pages_of_each import Listing, pages_of_each
from persistence.placeholders import a_list
from persistence.scope import Predicate, Scope
from persistence.visible_pages import count_of


@dataclass(frozen=True, slots=True)
class CurrentRevision:
    """The newest set of lines of a version, and what its latest check said.

    *report_id* none while unchecked; *report_part* narrows the report of a collective file to this part of it.
    """

    id: int
    source: Source
    programme: Programme
    totals: Totals
    report_id: int | None
    report_part: int | None
    blocking: int
    warnings: int
    tested_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promotor:
    """Whose file it is, as everybody may know him."""

    id: str
    enterprise_number: str
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class PerformanceFile:
    """Promotor × convention × month in one version.

    Submission, withdrawal and decision are the latest ones and stay while a new revision is being made.
    *newest_version*: the highest version of this convention and month.
    """

    id: str
    convention_id: str
    promotor: Promotor
    month: Month
    version: int
    revision: int
    state: PerformanceFileState
    created_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    decision_reason: str | None
    newest_version: int
    current: CurrentRevision

    @property
    def is_tested(self) -> bool:
        """Whether this very revision has a test result without blocking findings."""
        return self.current.tested_at is not None and self.current.blocking == 0


@dataclass(frozen=True, slots=True)
class FilesWanted:
    """What a list is narrowed to; none means all."""

    convention_number: str | None = None
    month: Month | None = None
    state: PerformanceFileState | None = None


_COLUMNS = """f.id, f.convention_id, c.promotor_id, f.month, f.version, f.revision, f.state, f.created_at,
  f.submitted_by, f.submitted_at, f.decided_at, f.decision_reason, r.id AS revision_id, r.source, r.programme,
  r.employees, r.lines, r.hours_hundredths, r.days_tenths, r.full_time_equivalents_ten_thousandths, r.blocking,
  r.warnings, r.tested_at, p.id AS report_id,
  CASE WHEN p.collective_file_id IS NULL THEN NULL ELSE r.part_number END AS report_part,
  (SELECT MAX(n.version) FROM performance_file n WHERE n.convention_id = f.convention_id AND n.month = f.month)
    AS newest_version,
  o.enterprise_number AS promotor_number, o.name AS promotor_name, o.kind AS promotor_kind"""
# A revision that was never checked on its own is described by the report of the file that it came in.
_TABLES = """FROM performance_file f
  JOIN convention c ON c.id = f.convention_id
  JOIN performance_revision r ON r.id = f.current_revision_id
  LEFT JOIN collective_file u ON u.id = r.collective_file_id
  LEFT JOIN report p ON p.id = COALESCE(r.report_id, u.report_id)"""
_WITH_PROMOTOR = f"{_TABLES} JOIN organisation o ON o.id = c.promotor_id"


async def visible_performance_files(scope: Scope, wanted: FilesWanted, request: PageRequest) -> Page[PerformanceFile]:
    """Performance files within *scope*, newest first."""
    source, values = _source(scope, wanted, _WITH_PROMOTOR)

    async def fetch(request: PageRequest, limit: int) -> Sequence[PerformanceFile]:
        conditions, bounds = "", list[object]()
        for operator, bound in (("<", request.after), (">", request.before)):
            if bound is not None:
                conditions += f" AND f.id {operator} ?"
                bounds.append(bound)
        direction = "ASC" if request.backwards else "DESC"
        found = await rows(
            f"SELECT {_COLUMNS} {source}{conditions} ORDER BY f.id {direction} LIMIT ?", [*values, *bounds, limit]
        )
        return [_file(row) for row in found]

    return await page_of(fetch, lambda file: file.id, request)


async def count_visible_performance_files(scope: Scope, wanted: FilesWanted) -> int:
    return await count_of(*_source(scope, wanted))


async def performance_files_of_conventions(
    scope: Scope, convention_ids: Sequence[str], wanted: FilesWanted, request: PageRequest
) -> Mapping[str, Page[PerformanceFile]]:
    """A page of the performance files within *scope* for each convention, newest first."""
    source, values = _source(scope, wanted, _WITH_PROMOTOR)
    return await pages_of_each(_listing(f"{source} AND f.convention_id = ?", values), convention_ids, request)


async def count_of_conventions(scope: Scope, convention_ids: Sequence[str], wanted: FilesWanted) -> Mapping[str, int]:
    """How many performance files within *scope* each convention has; one without any is left out."""
    source, values = _source(scope, wanted)
    found = await rows(
        f"SELECT f.convention_id, COUNT(*) AS total {source} AND f.convention_id IN {a_list(len(convention_ids))}"
        " GROUP BY f.convention_id",
        [*values, *convention_ids],
    )
    return {row["convention_id"]: int(row["total"]) for row in found}


async def performance_files_by_id(scope: Scope, ids: Sequence[str]) -> Mapping[str, PerformanceFile]:
    """Those of *ids* that lie within *scope*."""
    visible, values = scope.of_a_month("c", "f.month")
    found = await rows(
        f"SELECT {_COLUMNS} {_WITH_PROMOTOR} WHERE {visible} AND f.id IN {a_list(len(ids))}", [*values, *ids]
    )
    return {row["id"]: _file(row) for row in found}


async def newest_version(
    convention_id: str, month: Month, connection: Connection | None = None
) -> PerformanceFile | None:
    """The highest version of this convention and month, whoever may see it; none when nothing was filed."""
    found = await rows(
        f"SELECT {_COLUMNS} {_WITH_PROMOTOR} WHERE f.convention_id = ? AND f.month = ? ORDER BY f.version DESC LIMIT 1",
        [convention_id, str(month)],
        connection,
    )
    return _file(found[0]) if found else None


async def performance_file(file_id: str, connection: Connection | None = None) -> PerformanceFile | None:
    """The file with this id, whoever may see it."""
    found = await rows(f"SELECT {_COLUMNS} {_WITH_PROMOTOR} WHERE f.id = ?", [file_id], connection)
    return _file(found[0]) if found else None


async def performance_file_to_change(file_id: str, connection: Connection) -> PerformanceFile | None:
    """The same, kept from changing by anybody else until this unit of work ends."""
    if connection.locks_rows:
        await rows("SELECT 1 FROM performance_file WHERE id = ? FOR UPDATE", [file_id], connection)
    return await performance_file(file_id, connection)


async def marks_of_convention(scope: Scope, convention_number: str) -> Mapping[str, str]:
    """By id of each performance file within *scope*: a text that differs after every change of it."""
    source, values = _source(scope, FilesWanted(convention_number=convention_number))
    found = await rows(f"SELECT f.id, f.state, r.id AS revision_id, r.report_id, r.tested_at {source}", values)
    return {row["id"]: f"{row['state']} {row['revision_id']} {row['report_id']} {row['tested_at']}" for row in found}


def _source(scope: Scope, wanted: FilesWanted, tables: str = _TABLES) -> Predicate:
    visible, values = scope.of_a_month("c", "f.month")
    sql = f"{tables} WHERE {visible}"
    if wanted.convention_number is not None:
        sql += " AND c.number = ?"
        values.append(wanted.convention_number)
    if wanted.month is not None:
        sql += " AND f.month = ?"
        values.append(str(wanted.month))
    if wanted.state is not None:
        sql += " AND f.state = ?"
        values.append(wanted.state.value)
    return sql, values


def _listing(source: str, values: list[object]) -> Listing[PerformanceFile]:
    return Listing(
        columns=_COLUMNS, source=source, values=values, key="f.id", key_name="id", make=_files, newest_first=True
    )


def _files(found: Sequence[Record]) -> Sequence[PerformanceFile]:
    return [_file(row) for row in found]


def _file(row: Record) -> PerformanceFile:
    return PerformanceFile(
        id=row["id"],
        convention_id=row["convention_id"],
        promotor=Promotor(
            id=row["promotor_id"],
            enterprise_number=row["promotor_number"],
            name=row["promotor_name"],
            kind=OrganisationKind(row["promotor_kind"]),
        ),
        month=Month.parse(row["month"]),
        version=row["version"],
        revision=row["revision"],
        state=PerformanceFileState(row["state"]),
        created_at=as_moment(row["created_at"]),
        submitted_by=row["submitted_by"],
        submitted_at=_moment(row["submitted_at"]),
        decided_at=_moment(row["decided_at"]),
        decision_reason=row["decision_reason"],
        newest_version=row["newest_version"],
        current=CurrentRevision(
            id=row["revision_id"],
            source=Source(row["source"]),
            programme=Programme(row["programme"]),
            totals=Totals(
                employees=row["employees"],
                lines=row["lines"],
                hours_hundredths=row["hours_hundredths"],
                days_tenths=row["days_tenths"],
                full_time_equivalents_ten_thousandths=row["full_time_equivalents_ten_thousandths"],
            ),
            report_id=row["report_id"],
            report_part=row["report_part"],
            blocking=row["blocking"],
            warnings=row["warnings"],
            tested_at=_moment(row["tested_at"]),
        ),
    )


def _moment(value: datetime | str | None) -> datetime | None:
    return None if value is None else as_moment(value)
