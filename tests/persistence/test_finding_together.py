"""Questions that come together: one statement, each answer to who asked for it, each fault to who made it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from persistence.database import current_database, found_by_key
from persistence.database import database as open_database
from persistence.failures import TemporarilyUnavailable
from persistence.finding_together import FindingTogether, _Question  # pyright: ignore[reportPrivateUsage]

pytestmark = pytest.mark.only_on("postgresql", because="SQLite is asked in the thread that asks")

WORDS = "SELECT word, length(word) AS letters FROM unnest(string_to_array(?, ' ')) AS word"
_PATIENCE_SECONDS = 30


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each statement carried, in the order in which they left."""
    carried: list[int] = []
    asked = FindingTogether._asked

    async def noting(self: FindingTogether, sql: str, questions: Sequence[_Question]) -> Any:
        carried.append(len(questions))
        return await asked(self, sql, questions)

    monkeypatch.setattr(FindingTogether, "_asked", noting)
    return carried


async def words(text: str) -> list[tuple[str, int]]:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return [(row["word"], row["letters"]) for row in await found_by_key(WORDS, [text])]


@pytest.mark.usefixtures("database")
async def test_each_gets_the_rows_that_he_asked_for_and_nobody_elses(statements: list[int]) -> None:
    found = await asyncio.gather(words("one three"), words(""), words("seven"), words("one three"))

    assert found == [[("one", 3), ("three", 5)], [], [("seven", 5)], [("one", 3), ("three", 5)]]
    assert statements == [4]


@pytest.mark.usefixtures("database")
async def test_who_asks_alone_waits_for_nobody(statements: list[int]) -> None:
    assert await words("one") == [("one", 3)]
    assert await words("two") == [("two", 3)]
    assert statements == [1, 1]


@pytest.mark.usefixtures("database")
async def test_many_leave_in_several_statements(statements: list[int]) -> None:
    texts = ["x" * number for number in range(1, 21)]

    found = await asyncio.gather(*(words(text) for text in texts))

    assert found == [[(text, len(text))] for text in texts]
    assert statements == [8, 8, 4]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("text", ["zero \0", "lone \udc80"])
async def test_what_no_database_can_read_is_told_to_him_alone_who_sent_it(text: str, statements: list[int]) -> None:
    *others, wrong = await asyncio.gather(words("one"), words("two"), words(text), return_exceptions=True)

    assert others == [[("one", 3)], [("two", 3)]]
    assert isinstance(wrong, Exception)
    assert statements == [3, 1, 1, 1]


@pytest.mark.usefixtures("database")
async def test_who_goes_away_leaves_the_others_their_answers(statements: list[int]) -> None:
    leaving, staying = asyncio.create_task(words("one")), asyncio.create_task(words("two"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying == [("two", 3)]
    assert leaving.cancelled()
    assert statements == [1]


@pytest.mark.usefixtures("database")
async def test_when_all_go_away_nothing_is_asked(statements: list[int]) -> None:
    leaving = asyncio.create_task(words("one"))
    await asyncio.sleep(0)
    leaving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await words("two") == [("two", 3)]
    assert statements == [1]


@pytest.mark.usefixtures("database")
async def test_a_database_that_is_away_is_not_asked_again_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    async def in_vain(_self: FindingTogether, _sql: str, questions: Sequence[_Question]) -> Any:
        asked.append(len(questions))
        raise TemporarilyUnavailable

    monkeypatch.setattr(FindingTogether, "_asked", in_vain)

    found = await asyncio.gather(words("one"), words("two"), return_exceptions=True)

    assert [type(one) for one in found] == [TemporarilyUnavailable, TemporarilyUnavailable]
    assert asked == [2]


async def test_the_database_closes_after_what_is_still_under_way(database_url: str) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS), open_database(database_url, pool_size=1):
        asking = asyncio.create_task(found_by_key("SELECT pg_sleep(0.5) WHERE ? <> ''", ["x"]))
        finder = current_database().finder
        assert finder is not None
        await asyncio.sleep(0.05)
        assert finder._under_way
        asking.cancel()

    assert not finder._under_way
