"""Versions that the department accepted: what financial reports are made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.months import Month
from domain.vocabulary import Programme
from persistence.database import rows
from persistence.placeholders import a_list
from persistence.scope import Scope


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """An accepted version with the totals of the revision that was accepted."""

    month: Month
    version: int
    programme: Programme
    hours_hundredths: int
    full_time_equivalents_ten_thousandths: int


async def accepted_versions(
    scope: Scope, convention_ids: Sequence[str], year: int | None
) -> Mapping[str, Sequence[AcceptedVersion]]:
    """Accepted versions within *scope* by convention: newest month first, in a month the oldest version first.

    *year* narrows to its months.
    """
    visible, values = scope.of_a_month("c", "f.month")
    sql = (
        "SELECT f.convention_id, f.month, f.version, r.programme, r.hours_hundredths,"
        " r.full_time_equivalents_ten_thousandths AS equivalents"
        " FROM performance_file f JOIN convention c ON c.id = f.convention_id"
        " JOIN performance_revision r ON r.id = f.current_revision_id"
        f" WHERE {visible} AND f.state = 'ACCEPTED' AND f.convention_id IN {a_list(len(convention_ids))}"
    )
    values += convention_ids
    if year is not None:
        sql += " AND f.month >= ? AND f.month <= ?"
        values += [str(Month(year, 1)), str(Month(year, 12))]
    accepted: defaultdict[str, list[AcceptedVersion]] = defaultdict(list)
    for row in await rows(f"{sql} ORDER BY f.month DESC, f.version", values):
        accepted[row["convention_id"]].append(
            AcceptedVersion(
                month=Month.parse(row["month"]),
                version=row["version"],
                programme=Programme(row["programme"]),
                hours_hundredths=row["hours_hundredths"],
                full_time_equivalents_ten_thousandths=row["equivalents"],
            )
        )
    return accepted
