"""PostgreSQL as tortoise speaks to it, with a few connections of the pool kept at hand.

To take a connection out of asyncpg's pool and to bring it back starts a task and costs three times what a small
statement costs. So a connection with which all went well is not brought back: who comes next takes it. The pool keeps
doing the rest: it connects, it counts, and it judges what remains of a connection with which something went wrong.

Whoever uses a connection learns here, and in one word, that the server is away.
"""

import contextlib
from types import TracebackType
from typing import Any, Final

from asyncpg import InterfaceError
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from typing_extensions import override

from persistence.failures import TemporarilyUnavailable, is_outage

_MOST_AT_HAND: Final = 4
"""The others go back, so that the pool closes those that nobody needs any more."""
_TURNS: Final = 1000
"""After so many a connection goes back too: the pool replaces those that are used up."""
_RETURN_PATIENCE_SECONDS: Final = 2.0
"""A statement that was given up is ended by the server first; one that has fallen silent never does that."""


class PostgresqlClient(AsyncpgDBClient):
    """The client of this process; those who need a connection take one with `borrowed`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._at_hand: list[Any] = []
        self._waiting = 0
        self._turns = 0

    def borrowed(self, *, patience_seconds: float | None = None) -> "Borrowed":
        """A connection for as long as the block lasts.

        Raises `TemporarilyUnavailable` when none comes free in *patience_seconds* or the server goes away meanwhile.
        """
        return Borrowed(self, patience_seconds)

    @override
    def acquire_connection(self) -> Any:
        """As tortoise asks for one."""
        return Borrowed(self, None)

    def at_hand(self) -> Any | None:
        """One that needs no waiting, if there is one."""
        return self._at_hand.pop() if self._at_hand and _is_open(self._at_hand[-1]) else None

    async def wait_for_one(self, patience_seconds: float | None) -> Any:
        async with self._pool_init_lock:
            if self._pool is None:
                await self.create_connection(with_db=True)
        closed = [one for one in self._at_hand if not _is_open(one)]
        self._at_hand = [one for one in self._at_hand if one not in closed]
        for connection in closed:
            await self._release(connection)
        pool: Any = self._pool
        self._waiting += 1
        try:
            return await pool.acquire(timeout=patience_seconds)
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, is_sound: bool) -> None:
        """*is_sound*: nothing was raised while it was used."""
        self._turns += 1
        has_room = len(self._at_hand) < _MOST_AT_HAND and not self._waiting
        if is_sound and has_room and self._turns % _TURNS:
            self._at_hand.append(connection)
        else:
            await self._release(connection)

    async def _release(self, connection: Any) -> None:
        pool: Any = self._pool
        # When it takes longer the pool has cut the connection off, and its place is free.
        with contextlib.suppress(TimeoutError):
            await pool.release(connection, timeout=_RETURN_PATIENCE_SECONDS)

    @override
    async def _close(self) -> None:
        while self._at_hand:
            await self._release(self._at_hand.pop())
        await super()._close()


class Borrowed:
    """One connection, from the beginning of a block to its end."""

    __slots__ = ("_client", "_connection", "_patience_seconds")

    def __init__(self, client: PostgresqlClient, patience_seconds: float | None) -> None:
        self._client = client
        self._patience_seconds = patience_seconds

    async def __aenter__(self) -> Any:
        client = self._client
        try:
            self._connection = client.at_hand() or await client.wait_for_one(self._patience_seconds)
        except Exception as error:
            if is_outage(error):
                raise TemporarilyUnavailable from error
            raise
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.give_back(self._connection, is_sound=kind is None)
        if raised is not None and is_outage(raised):
            raise TemporarilyUnavailable from raised


def _is_open(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except InterfaceError:  # the pool has closed it, and made it a stranger
        return False


client_class = PostgresqlClient
"""By this name tortoise finds the client in the module of an engine."""
