"""Fiches of a stretch of parts: of the people and conventions that were asked, each person's oldest first."""

from datetime import date
from typing import Any

from builders import a_convention, an_organisation
from uuid_utils.compat import uuid7

from persistence.database import Connection, Database, rows
from persistence.register import fiches_on
from persistence.unit_of_work import unit_of_work

AN, ELS = "71041201478", "83092312719"
EARLIER, LATER = (date(2024, 1, 1), date(2024, 6, 30)), (date(2025, 3, 1), None)


async def test_only_asked_people_have_fiches_and_the_oldest_comes_first(database: Database) -> None:
    async def fill(connection: Connection) -> list[str]:
        promotor = await an_organisation(connection)
        conventions = [(await a_convention(connection, promotor)).id for _ in range(3)]
        held: list[tuple[Any, ...]] = [
            (conventions[0], AN, *LATER),
            (conventions[0], AN, *EARLIER),
            (conventions[0], ELS, *LATER),
            (conventions[1], AN, *EARLIER),
            (conventions[2], AN, *EARLIER),
        ]
        for one in held:
            await rows(
                "INSERT INTO fiche (id, convention_id, insz, valid_from, valid_until) VALUES (?, ?, ?, ?, ?)",
                [str(uuid7()), *one],
                connection,
            )
        return conventions

    first, second, _ = await unit_of_work(fill)

    assert await fiches_on([first, second], {AN}) == {first: {AN: (EARLIER, LATER)}, second: {AN: (EARLIER,)}}
    assert await fiches_on([first], {AN, ELS}) == {first: {AN: (EARLIER, LATER), ELS: (LATER,)}}
    assert await fiches_on([], {AN}) == {}
