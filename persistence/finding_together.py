"""Small questions that come together go to PostgreSQL together: as one statement, one way there and one back.

For a lookup by key that way costs more than the lookup. Nobody waits for others: what was asked in a few turns of the
event loop leaves at their end, much as with a dataloader, and is read after it was asked, so that nothing is older than
its question.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from persistence.failures import TemporarilyUnavailable
from persistence.placeholders import numbered
from persistence.postgresql import PostgresqlClient

_MOST_TOGETHER: Final = 8
"""More leave as a second statement; each number of them is a statement to be prepared."""
_MOST_STATEMENTS: Final = 64
_TURNS: Final = 3
"""Of the event loop, from the first question on."""
_PATIENCE_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Question:
    parameters: Sequence[Any]
    answer: "asyncio.Future[Sequence[Any]]"


class FindingTogether:
    """Asks *client* for rows, each question outside of any transaction."""

    def __init__(self, client: PostgresqlClient) -> None:
        self._client = client
        self._waiting: dict[str, list[_Question]] = {}
        """By statement; they leave together, a few turns of the event loop after the first of them."""
        self._under_way: set[asyncio.Task[None]] = set()

    async def found(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any]:
        """The rows of one SELECT with `?` for each parameter; they may have a column `question` beyond its own.

        What is wrong with one question is told to who asked it, and to nobody else. Raises `TemporarilyUnavailable`
        when the database is away or has no connection free for seconds.
        """
        question = _Question(parameters, asyncio.get_running_loop().create_future())
        waiting = self._waiting.get(sql)
        if waiting is None:
            waiting = self._waiting[sql] = []
            task = asyncio.create_task(self._answer_all(sql))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        waiting.append(question)
        return await question.answer

    async def finish(self) -> None:
        """Wait for what is under way; nobody may ask any more."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _answer_all(self, sql: str) -> None:
        # A task begins in the next turn; requests that came in together do not all get as far in the same one.
        for _ in range(_TURNS - 1):
            await asyncio.sleep(0)
        waiting = [question for question in self._waiting.pop(sql) if not question.answer.done()]
        first, others = waiting[:_MOST_TOGETHER], range(_MOST_TOGETHER, len(waiting), _MOST_TOGETHER)
        if others:
            await asyncio.gather(*(self._answer(sql, waiting[at : at + _MOST_TOGETHER]) for at in (0, *others)))
        elif first:
            await self._answer(sql, first)

    async def _answer(self, sql: str, questions: Sequence[_Question]) -> None:
        try:
            answers = await self._asked(sql, questions)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to those who asked
            if len(questions) > 1 and not isinstance(error, TemporarilyUnavailable):
                # One of them is at fault, and the others have done nothing.
                await asyncio.gather(*(self._answer(sql, [question]) for question in questions))
                return
            for question in questions:
                if not question.answer.done():
                    question.answer.set_exception(error)
        else:
            for question, answer in zip(questions, answers, strict=True):
                if not question.answer.done():
                    question.answer.set_result(answer)
        finally:
            # Only where this was ended itself.
            for question in questions:
                question.answer.cancel()

    async def _asked(self, sql: str, questions: Sequence[_Question]) -> Sequence[Sequence[Any]]:
        """What each of them finds."""
        parameters = [parameter for question in questions for parameter in question.parameters]
        async with self._client.borrowed(patience_seconds=_PATIENCE_SECONDS) as connection:
            rows: list[Any] = await connection.fetch(
                _statement(sql, len(questions)), *parameters, timeout=_PATIENCE_SECONDS
            )
        if len(questions) == 1:
            return [rows]
        answers: list[list[Any]] = [[] for _ in questions]
        for row in rows:
            answers[row["question"]].append(row)
        return answers


@lru_cache(_MOST_STATEMENTS)
def _statement(sql: str, times: int) -> str:
    """*sql* so many times, each with the number of its question."""
    if times == 1:
        return numbered(sql)
    return numbered(
        " UNION ALL ".join(f"SELECT asked.*, {number} AS question FROM ({sql}) asked" for number in range(times))
    )
