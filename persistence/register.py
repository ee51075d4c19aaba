"""What the department knows that parts are checked against, asked for many parts at once: one query a kind.

Rules ask nothing themselves; what they need of a stretch of a file is fetched here before they run. Months are few in
a stretch, conventions and people many, so queries go by month and by lists of ids.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from domain.months import Month, MonthPeriod
from domain.states import PerformanceFileState
from domain.vocabulary import Source
from persistence.database import Connection, as_day, as_moment, rows
from persistence.placeholders import a_list

Key = tuple[str, Month]
"""The id of a convention, and a month."""

_LIST = 5_000
"""How many values stand in one IN: both engines take 32,766 parameters in a statement."""


@dataclass(frozen=True, slots=True)
class KnownConvention:
    """A convention with its promotor, whose *promotor* is his enterprise number."""

    id: str
    number: str
    promotor_id: str
    promotor: str
    programme: str
    validity: MonthPeriod
    approved_full_time_equivalents_hundredths: int


@dataclass(frozen=True, slots=True)
class FiledVersions:
    """The newest version of one convention and month, and what of it was accepted.

    *accepted_version* and its full-time equivalents are none when no version was. *file_id* is that of the newest.
    """

    file_id: str
    version: int
    revision: int
    state: PerformanceFileState
    is_by_hand: bool
    accepted_version: int | None
    accepted_full_time_equivalents_ten_thousandths: int


@dataclass(frozen=True, slots=True)
class ShareFiled:
    """One employment of a person in a month on a convention; both days included, no last day is open."""

    convention_id: str
    begin: date
    end: date | None
    weekly_hours_hundredths: int
    full_time_hours_hundredths: int


@dataclass(frozen=True, slots=True)
class PersonFiled:
    """Since when a person stands in a month on each convention, and his employments there."""

    filed_at: Mapping[str, datetime]
    shares: tuple[ShareFiled, ...]

    def filed_before(self, convention_id: str) -> tuple[ShareFiled, ...]:
        """Employments on other conventions that were filed before his place on this one; all when he has none here."""
        own = self.filed_at.get(convention_id)
        return tuple(
            share
            for share in self.shares
            if share.convention_id != convention_id and (own is None or self.filed_at[share.convention_id] < own)
        )


async def conventions_numbered(
    numbers: Iterable[str], connection: Connection | None = None
) -> Mapping[str, KnownConvention]:
    """Those that exist, by number."""
    known: dict[str, KnownConvention] = {}
    for some in _lists(numbers):
        found = await rows(
            "SELECT c.*, o.enterprise_number AS promotor FROM convention c JOIN organisation o ON o.id = c.promotor_id"
            f" WHERE c.number IN {a_list(len(some))}",
            some,
            connection,
        )
        known |= {row["number"]: _convention(row) for row in found}
    return known


async def convention_with_id(convention_id: str, connection: Connection | None = None) -> KnownConvention:
    """Raises `LookupError` when there is none: an id comes from a row that refers to it."""
    found = await rows(
        "SELECT c.*, o.enterprise_number AS promotor FROM convention c JOIN organisation o ON o.id = c.promotor_id"
        " WHERE c.id = ?",
        [convention_id],
        connection,
    )
    if not found:
        raise LookupError(f"no convention {convention_id}")
    return _convention(found[0])


async def related_employers(
    promotor_ids: Iterable[str], connection: Connection | None = None
) -> Mapping[str, frozenset[str]]:
    """Enterprise numbers under which each promotor may employ beside his own."""
    related: defaultdict[str, set[str]] = defaultdict(set)
    for some in _lists(promotor_ids):
        found = await rows(
            f"SELECT promotor_id, enterprise_number FROM related_enterprise WHERE promotor_id IN {a_list(len(some))}",
            some,
            connection,
        )
        for row in found:
            related[row["promotor_id"]].add(row["enterprise_number"])
    return {promotor_id: frozenset(numbers) for promotor_id, numbers in related.items()}


async def mandate_periods(
    secretariat_id: str, convention_ids: Iterable[str], connection: Connection | None = None
) -> Mapping[str, tuple[MonthPeriod, ...]]:
    """The periods of the unrevoked mandates that a secretariat holds, by convention, oldest first."""
    periods: defaultdict[str, list[MonthPeriod]] = defaultdict(list)
    for some in _lists(convention_ids):
        found = await rows(
            "SELECT convention_id, first_month, last_month FROM mandate WHERE secretariat_id = ?"
            f" AND revoked_at IS NULL AND convention_id IN {a_list(len(some))} ORDER BY first_month",
            [secretariat_id, *some],
            connection,
        )
        for row in found:
            last = Month.parse(row["last_month"]) if row["last_month"] else None
            periods[row["convention_id"]].append(MonthPeriod(Month.parse(row["first_month"]), last))
    return {convention_id: tuple(held) for convention_id, held in periods.items()}


async def fiches_on(
    convention_ids: Collection[str], people: Collection[str], connection: Connection | None = None
) -> Mapping[str, Mapping[str, tuple[tuple[date, date | None], ...]]]:
    """Approved fiches of *people* (INSZ) by convention and person, each its first and last day, oldest first.

    Asked by convention alone: who is in a part is most of those who have a fiche on its convention, and two long lists
    in one statement are a look-up for each pair.
    """
    fiches: defaultdict[str, dict[str, tuple[tuple[date, date | None], ...]]] = defaultdict(dict)
    periods: dict[tuple[Any, Any], tuple[tuple[date, date | None], ...]] = {}
    for some in _lists(convention_ids):
        found = await rows(
            "SELECT convention_id, insz, valid_from, valid_until FROM fiche"
            f" WHERE convention_id IN {a_list(len(some))} ORDER BY valid_from",
            some,
            connection,
        )
        for row in found:
            insz = row["insz"]
            if insz not in people:
                continue
            days = (row["valid_from"], row["valid_until"])
            period = periods.get(days)
            if period is None:
                period = periods[days] = ((as_day(days[0]), None if days[1] is None else as_day(days[1])),)
            held = fiches[row["convention_id"]]
            held[insz] = (*held[insz], *period) if insz in held else period
    return fiches


async def numbers_replaced(people: Iterable[str], connection: Connection | None = None) -> Mapping[str, str]:
    """For each of *people* (INSZ) that has a newer number: that number."""
    replaced: dict[str, str] = {}
    for some in _lists(people):
        found = await rows(
            f"SELECT old_insz, new_insz FROM insz_succession WHERE old_insz IN {a_list(len(some))}", some, connection
        )
        replaced |= {row["old_insz"]: row["new_insz"] for row in found}
    return replaced


async def versions_filed(keys: Iterable[Key], connection: Connection | None = None) -> Mapping[Key, FiledVersions]:
    """The newest version for each of *keys* that has any."""
    filed: dict[Key, FiledVersions] = {}
    for month, some in _by_month(keys):
        found = await rows(
            f"""
            SELECT f.id, f.convention_id, f.version, f.revision, f.state, r.source,
              r.full_time_equivalents_ten_thousandths AS full_time_equivalents
            FROM performance_file f JOIN performance_revision r ON r.id = f.current_revision_id
            WHERE f.month = ? AND f.convention_id IN {a_list(len(some))} ORDER BY f.version
            """,
            [str(month), *some],
            connection,
        )
        for row in found:
            key = (row["convention_id"], month)
            filed[key] = _later(filed.get(key), row)
    return filed


async def employees_staying(keys: Iterable[Key], connection: Connection | None = None) -> Mapping[Key, frozenset[str]]:
    """For each of *keys*: the INSZ in its newest version that have an employment without an end."""
    staying: defaultdict[Key, set[str]] = defaultdict(set)
    for month, some in _by_month(keys):
        found = await rows(
            f"""
            SELECT DISTINCT f.convention_id, l.insz
            FROM performance_file f JOIN performance_line l ON l.revision_id = f.current_revision_id
            WHERE f.month = ? AND f.convention_id IN {a_list(len(some))} AND l.employment_end IS NULL AND {_NEWEST}
            """,
            [str(month), *some],
            connection,
        )
        for row in found:
            staying[row["convention_id"], month].add(row["insz"])
    return {key: frozenset(people) for key, people in staying.items()}


async def people_filed(
    month: Month, people: Iterable[str], connection: Connection | None = None
) -> Mapping[str, PersonFiled]:
    """Where each of *people* (INSZ) stands in *month*, in newest versions that are not refused or withdrawn."""
    filed_at: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    shares: defaultdict[str, list[ShareFiled]] = defaultdict(list)
    for some in _lists(people):
        found = await rows(
            f"""
            SELECT DISTINCT e.insz, e.convention_id, e.filed_at, l.employment_number, l.employment_begin,
              l.employment_end, l.weekly_hours_hundredths, l.full_time_hours_hundredths
            FROM employee_month e
            JOIN performance_file f ON f.id = e.performance_file_id
            JOIN performance_line l ON l.revision_id = f.current_revision_id AND l.insz = e.insz
            WHERE e.month = ? AND e.insz IN {a_list(len(some))} AND f.state NOT IN ('REFUSED', 'WITHDRAWN')
              AND {_NEWEST}
            ORDER BY e.insz, e.convention_id, l.employment_number
            """,
            [str(month), *some],
            connection,
        )
        for row in found:
            insz, convention_id = row["insz"], row["convention_id"]
            filed_at[insz][convention_id] = as_moment(row["filed_at"])
            shares[insz].append(_share(row))
    return {insz: PersonFiled(filed_at[insz], tuple(held)) for insz, held in shares.items()}


_NEWEST = """NOT EXISTS (SELECT 1 FROM performance_file newer WHERE newer.convention_id = f.convention_id
              AND newer.month = f.month AND newer.version > f.version)"""


def _convention(row: dict[str, Any]) -> KnownConvention:
    last = Month.parse(row["valid_until_month"]) if row["valid_until_month"] else None
    return KnownConvention(
        id=row["id"],
        number=row["number"],
        promotor_id=row["promotor_id"],
        promotor=row["promotor"],
        programme=row["programme"],
        validity=MonthPeriod(Month.parse(row["valid_from_month"]), last),
        approved_full_time_equivalents_hundredths=row["approved_full_time_equivalents_hundredths"],
    )


def _later(before: FiledVersions | None, row: dict[str, Any]) -> FiledVersions:
    """Versions come in their order: what was accepted before stays known."""
    state = PerformanceFileState(row["state"])
    is_accepted = state is PerformanceFileState.ACCEPTED
    accepted, equivalents = (None, 0) if before is None else _accepted_of(before)
    return FiledVersions(
        file_id=row["id"],
        version=row["version"],
        revision=row["revision"],
        state=state,
        is_by_hand=row["source"] == Source.BY_HAND,
        accepted_version=row["version"] if is_accepted else accepted,
        accepted_full_time_equivalents_ten_thousandths=row["full_time_equivalents"] if is_accepted else equivalents,
    )


def _accepted_of(filed: FiledVersions) -> tuple[int | None, int]:
    return filed.accepted_version, filed.accepted_full_time_equivalents_ten_thousandths


def _share(row: dict[str, Any]) -> ShareFiled:
    return ShareFiled(
        convention_id=row["convention_id"],
        begin=as_day(row["employment_begin"]),
        end=None if row["employment_end"] is None else as_day(row["employment_end"]),
        weekly_hours_hundredths=row["weekly_hours_hundredths"],
        full_time_hours_hundredths=row["full_time_hours_hundredths"],
    )


def _by_month(keys: Iterable[Key]) -> Iterator[tuple[Month, Sequence[str]]]:
    conventions: defaultdict[Month, set[str]] = defaultdict(set)
    for convention_id, month in keys:
        conventions[month].add(convention_id)
    for month, ids in conventions.items():
        for some in _lists(ids):
            yield month, some


def _lists(values: Iterable[str]) -> Iterator[list[str]]:
    """Each value in lists that fit in one statement, as few lengths of lists as there are powers of two.

    The last value may stand more than once: a statement that the database has seen before is not planned again.
    """
    distinct = iter(sorted(set(values)))
    while some := list(islice(distinct, _LIST)):
        length = min(1 << (len(some) - 1).bit_length(), _LIST)
        yield some + some[-1:] * (length - len(some))
