"""A convention as the rules know it, whoever may see it: only to file under it or to check what was filed."""

from dataclasses import dataclass

from domain.months import Month, MonthPeriod
from domain.vocabulary import Programme
from persistence.database import Connection, rows


@dataclass(frozen=True, slots=True)
class FiledConvention:
    """*promotor* is an enterprise number; full-time equivalents are in ten-thousandths."""

    id: str
    number: str
    programme: Programme
    promotor: str
    validity: MonthPeriod
    approved_full_time_equivalents_ten_thousandths: int


async def convention_with_number(number: str, connection: Connection) -> FiledConvention | None:
    return await _convention("c.number = ?", number, connection)


async def convention_with_id(convention_id: str, connection: Connection | None = None) -> FiledConvention:
    """Raises `LookupError` when there is none: an id comes from a row that refers to it."""
    found = await _convention("c.id = ?", convention_id, connection)
    if found is None:
        raise LookupError(f"no convention {convention_id}")
    return found


async def _convention(condition: str, value: str, connection: Connection | None) -> FiledConvention | None:
    found = await rows(
        "SELECT c.*, o.enterprise_number FROM convention c JOIN organisation o ON o.id = c.promotor_id"
        f" WHERE {condition}",
        [value],
        connection,
    )
    if not found:
        return None
    row = found[0]
    last = row["valid_until_month"]
    return FiledConvention(
        id=row["id"],
        number=row["number"],
        programme=Programme(row["programme"]),
        promotor=row["enterprise_number"],
        validity=MonthPeriod(Month.parse(row["valid_from_month"]), Month.parse(last) if last else None),
        approved_full_time_equivalents_ten_thousandths=row["approved_full_time_equivalents_hundredths"] * 100,
    )
