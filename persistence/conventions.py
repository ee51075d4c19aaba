"""Conventions as a caller sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.identifiers import EnterpriseNumber
from domain.months import Month
from domain.vocabulary import Programme
from persistence.database import rows
from persistence.models import ConventionRow
from persistence.pages import Page, PageRequest
from persistence.placeholders import a_list
from persistence.scope import Predicate, Scope
from persistence.visible_pages import count_of, visible_page


@dataclass(frozen=True, slots=True)
class ConventionWanted:
    """What a list is narrowed to; none means all."""

    numbers: tuple[str, ...] | None = None
    programme: Programme | None = None
    promotor: EnterpriseNumber | None = None
    valid_in: Month | None = None


async def visible_conventions(scope: Scope, wanted: ConventionWanted, request: PageRequest) -> Page[ConventionRow]:
    """Conventions within *scope*, oldest first."""
    source, values = _source(scope, wanted)
    return await visible_page(ConventionRow, source, values, alias="c", request=request)


async def count_visible_conventions(scope: Scope, wanted: ConventionWanted) -> int:
    return await count_of(*_source(scope, wanted))


async def conventions_by_id(scope: Scope, ids: Sequence[str]) -> Mapping[str, ConventionRow]:
    """Those of *ids* that lie within *scope*."""
    visible, values = scope.conventions("c")
    found = await rows(f"SELECT c.* FROM convention c WHERE c.id IN {a_list(len(ids))} AND {visible}", [*ids, *values])
    return {row["id"]: ConventionRow(**row) for row in found}


async def convention_by_number(scope: Scope, number: str) -> ConventionRow | None:
    """The convention with *number*; none when there is none within *scope*."""
    if "\x00" in number:
        return None
    visible, values = scope.conventions("c")
    found = await rows(f"SELECT c.* FROM convention c WHERE c.number = ? AND {visible}", [number, *values])
    return ConventionRow(**found[0]) if found else None


async def convention_id_with_number(number: str) -> str | None:
    """The id of the convention with *number*, whoever sees it: only to decide on, never to show."""
    if "\x00" in number:
        # PostgreSQL does not take it, and no number holds it.
        return None
    found = await rows("SELECT id FROM convention WHERE number = ?", [number])
    return found[0]["id"] if found else None


def _source(scope: Scope, wanted: ConventionWanted) -> Predicate:
    visible, values = scope.conventions("c")
    sql = f"FROM convention c WHERE {visible}"
    if wanted.numbers is not None:
        sql += f" AND c.number IN {a_list(len(wanted.numbers))}" if wanted.numbers else " AND 1 = 0"
        values += wanted.numbers
    if wanted.programme is not None:
        sql += " AND c.programme = ?"
        values.append(wanted.programme.value)
    if wanted.promotor is not None:
        sql += " AND c.promotor_id IN (SELECT id FROM organisation WHERE enterprise_number = ?)"
        values.append(str(wanted.promotor))
    if wanted.valid_in is not None:
        sql += " AND c.valid_from_month <= ? AND (c.valid_until_month IS NULL OR c.valid_until_month >= ?)"
        values += [str(wanted.valid_in)] * 2
    return sql, values
