"""Dataloaders of one request: the only door besides pages by which objects enter an answer.

Each loads many objects in one query under the caller's scope, so that what he may not see loads as none, whichever way
it was reached. Decisions on objects are batched the same way: one query for all objects of a tick.
"""

from collections.abc import Sequence
from typing import Protocol

from strawberry.dataloader import DataLoader

from domain.caller import Caller
from domain.vocabulary import Action
from filing.gate import Gate
from filing.subjects import OnConvention, Subject
from persistence.conventions import conventions_by_id
from persistence.models import ConventionRow, OrganisationRow, UserRow
from persistence.organisations import organisations_by_id, users_by_id
from persistence.scope import Scope


class Sight(Protocol):
    """Whose request it is: what loaders need of its context."""

    @property
    def gate(self) -> Gate: ...

    @property
    def caller(self) -> Caller: ...

    def scope(self, action: Action) -> Scope: ...


class Loaders:
    """Loaders by key; never shared between requests, because what they hold is one caller's sight."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.conventions = DataLoader[str, ConventionRow | None](self._conventions)
        self.organisations = DataLoader[str, OrganisationRow | None](self._organisations)
        self.users = DataLoader[str, UserRow | None](self._users)
        self._actions = DataLoader[OnConvention, frozenset[Action]](self._actions_on)

    async def permits(self, subject: Subject, action: Action) -> bool:
        """Whether the caller may do *action* on *subject*; conventions asked in the same tick share one query."""
        if isinstance(subject, OnConvention):
            return action in await self.actions(subject)
        return await self._sight.gate.permits(self._sight.caller, action, subject)

    async def actions(self, subject: OnConvention) -> frozenset[Action]:
        """Everything that the caller may do on *subject* now."""
        return await self._actions.load(subject)

    async def _actions_on(self, subjects: list[OnConvention]) -> Sequence[frozenset[Action]]:
        table, pairs = await self._sight.gate.pairs_on(self._sight.caller, subjects)
        return [table.actions_for(held) for held in pairs]

    async def _conventions(self, ids: list[str]) -> Sequence[ConventionRow | None]:
        found = await conventions_by_id(self._sight.scope(Action.READ_CONVENTION), ids)
        return [found.get(one) for one in ids]

    async def _organisations(self, ids: list[str]) -> Sequence[OrganisationRow | None]:
        found = await organisations_by_id(ids)
        return [found.get(one) for one in ids]

    async def _users(self, ids: list[str]) -> Sequence[UserRow | None]:
        found = await users_by_id(ids)
        return [found.get(one) for one in ids]
